#include "compare/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/distinct.h"
#include "base/limits.h"

/* From the finest to the coarsest. */
enum level { LEVEL_SIZE, LEVEL_MAGNITUDE, LEVEL_PHASE, LEVEL_ALL, LEVELS };

/* A level by size is taken when, on both sides, so much of the steps and of their time is in strata that both have. */
enum { COMMON_PERCENT = 90 };

struct key { /* equal for steps of one stratum */
    uint32_t phase, requests, tokens;
    uint32_t reserved; /* 0: keys are told apart as KEY_WORDS words */
};

enum { KEY_WORDS = sizeof(struct key) / sizeof(uint64_t) };

struct kind {       /* steps of one side that are alike at the finest level: they are always in one stratum */
    struct key key; /* at the level looked at */
    uint32_t number, steps;
    stats_wide ns;
};

struct kinds {          /* of one side's steps that may be used */
    struct kind *items; /* owned, as all arrays here; ascending by key */
    uint32_t count;
    uint32_t *of_step; /* by row of summary.steps: the number of its kind; KIND_NONE: it may not be used */
    uint16_t *strata;  /* by number */
};

enum { KIND_NONE = DISTINCT_NONE };

static uint32_t power_below(uint32_t number) {
    return number == 0 ? 0 : UINT32_C(1) << (31 - (unsigned)__builtin_clz(number));
}

/* From a key of any finer level. */
static struct key key_at(const struct key *key, enum level level) {
    switch (level) {
    case LEVEL_SIZE:
        return *key;
    case LEVEL_MAGNITUDE:
        return (struct key){key->phase, power_below(key->requests), power_below(key->tokens), 0};
    case LEVEL_PHASE:
        return (struct key){key->phase, 0, 0, 0};
    default:
        return (struct key){0, 0, 0, 0};
    }
}

static int key_compare(const struct key *a, const struct key *b) {
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->requests != b->requests)
        return a->requests < b->requests ? -1 : 1;
    return (a->tokens > b->tokens) - (a->tokens < b->tokens);
}

static int kind_order(const void *left, const void *right) {
    const struct kind *a = left, *b = right;
    const int order = key_compare(&a->key, &b->key);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static void sort_by_key(struct kinds *kinds, enum level level) {
    for (uint32_t i = 0; i < kinds->count; i++)
        kinds->items[i].key = key_at(&kinds->items[i].key, level);
    qsort(kinds->items, kinds->count, sizeof *kinds->items, kind_order);
}

/* The kinds from `first` on that have its key. */
struct key_run {
    uint32_t first, end;
    uint32_t steps;
};

static struct key_run key_run_at(const struct kinds *kinds, uint32_t first) {
    struct key_run run = {first, first, 0};
    for (; run.end < kinds->count; run.end++) {
        if (key_compare(&kinds->items[run.end].key, &kinds->items[first].key) != 0)
            break;
        run.steps += kinds->items[run.end].steps;
    }
    return run;
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

/* Puts the kinds of one key into a stratum, or out of all. */
static void assign(struct kinds *kinds, const struct key_run *run, uint16_t stratum) {
    for (uint32_t i = run->first; i < run->end; i++)
        kinds->strata[kinds->items[i].number] = stratum;
}

/* Walks both sides' keys in order. false: more strata than there is room for. */
static bool match(struct plan *plan, struct kinds *base, struct kinds *test, enum level level) {
    plan->count = 0;
    for (uint32_t b = 0, t = 0; b < base->count || t < test->count;) {
        const int order = b == base->count   ? 1
                          : t == test->count ? -1
                                             : key_compare(&base->items[b].key, &test->items[t].key);
        const struct key_run base_run = order <= 0 ? key_run_at(base, b) : (struct key_run){b, b, 0};
        const struct key_run test_run = order >= 0 ? key_run_at(test, t) : (struct key_run){t, t, 0};
        if (order == 0 && plan->count == LIMIT_STRATA)
            return false;
        const uint16_t stratum = order == 0 ? (uint16_t)plan->count : PLAN_LEFT_OUT;
        assign(base, &base_run, stratum);
        assign(test, &test_run, stratum);
        if (order == 0)
            plan->strata[plan->count++] = stratum_of(&base->items[b].key, level, base_run.steps, test_run.steps);
        b = base_run.end;
        t = test_run.end;
    }
    return true;
}

static bool mostly_common(const struct kinds *kinds) {
    stats_wide all_ns = 0, common_ns = 0;
    uint64_t all = 0, common = 0;
    for (uint32_t i = 0; i < kinds->count; i++) {
        const struct kind *kind = &kinds->items[i];
        const bool is_common = kinds->strata[kind->number] != PLAN_LEFT_OUT;
        all += kind->steps;
        all_ns += kind->ns;
        common += is_common ? kind->steps : 0;
        common_ns += is_common ? kind->ns : 0;
    }
    return common * 100 >= all * COMMON_PERCENT && common_ns * 100 >= all_ns * COMMON_PERCENT;
}

/* Fine strata must leave most steps in common, and several in each, to see how they spread. */
static bool is_acceptable(const struct plan *plan, const struct kinds *base, const struct kinds *test,
                          enum level level) {
    if (plan->count == 0)
        return false;
    if (level >= LEVEL_PHASE)
        return true;
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->strata[i].base_steps < 2 || plan->strata[i].test_steps < 2)
            return false;
    return mostly_common(base) && mostly_common(test);
}

/* Numbers the kinds of the steps that may be used. */
static enum status number_steps(struct kinds *kinds, struct distinct *keys, const struct summary *summary,
                                bool detailed, struct error *error) {
    kinds->of_step = malloc(summary->step_count * sizeof *kinds->of_step);
    if (!kinds->of_step)
        return FAIL_MEMORY(error);
    for (uint32_t row = 0; row < summary->step_count; row++) {
        const struct step_row *step = &summary->steps[row];
        const struct key key = {step->phase, step->requests, step->tokens, 0};
        kinds->of_step[row] = KIND_NONE;
        if (step->use == STEP_USED || !detailed)
            TRY(distinct_number(keys, &key, &kinds->of_step[row], error));
    }
    return STATUS_OK;
}

static enum status make_kinds(struct kinds *kinds, const struct distinct *keys, const struct summary *summary,
                              struct error *error) {
    kinds->items = calloc((size_t)keys->count + 1, sizeof *kinds->items);
    kinds->strata = malloc(((size_t)keys->count + 1) * sizeof *kinds->strata);
    if (!kinds->items || !kinds->strata)
        return FAIL_MEMORY(error);
    kinds->count = keys->count;
    for (uint32_t number = 0; number < keys->count; number++) {
        memcpy(&kinds->items[number].key, distinct_get(keys, number), sizeof(struct key));
        kinds->items[number].number = number;
    }
    for (uint32_t row = 0; row < summary->step_count; row++) {
        if (kinds->of_step[row] == KIND_NONE)
            continue;
        struct kind *kind = &kinds->items[kinds->of_step[row]];
        kind->steps++;
        kind->ns += (uint64_t)summary->steps[row].gpu_ns;
    }
    return STATUS_OK;
}

static enum status gather(struct kinds *kinds, const struct summary *summary, bool detailed, struct error *error) {
    struct distinct keys;
    enum status status = distinct_init(&keys, KEY_WORDS, summary->step_count) ? STATUS_OK : FAIL_MEMORY(error);
    if (status == STATUS_OK)
        status = number_steps(kinds, &keys, summary, detailed, error);
    if (status == STATUS_OK)
        status = make_kinds(kinds, &keys, summary, error);
    distinct_fini(&keys);
    return status;
}

static void kinds_fini(struct kinds *kinds) {
    free(kinds->items);
    free(kinds->of_step);
    free(kinds->strata);
}

static enum status assign_steps(struct plan_side *side, const struct kinds *kinds, struct error *error) {
    const uint32_t count = side->summary->step_count;
    side->strata = malloc(count * sizeof *side->strata);
    if (!side->strata)
        return FAIL_MEMORY(error);
    for (uint32_t step = 0; step < count; step++)
        side->strata[step] = kinds->of_step[step] == KIND_NONE ? PLAN_LEFT_OUT : kinds->strata[kinds->of_step[step]];
    return STATUS_OK;
}

static enum status index_shares(struct plan_side *side, struct error *error) {
    const struct summary *summary = side->summary;
    const struct step_detail *detail = &summary->step_detail;
    uint32_t begin = 0;
    side->first_share = malloc(((size_t)summary->kernel_count + 1) * sizeof *side->first_share);
    if (!side->first_share)
        return FAIL_MEMORY(error);
    for (uint32_t kernel = 0; kernel <= summary->kernel_count; kernel++) {
        for (uint32_t end = detail->share_count; begin < end;) {
            const uint32_t middle = begin + (end - begin) / 2;
            if (detail->shares[middle].kernel < kernel)
                begin = middle + 1;
            else
                end = middle;
        }
        side->first_share[kernel] = begin;
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

static enum status match_steps(struct plan *plan, struct kinds *base, struct kinds *test, struct error *error) {
    TRY(gather(base, plan->base.summary, plan->detailed, error));
    TRY(gather(test, plan->test.summary, plan->detailed, error));
    plan->strata = calloc(LIMIT_STRATA, sizeof *plan->strata);
    if (!plan->strata)
        return FAIL_MEMORY(error);
    for (enum level level = plan->detailed ? LEVEL_SIZE : LEVEL_ALL; level < LEVELS; level++) {
        sort_by_key(base, level);
        sort_by_key(test, level);
        if (match(plan, base, test, level) && is_acceptable(plan, base, test, level))
            break;
    }
    TRY(assign_steps(&plan->base, base, error));
    TRY(assign_steps(&plan->test, test, error));
    count_steps(&plan->base, plan->detailed);
    count_steps(&plan->test, plan->detailed);
    return STATUS_OK;
}

enum status plan_init(struct plan *plan, const struct summary *base, const struct summary *test, struct error *error) {
    struct kinds base_kinds = {0}, test_kinds = {0};
    *plan = (struct plan){.base.summary = base, .test.summary = test};
    plan->detailed = base->step_detail.complete && test->step_detail.complete;
    enum status status = match_steps(plan, &base_kinds, &test_kinds, error);
    if (plan->detailed && status == STATUS_OK)
        status = index_shares(&plan->base, error);
    if (plan->detailed && status == STATUS_OK)
        status = index_shares(&plan->test, error);
    kinds_fini(&base_kinds);
    kinds_fini(&test_kinds);
    if (status != STATUS_OK)
        plan_fini(plan);
    return status;
}

void plan_fini(struct plan *plan) {
    free(plan->base.strata);
    free(plan->test.strata);
    free(plan->base.first_share);
    free(plan->test.first_share);
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
