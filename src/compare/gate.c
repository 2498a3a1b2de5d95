#include "compare/gate.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "compare/spread.h"
#include "compare/threshold.h"
#include "compare/wildcard.h"

enum target {
    TARGET_TOTAL,
    TARGET_STEP,
    TARGET_SPAN,
    TARGET_OTHER,
    TARGET_OPERATION,
    TARGET_KERNEL,
    TARGET_PHASE,
    TARGET_LAYER,
};

struct gate {
    char *expression;   /* owned; cut after the target */
    const char *target; /* in expression */
    const char *name;   /* in target: what follows the colon, "" when there is none */
    enum target kind;
    enum phase phase;
    bool every_layer; /* else `layer` */
    uint32_t layer;
    bool significant;       /* holds only for a gap whose interval excludes 0 */
    bool less, equal, more; /* than the threshold: when it holds */
    struct threshold threshold;
};

static const struct {
    const char *word; /* ends in a colon when a name follows */
    enum target kind;
} target_words[] = {
    {"total", TARGET_TOTAL},    {"span", TARGET_SPAN},    {"other", TARGET_OTHER}, {"op:", TARGET_OPERATION},
    {"kernel:", TARGET_KERNEL}, {"phase:", TARGET_PHASE}, {"step", TARGET_STEP},   {"layer:", TARGET_LAYER},
};

static struct text trim(struct text text) {
    while (text.size > 0 && isspace((unsigned char)text.data[0]))
        text = (struct text){text.data + 1, text.size - 1};
    while (text.size > 0 && isspace((unsigned char)text.data[text.size - 1]))
        text.size--;
    return text;
}

/* NULL when the phase of the gate is known, else what is wrong. */
static const char *parse_phase(struct gate *gate) {
    for (unsigned phase = 0; phase < PHASES; phase++)
        if (strcmp(gate->name, phase_name((enum phase)phase)) == 0) {
            gate->phase = (enum phase)phase;
            return NULL;
        }
    return "the phase must be prefill, decode, mixed or none";
}

static const char *parse_layer(struct gate *gate) {
    char *end;
    gate->every_layer = strcmp(gate->name, "*") == 0;
    const unsigned long long layer = gate->every_layer ? 0 : strtoull(gate->name, &end, 10);
    if (!gate->every_layer && (!isdigit((unsigned char)gate->name[0]) || *end != '\0' || layer > UINT32_MAX))
        return "the layer must be a number or *";
    gate->layer = (uint32_t)layer;
    return NULL;
}

/* NULL when gate->target is one, else what is wrong, *place being where. */
static const char *parse_target(struct gate *gate, const char **place) {
    *place = gate->target;
    for (size_t i = 0; i < sizeof target_words / sizeof target_words[0]; i++) {
        const char *word = target_words[i].word;
        const size_t size = strlen(word);
        const bool takes_name = word[size - 1] == ':';
        if (strncmp(gate->target, word, size) != 0 || (!takes_name && gate->target[size] != '\0'))
            continue;
        gate->kind = target_words[i].kind;
        gate->name = trim(text_from(gate->target + size)).data;
        *place = gate->name;
        if (takes_name && gate->name[0] == '\0')
            return "a name is missing";
        return gate->kind == TARGET_PHASE ? parse_phase(gate) : gate->kind == TARGET_LAYER ? parse_layer(gate) : NULL;
    }
    return "the target must be total, step, span, other, op:NAME, kernel:GLOB, phase:NAME or layer:N";
}

/* Takes the word from the end of the limit, when it is there. */
static bool take_significant(struct text *limit) {
    const struct text word = TEXT("significant");
    if (limit->size <= word.size || memcmp(limit->data + limit->size - word.size, word.data, word.size) != 0 ||
        !isspace((unsigned char)limit->data[limit->size - word.size - 1]))
        return false;
    *limit = trim((struct text){limit->data, limit->size - word.size});
    return true;
}

/* NULL when the limit goes with the target, else what is wrong. */
static const char *check_limit(const struct gate *gate) {
    if (gate->kind == TARGET_OTHER && gate->threshold.unit_ns != 0)
        return "other is a share of the GPU time: its limit must be in %";
    if (gate->significant && (gate->kind == TARGET_OTHER || gate->kind == TARGET_SPAN || gate->kind == TARGET_LAYER))
        return "significant goes with total, step, op, kernel and phase";
    return NULL;
}

/* Cuts the expression at its last operator, for names hold < and > themselves. NULL, or what is wrong at *place. */
static const char *parse(struct gate *gate, const char **place) {
    const struct text whole = trim(text_from(gate->expression));
    *place = whole.data;
    if (whole.size == 0)
        return "the condition is empty";
    size_t at = whole.size;
    while (at > 0 && whole.data[at - 1] != '<' && whole.data[at - 1] != '>')
        at--;
    *place = whole.data + (at == 0 ? whole.size : 0);
    if (at == 0)
        return "an operator is missing: >, >=, < or <=";
    gate->less = whole.data[at - 1] == '<';
    gate->more = !gate->less;
    gate->equal = at < whole.size && whole.data[at] == '=';

    const struct text target = trim((struct text){whole.data, at - 1});
    gate->target = target.data;
    gate->expression[target.data + target.size - gate->expression] = '\0';
    const char *reason = parse_target(gate, place);
    if (reason)
        return reason;
    const size_t limit_at = at + (gate->equal ? 1 : 0);
    struct text limit = trim((struct text){whole.data + limit_at, whole.size - limit_at});
    gate->significant = take_significant(&limit);
    size_t limit_place = 0;
    reason = threshold_parse(&gate->threshold, limit, &limit_place);
    *place = limit.data + limit_place;
    return reason ? reason : check_limit(gate);
}

enum status gate_new(struct gate **gate, const char *expression, struct error *error) {
    *gate = NULL;
    struct gate *made = calloc(1, sizeof *made);
    if (made)
        made->expression = strdup(expression);
    if (!made || !made->expression) {
        gate_free(made);
        return FAIL_MEMORY(error);
    }
    const char *place;
    const char *reason = parse(made, &place);
    if (reason) {
        const size_t byte = (size_t)(place - made->expression) + 1;
        gate_free(made);
        return FAIL(error, STATUS_USAGE, "%s, at byte %zu of \"%s\"", reason, byte, expression);
    }
    *gate = made;
    return STATUS_OK;
}

void gate_free(struct gate *gate) {
    if (!gate)
        return;
    free(gate->expression);
    free(gate);
}

const char *gate_operation(const struct gate *gate) {
    return gate->kind == TARGET_OPERATION ? gate->name : "";
}

/* What a gate looks at; `missing` says what is not there. */
struct finding {
    struct amount amount;
    struct interval interval;
    const char *missing; /* NULL: nothing; static */
    uint32_t layer;      /* the one that stands for all */
};

static bool is_kernel_of(const struct gate *gate, const struct diff_kernel *kernel) {
    const struct text pattern = text_from(gate->name);
    return wildcard_matches(pattern, kernel->name) || wildcard_matches(pattern, kernel->readable);
}

static struct finding find_operation(const struct diff *diff, const char *name) {
    const struct diff_operation *operation = compare_find_operation(diff, text_from(name));
    return operation ? (struct finding){.amount = operation->amount, .interval = operation->interval}
                     : (struct finding){0};
}

static struct finding find_kernels(const struct gate *gate, const struct diff *diff) {
    struct finding finding = {0};
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *kernel = &diff->kernels[i];
        if (!is_kernel_of(gate, kernel))
            continue;
        finding.amount.base_ns += kernel->amount.base_ns;
        finding.amount.test_ns += kernel->amount.test_ns;
        finding.amount.gap_ns += kernel->amount.gap_ns;
        if (diff->spread)
            spread_add_kernel(diff->spread, kernel->base, kernel->test);
    }
    if (diff->spread)
        finding.interval = spread_judge(diff->spread, finding.amount.gap_ns, diff->per_step, 1).interval;
    return finding;
}

static struct finding find_phase(const struct gate *gate, const struct diff *diff) {
    struct finding finding = {0};
    for (uint32_t i = 0; i < diff->phase_count; i++)
        if (diff->phases[i].phase == gate->phase)
            finding.amount = diff->phases[i].amount;
    if (diff->spread) {
        spread_add_phase(diff->spread, gate->phase);
        finding.interval = spread_judge(diff->spread, finding.amount.gap_ns, diff->per_step, 1).interval;
    }
    return finding;
}

static int compare_to_limit(const struct threshold *threshold, const struct amount *amount) {
    return threshold->unit_ns == 0 ? threshold_compare_share(threshold, amount->gap_ns, amount->base_ns)
                                   : threshold_compare_time(threshold, amount->gap_ns);
}

static bool passes_limit(const struct gate *gate, int order) {
    return order < 0 ? gate->less : order > 0 ? gate->more : gate->equal;
}

/* Of all layers the first that the gate holds for, else the first. */
static struct finding find_layer(const struct gate *gate, const struct diff *diff) {
    struct finding finding = {.missing = gate->every_layer ? "no layers are known" : "there is no such layer"};
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        const struct diff_layer *layer = &diff->layers[i];
        const bool wanted = gate->every_layer || layer->layer == gate->layer;
        const bool holds = wanted && passes_limit(gate, compare_to_limit(&gate->threshold, &layer->amount));
        if (holds || (wanted && finding.missing))
            finding = (struct finding){.amount = layer->amount, .layer = layer->layer};
        if (holds)
            break;
    }
    return finding;
}

static struct finding find_target(const struct gate *gate, const struct diff *diff) {
    switch (gate->kind) {
    case TARGET_STEP:
        return (struct finding){.amount = diff->step,
                                .interval = diff->step_interval,
                                .missing = diff->spread ? NULL : "a side has no steps"};
    case TARGET_SPAN:
        return (struct finding){.amount = diff->span};
    case TARGET_OTHER:
        return find_operation(diff, COMPARE_OTHER);
    case TARGET_OPERATION:
        return find_operation(diff, gate->name);
    case TARGET_KERNEL:
        return find_kernels(gate, diff);
    case TARGET_PHASE:
        return find_phase(gate, diff);
    case TARGET_LAYER:
        return find_layer(gate, diff);
    default:
        return (struct finding){.amount = diff->total, .interval = diff->total_interval};
    }
}

enum { TIME_BYTES = 32, FINDING_BYTES = 160 };

static void write_share(char *out, const struct amount *other, int64_t whole_ns) {
    char part[TIME_BYTES], whole[TIME_BYTES];
    threshold_write_time(part, sizeof part, other->test_ns);
    threshold_write_time(whole, sizeof whole, whole_ns);
    const double percent = whole_ns == 0 ? 0 : 100.0 * (double)other->test_ns / (double)whole_ns;
    snprintf(out, FINDING_BYTES, "is %.2f %% of the GPU time of test (%s of %s", percent, part, whole);
}

/* "grew by 12.35 % (13.82 ms -> 15.53 ms", in the unit of the threshold. */
static void write_growth(char *out, const struct amount *amount, bool as_percent) {
    char base[TIME_BYTES], test[TIME_BYTES], change[TIME_BYTES];
    threshold_write_time(base, sizeof base, amount->base_ns);
    threshold_write_time(test, sizeof test, amount->test_ns);
    const int64_t gap_ns = amount->gap_ns < 0 ? -amount->gap_ns : amount->gap_ns;
    threshold_write_time(change, sizeof change, gap_ns);
    if (as_percent && amount->base_ns != 0)
        snprintf(change, sizeof change, "%.2f %%", 100.0 * (double)gap_ns / (double)amount->base_ns);
    const char *verb = gap_ns == 0 ? "did not grow" : amount->gap_ns < 0 ? "shrank by " : "grew by ";
    snprintf(out, FINDING_BYTES, "%s%s (%s -> %s", verb, gap_ns == 0 ? "" : change, base, test);
}

static void explain(const struct gate *gate, const struct diff *diff, const struct finding *finding, char *explanation,
                    size_t size) {
    const struct threshold *threshold = &gate->threshold;
    char words[FINDING_BYTES], layer[TIME_BYTES] = "";
    if (gate->kind == TARGET_OTHER)
        write_share(words, &finding->amount, diff->total.test_ns);
    else
        write_growth(words, &finding->amount, threshold->unit_ns == 0);
    if (gate->kind == TARGET_LAYER && gate->every_layer)
        snprintf(layer, sizeof layer, " (layer %" PRIu32 ")", finding->layer);
    const bool per_step = gate->kind == TARGET_STEP || (diff->per_step && gate->kind != TARGET_LAYER);
    snprintf(explanation, size, "%s%s %s%s), limit %s%s %.*s %s%s", gate->target, layer, words,
             per_step ? " per step" : "", gate->more ? ">" : "<", gate->equal ? "=" : "", (int)threshold->number.size,
             threshold->number.data, threshold->unit, gate->significant ? ", significant" : "");
}

enum gate_verdict gate_judge(const struct gate *gate, const struct diff *diff, char *explanation, size_t size) {
    const struct finding finding = find_target(gate, diff);
    if (finding.missing) {
        snprintf(explanation, size, "%s cannot be judged: %s", gate->target, finding.missing);
        return GATE_UNDECIDED;
    }
    explain(gate, diff, &finding, explanation, size);
    const int order = gate->kind == TARGET_OTHER
                          ? threshold_compare_share(&gate->threshold, finding.amount.test_ns, diff->total.test_ns)
                          : compare_to_limit(&gate->threshold, &finding.amount);
    if (!passes_limit(gate, order) || !gate->significant)
        return passes_limit(gate, order) ? GATE_HOLDS : GATE_PASSES;
    if (finding.interval.known)
        return interval_excludes_0(&finding.interval) ? GATE_HOLDS : GATE_PASSES;
    const size_t used = strlen(explanation);
    snprintf(explanation + used, size - used, ": cannot be judged, for too few steps show how it spreads");
    return GATE_UNDECIDED;
}
