#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "classify/classify.h"

TestSuite(classify, .timeout = 10);

/* The stage after: keeps what came. */
struct sink {
    struct stage stage;
    struct event events[64];
    size_t count, flushed;
};

static enum status sink_push(struct stage *stage, struct event *event, struct error *error) {
    struct sink *sink = (struct sink *)stage;
    if (sink->count == sizeof sink->events / sizeof *sink->events)
        return FAIL(error, STATUS_LIMIT, "the sink is full");
    sink->events[sink->count++] = *event;
    return STATUS_OK;
}

static enum status sink_flush(struct stage *stage, struct error *error) {
    (void)error;
    ((struct sink *)stage)->flushed++;
    return STATUS_OK;
}

static void sink_free(struct stage *stage) { (void)stage; }

static const struct stage_ops sink_ops = {"sink", sink_push, NULL, sink_flush, sink_free};

struct fixture {
    struct names *names;
    struct rules *rules;
    struct classes classes;
    struct sink sink;
    struct stage *stage;
    struct error error;
};

static void set_up(struct fixture *f, size_t name_bytes, const char *step_regex) {
    *f = (struct fixture){.sink.stage = {&sink_ops, NULL}};
    f->names = names_new(name_bytes);
    f->rules = rules_new();
    cr_assert(f->names && f->rules);
    const struct classify_options options = {f->rules, step_regex, NULL};
    cr_assert_eq(classify_new(&f->stage, f->names, &f->classes, &options, &f->sink.stage, &f->error), STATUS_OK);
}

static void tear_down(struct fixture *f) {
    stage_free(f->stage);
    cr_expect_null(f->classes.kernels);
    cr_expect_null(f->classes.annotations);
    rules_free(f->rules);
    names_free(f->names);
}

/* The event as it came out; NULL when it was dropped. */
static const struct event *push(struct fixture *f, enum event_kind kind, const char *name) {
    struct event event = {.kind = kind, .ts_ns = 7};
    cr_assert_eq(names_intern(f->names, text_from(name), &event.name_id, &f->error), STATUS_OK);
    const size_t before = f->sink.count;
    cr_assert_eq(stage_push(f->stage, &event, &f->error), STATUS_OK);
    return f->sink.count == before ? NULL : &f->sink.events[before];
}

static bool named(const struct fixture *f, uint32_t id, const char *expected) {
    return text_equal(names_get(f->names, id), text_from(expected));
}

static const struct kernel_class *kernel(const struct fixture *f, const struct event *event) {
    cr_assert(event && event->class_id < f->classes.kernel_count);
    return &f->classes.kernels[event->class_id];
}

static const struct annotation_class *annotation(const struct fixture *f, const struct event *event) {
    cr_assert(event && event->class_id < f->classes.annotation_count);
    return &f->classes.annotations[event->class_id];
}

Test(classify, kernels) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    const struct event *event = push(&f, EVENT_KERNEL, "_ZN5aiter24add_rmsnorm_quant_kernelIfEEvPT_");
    const struct kernel_class *class = kernel(&f, event);
    cr_expect_eq(event->ts_ns, 7);
    cr_expect_eq(class->name, event->name_id);
    cr_expect_eq(class->kind, EVENT_KERNEL);
    cr_expect(named(&f, class->name, "_ZN5aiter24add_rmsnorm_quant_kernelIfEEvPT_"));
    cr_expect(named(&f, class->readable, "void aiter::add_rmsnorm_quant_kernel<float>(float*)"));
    cr_expect(named(&f, class->operation, "RMSNorm"));
    cr_expect(named(&f, class->rule, "rmsnorm"));
    cr_expect_not(class->collective);

    event = push(&f, EVENT_KERNEL, "ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)");
    class = kernel(&f, event);
    cr_expect_eq(class->readable, class->name);
    cr_expect(named(&f, class->operation, "Collective"));
    cr_expect(class->collective);
    class = kernel(&f, push(&f, EVENT_KERNEL, "_ZN7deep_ep8dispatchEv"));
    cr_expect(named(&f, class->operation, "MoE Communication"));
    cr_expect(class->collective);
    tear_down(&f);
}

Test(classify, a_name_and_kind_is_one_class) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    const struct event *kernel_event = push(&f, EVENT_KERNEL, "Memcpy HtoD nccl");
    const struct event *copy_event = push(&f, EVENT_MEMCPY, "Memcpy HtoD nccl");
    const struct event *set_event = push(&f, EVENT_MEMSET, "Memcpy HtoD nccl");
    cr_expect_eq(f.classes.kernel_count, 3);
    cr_expect(named(&f, kernel(&f, kernel_event)->operation, "Collective"));
    cr_expect(named(&f, kernel(&f, copy_event)->operation, "Copy/Memory"));
    cr_expect(named(&f, kernel(&f, set_event)->operation, "Memset"));
    cr_expect_eq(push(&f, EVENT_MEMCPY, "Memcpy HtoD nccl")->class_id, copy_event->class_id);
    cr_expect_eq(push(&f, EVENT_KERNEL, "Memcpy HtoD nccl")->class_id, kernel_event->class_id);
    cr_expect_neq(push(&f, EVENT_KERNEL, "")->class_id, kernel_event->class_id);
    cr_expect_eq(f.classes.kernel_count, 4);
    tear_down(&f);
}

Test(classify, classes_keep_their_index_while_they_grow) {
    struct fixture f;
    char name[32];
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    const struct event first = *push(&f, EVENT_KERNEL, "volta_sgemm");
    for (int i = 0; i < 5000; i++) {
        f.sink.count = 0;
        snprintf(name, sizeof name, "kernel_%d", i);
        const struct event *event = push(&f, EVENT_KERNEL, name);
        cr_assert(named(&f, kernel(&f, event)->name, name));
    }
    cr_expect_eq(f.classes.kernel_count, 5001);
    cr_expect_eq(push(&f, EVENT_KERNEL, "volta_sgemm")->class_id, first.class_id);
    cr_expect(named(&f, kernel(&f, &first)->operation, "Dense GEMM"));
    tear_down(&f);
}

Test(classify, annotations_that_say_nothing_stop_here) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    cr_expect_null(push(&f, EVENT_ANNOTATION, "nccl:all_reduce"));
    cr_expect_null(push(&f, EVENT_ANNOTATION, "nccl:all_reduce"), "the second time, too");
    cr_expect_null(push(&f, EVENT_GPU_ANNOTATION, "capture_32_FULL"));
    const struct event *cpu = push(&f, EVENT_ANNOTATION, "step[DECODE bs=32]");
    const struct event *gpu = push(&f, EVENT_GPU_ANNOTATION, "step[DECODE bs=32]");
    const struct event *none = push(&f, EVENT_ANNOTATION, "execute_context_0(0)_generation_0(0)");
    cr_expect_eq(annotation(&f, cpu)->phase, PHASE_DECODE);
    cr_expect_eq(annotation(&f, cpu)->step, STEP_KIND_SGLANG);
    cr_expect_eq(annotation(&f, cpu)->name, cpu->name_id);
    cr_expect_eq(cpu->class_id, gpu->class_id);
    cr_expect_eq(annotation(&f, none)->phase, PHASE_NONE);
    cr_expect_eq(annotation(&f, none)->step, STEP_KIND_VLLM);
    cr_expect_eq(f.classes.annotation_count, 2);
    tear_down(&f);
}

Test(classify, step_regex_alone_says_what_is_a_step) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, "^iter(ation)? [0-9]+$");
    const struct annotation_class *class = annotation(&f, push(&f, EVENT_ANNOTATION, "iteration 12"));
    cr_expect_eq(class->step, STEP_KIND_USER);
    cr_expect_eq(class->phase, PHASE_NONE);
    class = annotation(&f, push(&f, EVENT_ANNOTATION, "step[DECODE bs=32]"));
    cr_expect_eq(class->step, STEP_KIND_NONE);
    cr_expect_eq(class->phase, PHASE_DECODE);
    cr_expect_null(push(&f, EVENT_ANNOTATION, "ProfilerStep#12"));
    cr_expect_null(push(&f, EVENT_ANNOTATION, "iteration 12 "));
    cr_expect_null(push(&f, EVENT_ANNOTATION, ""));
    tear_down(&f);

    set_up(&f, LIMIT_NAME_BYTES, "DECODE");
    class = annotation(&f, push(&f, EVENT_ANNOTATION, "step[DECODE bs=32]"));
    cr_expect_eq(class->step, STEP_KIND_USER);
    cr_expect_eq(class->phase, PHASE_DECODE);
    tear_down(&f);
}

/* The name is a part of a longer text without a NUL after it. */
Test(classify, step_regex_stays_inside_the_name) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, "^step$");
    cr_expect_not_null(push(&f, EVENT_ANNOTATION, "step"));
    cr_expect_null(push(&f, EVENT_ANNOTATION, "steps"));
    tear_down(&f);
}

Test(classify, bad_step_regex_is_a_usage_error) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    const struct classify_options options = {f.rules, "step(", NULL};
    struct stage *stage;
    struct classes classes = {0};
    cr_expect_eq(classify_new(&stage, f.names, &classes, &options, &f.sink.stage, &f.error), STATUS_USAGE);
    cr_expect_null(stage);
    cr_expect_not_null(strstr(f.error.cause[0].text, "step("));
    tear_down(&f);
}

Test(classify, what_has_no_class_goes_on) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    cr_expect(named(&f, push(&f, EVENT_PYTHON, "model.py(3): forward")->name_id, "model.py(3): forward"));
    cr_expect(named(&f, push(&f, EVENT_CPU_OP, "aten::mm")->name_id, "aten::mm"));
    cr_expect_not_null(push(&f, EVENT_LAUNCH, ""));
    tear_down(&f);
}

/* A table with room for the rules, but not for all names of the trace. */
Test(classify, names_beyond_the_ceiling) {
    struct fixture f;
    char name[40];
    set_up(&f, 1 << 17, NULL);
    for (int i = 0; i < 20000 && names_beyond(f.names) == 0; i++) {
        f.sink.count = 0;
        snprintf(name, sizeof name, "kernel_%d", i);
        push(&f, EVENT_KERNEL, name);
    }
    cr_assert_gt(names_beyond(f.names), 0);
    f.sink.count = 0;
    const struct event *one = push(&f, EVENT_KERNEL, "one kernel too many, gemm"),
                       *two = push(&f, EVENT_KERNEL, "another one too many, nccl"),
                       *copy = push(&f, EVENT_MEMCPY, "one copy too many");
    cr_expect_eq(one->name_id, NAME_BEYOND);
    cr_expect_eq(one->class_id, two->class_id);
    cr_expect(named(&f, kernel(&f, one)->operation, "Other"));
    cr_expect(named(&f, kernel(&f, copy)->operation, "Copy/Memory"));
    tear_down(&f);
}

Test(classify, flush_is_handed_on) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    cr_expect_eq(stage_flush(f.stage, &f.error), STATUS_OK);
    cr_expect_eq(f.sink.flushed, 1);
    tear_down(&f);
}

Test(classify, errors_below_come_up) {
    struct fixture f;
    set_up(&f, LIMIT_NAME_BYTES, NULL);
    f.sink.count = sizeof f.sink.events / sizeof *f.sink.events;
    struct event event = {.kind = EVENT_KERNEL};
    cr_assert_eq(names_intern(f.names, TEXT("ProfilerStep#1"), &event.name_id, &f.error), STATUS_OK);
    cr_expect_eq(stage_push(f.stage, &event, &f.error), STATUS_LIMIT);
    event.kind = EVENT_ANNOTATION;
    cr_expect_eq(stage_push(f.stage, &event, &f.error), STATUS_LIMIT);
    tear_down(&f);
}
