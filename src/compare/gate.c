#include "compare/gate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/threshold.h"
#include "compare/wildcard.h"

enum target { TARGET_TOTAL, TARGET_SPAN, TARGET_OTHER, TARGET_OPERATION, TARGET_KERNEL, TARGET_PHASE };

struct gate {
    char *expression;   /* owned; cut after the target */
    const char *target; /* in expression */
    const char *name;   /* in target: what follows the colon, "" when there is none */
    enum target kind;
    enum phase phase;
    bool less, equal, more; /* than the threshold: when it holds */
    struct threshold threshold;
};

static const struct {
    const char *word; /* ends in a colon when a name follows */
    enum target kind;
} target_words[] = {
    {"total", TARGET_TOTAL},   {"span", TARGET_SPAN},      {"other", TARGET_OTHER},
    {"op:", TARGET_OPERATION}, {"kernel:", TARGET_KERNEL}, {"phase:", TARGET_PHASE},
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
        return gate->kind == TARGET_PHASE ? parse_phase(gate) : NULL;
    }
    return "the target must be total, span, other, op:NAME, kernel:GLOB or phase:NAME";
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
    const struct text limit = trim((struct text){whole.data + limit_at, whole.size - limit_at});
    size_t limit_place = 0;
    reason = threshold_parse(&gate->threshold, limit, &limit_place);
    *place = limit.data + limit_place;
    if (!reason && gate->kind == TARGET_OTHER && gate->threshold.unit_ns != 0)
        return "other is a share of the GPU time: its limit must be in %";
    return reason;
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

static struct amount operation_amount(const struct diff *diff, const char *name) {
    const struct diff_operation *operation = compare_find_operation(diff, text_from(name));
    return operation ? operation->amount : (struct amount){0};
}

static struct amount kernels_amount(const struct diff *diff, const char *glob) {
    const struct text pattern = text_from(glob);
    struct amount sum = {0};
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *kernel = &diff->kernels[i];
        if (!wildcard_matches(pattern, kernel->name) && !wildcard_matches(pattern, kernel->readable))
            continue;
        sum.base_ns += kernel->amount.base_ns;
        sum.test_ns += kernel->amount.test_ns;
        sum.gap_ns += kernel->amount.gap_ns;
    }
    return sum;
}

static struct amount phase_amount(const struct diff *diff, enum phase phase) {
    for (uint32_t i = 0; i < diff->phase_count; i++)
        if (diff->phases[i].phase == phase)
            return diff->phases[i].amount;
    return (struct amount){0};
}

static struct amount target_amount(const struct gate *gate, const struct diff *diff) {
    switch (gate->kind) {
    case TARGET_SPAN:
        return diff->span;
    case TARGET_OTHER:
        return operation_amount(diff, COMPARE_OTHER);
    case TARGET_OPERATION:
        return operation_amount(diff, gate->name);
    case TARGET_KERNEL:
        return kernels_amount(diff, gate->name);
    case TARGET_PHASE:
        return phase_amount(diff, gate->phase);
    default:
        return diff->total;
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

bool gate_holds(const struct gate *gate, const struct diff *diff, char *explanation, size_t size) {
    const struct threshold *threshold = &gate->threshold;
    const struct amount amount = target_amount(gate, diff);
    const bool is_share = gate->kind == TARGET_OTHER, is_percent = threshold->unit_ns == 0;
    const int order = is_share     ? threshold_compare_share(threshold, amount.test_ns, diff->total.test_ns)
                      : is_percent ? threshold_compare_share(threshold, amount.gap_ns, amount.base_ns)
                                   : threshold_compare_time(threshold, amount.gap_ns);
    char finding[FINDING_BYTES];
    if (is_share)
        write_share(finding, &amount, diff->total.test_ns);
    else
        write_growth(finding, &amount, is_percent);
    snprintf(explanation, size, "%s %s%s), limit %s%s %.*s %s", gate->target, finding,
             diff->per_step ? " per step" : "", gate->more ? ">" : "<", gate->equal ? "=" : "",
             (int)threshold->number.size, threshold->number.data, threshold->unit);
    return order < 0 ? gate->less : order > 0 ? gate->more : gate->equal;
}
