#include "compare/plan.h"

#include <stdlib.h>

#include "base/limits.h"

/* From the finest to the coarsest. */
enum level { LEVEL_SIZE, LEVEL_MAGNITUDE, LEVEL_PHASE, LEVEL_ALL, LEVELS };

/* A level by size is taken when, on both sides, so much of the steps and of their time is in strata that both have. */
enum { COMMON_PERCENT = 90 };

struct key { /* of a step: equal for steps of one stratum */
    uint32_t phase, requests, tokens;
};

struct keyed {
    struct key key;
    uint32_t step;
};

struct keyed_steps {     /* of one side: the steps that may be used, ascending by key */
    struct keyed *items; /* owned */
    uint32_t count;
};

static uint32_t power_below(uint32_t number) {
    return number == 0 ? 0 : UINT32_C(1) << (31 - (unsigned)__builtin_clz(number));
}

static struct key key_of(const struct step_row *step, enum level level) {
    switch (level) {
    case LEVEL_SIZE:
        return (struct key){step->phase, step->requests, step->tokens};
    case LEVEL_MAGNITUDE:
        return (struct key){step->phase, power_below(step->requests), power_below(step->tokens)};
    case LEVEL_PHASE:
        return (struct key){step->phase, 0, 0};
    default:
        return (struct key){0, 0, 0};
    }
}

static int key_compare(const struct key *a, const struct key *b) {
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->requests != b->requests)
        return a->requests < b->requests ? -1 : 1;
    return (a->tokens > b->tokens) - (a->tokens < b->tokens);
}

static int keyed_order(const void *left, const void *right) {
    const struct keyed *a = left, *b = right;
    const int order = key_compare(&a->key, &b->key);
    return order != 0 ? order : (a->step > b->step) - (a->step < b->step);
}

static void sort_by_key(struct keyed_steps *keyed, const struct summary *summary, enum level level) {
    for (uint32_t i = 0; i < keyed->count; i++)
        keyed->items[i].key = key_of(&summary->steps[keyed->items[i].step], level);
    qsort(keyed->items, keyed->count, sizeof *keyed->items, keyed_order);
}

/* How many items from `first` on have its key. */
static uint32_t run_length(const struct keyed_steps *keyed, uint32_t first) {
    uint32_t end = first;
    while (end < keyed->count && key_compare(&keyed->items[end].key, &keyed->items[first].key) == 0)
        end++;
    return end - first;
}

static struct diff_stratum stratum_of(const struct key *key, enum level level, uint32_t base, uint32_t test) {
    const bool exact = level == LEVEL_SIZE;
    return (struct diff_stratum){.by_phase = level < LEVEL_ALL,
                                 .by_size = level < LEVEL_PHASE && (key->requests > 0 || key->tokens > 0),
                                 .phase = (enum phase)key->phase,
                                 .least_requests = key->requests,
                                 .most_requests =
                                     exact || key->requests == 0 ? key->requests : 2 * (key->requests - 1) + 1,
                                 .least_tokens = key->tokens,
                                 .most_tokens = exact || key->tokens == 0 ? key->tokens : 2 * (key->tokens - 1) + 1,
                                 .base_steps = base,
                                 .test_steps = test};
}

/* Puts the items of one key into a stratum, or out of all. */
static void assign(struct plan_side *side, const struct keyed_steps *keyed, uint32_t first, uint32_t count,
                   uint16_t stratum) {
    for (uint32_t i = first; i < first + count; i++)
        side->strata[keyed->items[i].step] = stratum;
}

/* Walks both sides' keys in order. false: more strata than there is room for. */
static bool match(struct plan *plan, const struct keyed_steps *base, const struct keyed_steps *test, enum level level) {
    plan->count = 0;
    for (uint32_t b = 0, t = 0; b < base->count || t < test->count;) {
        const int order = b == base->count   ? 1
                          : t == test->count ? -1
                                             : key_compare(&base->items[b].key, &test->items[t].key);
        const uint32_t base_count = order <= 0 ? run_length(base, b) : 0;
        const uint32_t test_count = order >= 0 ? run_length(test, t) : 0;
        if (order == 0 && plan->count == LIMIT_STRATA)
            return false;
        const uint16_t stratum = order == 0 ? (uint16_t)plan->count : PLAN_LEFT_OUT;
        assign(&plan->base, base, b, base_count, stratum);
        assign(&plan->test, test, t, test_count, stratum);
        if (order == 0)
            plan->strata[plan->count++] = stratum_of(&base->items[b].key, level, base_count, test_count);
        b += base_count;
        t += test_count;
    }
    return true;
}

static bool mostly_common(const struct plan_side *side, const struct keyed_steps *keyed) {
    stats_wide all_ns = 0, common_ns = 0;
    uint64_t common = 0;
    for (uint32_t i = 0; i < keyed->count; i++) {
        const uint32_t step = keyed->items[i].step;
        const bool is_common = side->strata[step] != PLAN_LEFT_OUT;
        const uint64_t ns = (uint64_t)side->summary->steps[step].gpu_ns;
        all_ns += ns;
        common += is_common;
        common_ns += is_common ? ns : 0;
    }
    return common * 100 >= (uint64_t)keyed->count * COMMON_PERCENT && common_ns * 100 >= all_ns * COMMON_PERCENT;
}

/* Fine strata must leave most steps in common, and several in each, to see how they spread. */
static bool is_acceptable(const struct plan *plan, const struct keyed_steps *base, const struct keyed_steps *test,
                          enum level level) {
    if (plan->count == 0)
        return false;
    if (level >= LEVEL_PHASE)
        return true;
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->strata[i].base_steps < 2 || plan->strata[i].test_steps < 2)
            return false;
    return mostly_common(&plan->base, base) && mostly_common(&plan->test, test);
}

static enum status gather(struct keyed_steps *keyed, struct plan_side *side, const struct summary *summary,
                          bool detailed, struct error *error) {
    side->summary = summary;
    side->strata = malloc(summary->step_count * sizeof *side->strata);
    keyed->items = calloc(summary->step_count, sizeof *keyed->items);
    if (!side->strata || !keyed->items)
        return FAIL_MEMORY(error);
    for (uint32_t step = 0; step < summary->step_count; step++) {
        side->strata[step] = PLAN_LEFT_OUT;
        if (summary->steps[step].use == STEP_USED || !detailed)
            keyed->items[keyed->count++].step = step;
    }
    return STATUS_OK;
}

static void count_steps(struct plan_side *side, bool detailed) {
    for (uint32_t step = 0; step < side->summary->step_count; step++) {
        const enum step_use use = detailed ? side->summary->steps[step].use : STEP_USED;
        side->steps.warm_up += use == STEP_WARM_UP;
        side->steps.clipped += use == STEP_CLIPPED;
        side->steps.used += side->strata[step] != PLAN_LEFT_OUT;
        side->steps.unmatched += use == STEP_USED && side->strata[step] == PLAN_LEFT_OUT;
    }
}

static enum status match_steps(struct plan *plan, struct keyed_steps *base, struct keyed_steps *test,
                               struct error *error) {
    TRY(gather(base, &plan->base, plan->base.summary, plan->detailed, error));
    TRY(gather(test, &plan->test, plan->test.summary, plan->detailed, error));
    plan->strata = calloc(LIMIT_STRATA, sizeof *plan->strata);
    if (!plan->strata)
        return FAIL_MEMORY(error);
    for (enum level level = plan->detailed ? LEVEL_SIZE : LEVEL_ALL; level < LEVELS; level++) {
        sort_by_key(base, plan->base.summary, level);
        sort_by_key(test, plan->test.summary, level);
        if (match(plan, base, test, level) && is_acceptable(plan, base, test, level))
            break;
    }
    count_steps(&plan->base, plan->detailed);
    count_steps(&plan->test, plan->detailed);
    return STATUS_OK;
}

enum status plan_init(struct plan *plan, const struct summary *base, const struct summary *test, struct error *error) {
    struct keyed_steps base_keyed = {0}, test_keyed = {0};
    *plan = (struct plan){.base.summary = base, .test.summary = test};
    plan->detailed = base->step_detail.complete && test->step_detail.complete;
    const enum status status = match_steps(plan, &base_keyed, &test_keyed, error);
    free(base_keyed.items);
    free(test_keyed.items);
    if (status != STATUS_OK)
        plan_fini(plan);
    return status;
}

void plan_fini(struct plan *plan) {
    free(plan->base.strata);
    free(plan->test.strata);
    free(plan->strata);
    *plan = (struct plan){0};
}

uint32_t plan_steps(const struct plan *plan, const struct plan_side *side, uint32_t stratum) {
    return side == &plan->base ? plan->strata[stratum].base_steps : plan->strata[stratum].test_steps;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b) {
    while (b != 0) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct plan_weight plan_weight(const struct plan *plan, const struct plan_side *side, uint32_t stratum) {
    const struct diff_stratum *row = &plan->strata[stratum];
    const uint64_t above = (uint64_t)row->base_steps + row->test_steps;
    const uint64_t all = (uint64_t)plan->base.steps.used + plan->test.steps.used;
    const uint64_t below = all * plan_steps(plan, side, stratum), divisor = greatest_divisor(above, below);
    return (struct plan_weight){above / divisor, below / divisor};
}

void plan_index_shares(const struct summary *summary, uint32_t *first) {
    uint32_t at = 0;
    for (uint32_t kernel = 0; kernel <= summary->kernel_count; kernel++) {
        while (at < summary->step_detail.share_count && summary->step_detail.shares[at].kernel < kernel)
            at++;
        first[kernel] = at;
    }
}
