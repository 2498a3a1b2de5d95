#include "classify/classify.h"

#include <regex.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "classify/annotation.h"
#include "classify/demangle.h"

/* Classes of one name, as index + 1; 0: not looked at yet. */
struct known {
    uint32_t kernel[EVENT_GPU_KINDS];
    uint32_t annotation; /* says_nothing: it has no class */
};

static const uint32_t says_nothing = UINT32_MAX;

struct classify {
    struct stage stage;
    struct names *names;     /* borrowed, as classes and rules */
    struct classes *classes; /* its arrays are owned by this stage */
    const struct rules *rules;
    struct stage *annotations; /* borrowed; NULL: nobody asks for them */
    bool has_step_regex;
    regex_t step_regex;
    struct known *known; /* owned; by name id */
    size_t known_count, known_capacity;
    size_t kernel_capacity, annotation_capacity;
    struct buf readable; /* owned */
};

/* No array here has more rows than there are names and kinds, which LIMIT_NAME_BYTES bounds. */
enum { CLASS_ROWS = EVENT_GPU_KINDS * LIMIT_TABLE_ROWS };

static enum status know_name(struct classify *self, uint32_t name_id, struct known **known, struct error *error) {
    const size_t need = (size_t)name_id + 1;
    void *items = self->known;
    TRY(array_grow(&items, &self->known_capacity, need, sizeof *self->known, CLASS_ROWS, error));
    self->known = items;
    if (need > self->known_count) {
        memset(self->known + self->known_count, 0, (need - self->known_count) * sizeof *self->known);
        self->known_count = need;
    }
    *known = &self->known[name_id];
    return STATUS_OK;
}

static enum status make_kernel_class(struct classify *self, const struct event *event, struct kernel_class *class,
                                     struct error *error) {
    const struct text name = names_get(self->names, event->name_id);
    TRY(demangle(name, &self->readable, error));
    const struct text readable = {self->readable.data, self->readable.size};
    const struct rule_match match = rules_match(self->rules, event->kind, readable);
    *class =
        (struct kernel_class){.name = event->name_id, .kind = event->kind, .collective = rules_is_collective(readable)};
    TRY(names_intern(self->names, match.operation, &class->operation, error));
    TRY(names_intern(self->names, match.rule, &class->rule, error));
    TRY(names_intern(self->names, readable, &class->readable, error));
    if (class->readable == NAME_BEYOND)
        class->readable = class->name;
    return STATUS_OK;
}

/* Of the classes beyond the ceiling, the one for the same kind of work; kernel_count when there is none yet. */
static uint32_t find_shared_class(const struct classes *classes, const struct kernel_class *class) {
    uint32_t i = LIMIT_KERNELS;
    for (; i < classes->kernel_count; i++) {
        const struct kernel_class *other = &classes->kernels[i];
        if (other->operation == class->operation && other->kind == class->kind &&
            other->collective == class->collective)
            break;
    }
    return i;
}

static enum status add_kernel_class(struct classify *self, const struct event *event, uint32_t *class_id,
                                    struct error *error) {
    struct classes *classes = self->classes;
    struct kernel_class class;
    TRY(make_kernel_class(self, event, &class, error));
    *class_id = classes->kernel_count;
    if (classes->kernel_count >= LIMIT_KERNELS) {
        class.name = class.readable = NAME_BEYOND;
        classes->kernels_beyond++;
        *class_id = find_shared_class(classes, &class);
        if (*class_id < classes->kernel_count)
            return STATUS_OK;
    }
    void *items = classes->kernels;
    TRY(array_grow(&items, &self->kernel_capacity, classes->kernel_count + (size_t)1, sizeof *classes->kernels,
                   CLASS_ROWS, error));
    classes->kernels = items;
    classes->kernels[classes->kernel_count++] = class;
    return STATUS_OK;
}

static enum status add_annotation_class(struct classify *self, uint32_t name_id, struct annotation annotation,
                                        uint32_t *class_id, struct error *error) {
    struct classes *classes = self->classes;
    void *items = classes->annotations;
    TRY(array_grow(&items, &self->annotation_capacity, classes->annotation_count + (size_t)1,
                   sizeof *classes->annotations, CLASS_ROWS, error));
    classes->annotations = items;
    *class_id = classes->annotation_count++;
    classes->annotations[*class_id] =
        (struct annotation_class){name_id, annotation.phase, annotation.step, annotation.requests, annotation.tokens};
    return STATUS_OK;
}

/* With --step, the annotations that match are the only steps; what they say of the phase stays. */
static struct annotation read_annotation(const struct classify *self, struct text name) {
    struct annotation annotation = annotation_parse(name);
    if (self->has_step_regex) {
        regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)name.size};
        const bool matches = regexec(&self->step_regex, name.size > 0 ? name.data : "", 1, &range, REG_STARTEND) == 0;
        annotation.step = matches ? STEP_KIND_USER : STEP_KIND_NONE;
    }
    return annotation;
}

static enum status push_gpu(struct classify *self, struct event *event, struct error *error) {
    struct known *known;
    TRY(know_name(self, event->name_id, &known, error));
    uint32_t *class_id = &known->kernel[event->kind];
    if (*class_id == 0) {
        TRY(add_kernel_class(self, event, class_id, error));
        ++*class_id;
    }
    event->class_id = *class_id - 1;
    return stage_push(self->stage.next, event, error);
}

static enum status learn_annotation(struct classify *self, uint32_t name_id, uint32_t *class_id, struct error *error) {
    const struct annotation annotation = read_annotation(self, names_get(self->names, name_id));
    *class_id = says_nothing;
    if (annotation.phase == PHASE_NONE && annotation.step == STEP_KIND_NONE)
        return STATUS_OK;
    TRY(add_annotation_class(self, name_id, annotation, class_id, error));
    ++*class_id;
    return STATUS_OK;
}

static enum status push_annotation(struct classify *self, struct event *event, struct error *error) {
    struct known *known;
    if (self->annotations)
        TRY(stage_push(self->annotations, event, error));
    TRY(know_name(self, event->name_id, &known, error));
    if (known->annotation == 0)
        TRY(learn_annotation(self, event->name_id, &known->annotation, error));
    if (known->annotation == says_nothing)
        return STATUS_OK;
    event->class_id = known->annotation - 1;
    return stage_push(self->stage.next, event, error);
}

static enum status classify_push(struct stage *stage, struct event *event, struct error *error) {
    struct classify *self = (struct classify *)stage;
    if (event_is_gpu(event->kind))
        return push_gpu(self, event, error);
    if (event->kind == EVENT_ANNOTATION || event->kind == EVENT_GPU_ANNOTATION)
        return push_annotation(self, event, error);
    return stage_push(self->stage.next, event, error);
}

static enum status classify_flush(struct stage *stage, struct error *error) {
    return stage_flush(stage->next, error);
}

static void classify_free(struct stage *stage) {
    struct classify *self = (struct classify *)stage;
    if (self->has_step_regex)
        regfree(&self->step_regex);
    free(self->known);
    free(self->classes->kernels);
    free(self->classes->annotations);
    *self->classes = (struct classes){0};
    buf_fini(&self->readable);
    free(self);
}

static const struct stage_ops classify_ops = {"classify", classify_push, NULL, classify_flush, classify_free};

/* So that operations and rules keep their names in a trace that fills the table. */
static enum status intern_rules(struct classify *self, struct error *error) {
    struct rule_match match;
    uint32_t ignored;
    for (size_t i = 0; rules_at(self->rules, i, &match); i++) {
        TRY(names_intern(self->names, match.operation, &ignored, error));
        TRY(names_intern(self->names, match.rule, &ignored, error));
    }
    return STATUS_OK;
}

static enum status compile_step_regex(struct classify *self, const char *pattern, struct error *error) {
    char reason[ERROR_TEXT_BYTES / 2];
    const int code = regcomp(&self->step_regex, pattern, REG_EXTENDED | REG_NOSUB);
    self->has_step_regex = code == 0;
    if (code == 0)
        return STATUS_OK;
    regerror(code, &self->step_regex, reason, sizeof reason);
    return FAIL(error, code == REG_ESPACE ? STATUS_MEMORY : STATUS_USAGE, "step '%.80s': %s", pattern, reason);
}

enum status classify_new(struct stage **stage, struct names *names, struct classes *classes,
                         const struct classify_options *options, struct stage *next, struct error *error) {
    *stage = NULL;
    struct classify *self = calloc(1, sizeof *self);
    if (!self)
        return FAIL_MEMORY(error);
    self->stage = (struct stage){&classify_ops, next};
    self->names = names;
    self->classes = classes;
    self->rules = options->rules;
    self->annotations = options->annotations;
    buf_init(&self->readable, LIMIT_ITEM_BYTES);
    enum status status = intern_rules(self, error);
    if (status == STATUS_OK && options->step_regex)
        status = compile_step_regex(self, options->step_regex, error);
    if (status != STATUS_OK)
        classify_free(&self->stage);
    else
        *stage = &self->stage;
    return status;
}
