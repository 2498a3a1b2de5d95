#include "compare/compare.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/aside.h"
#include "compare/causes.h"
#include "compare/join.h"
#include "compare/layer_pairs.h"
#include "compare/same_kernels.h"
#include "compare/side.h"
#include "compare/spread.h"
#include "compare/warn.h"

struct sides {
    struct side base, test;
    struct spread *spread; /* borrowed; NULL when a side has no steps */
    bool per_step;
    struct threshold similar_share, similar_time;
};

static struct amount amount_of(int64_t base_ns, int64_t test_ns) {
    return (struct amount){base_ns, test_ns, test_ns - base_ns};
}

static enum diff_status status_of(const struct sides *sides, bool in_base, bool in_test, const struct amount *amount,
                                  const struct spread_verdict *verdict) {
    if (!in_test)
        return DIFF_BASE_ONLY;
    if (!in_base)
        return DIFF_TEST_ONLY;
    const int64_t gap_ns = side_width(amount->gap_ns);
    const int64_t smaller_ns = amount->gap_ns < 0 ? amount->test_ns : amount->base_ns;
    const bool wide = threshold_compare_share(&sides->similar_share, gap_ns, smaller_ns) > 0;
    const bool clear =
        verdict->interval.known ? verdict->stands_out : threshold_compare_time(&sides->similar_time, gap_ns) > 0;
    return !wide || !clear ? DIFF_SIMILAR : amount->gap_ns > 0 ? DIFF_SLOWER : DIFF_FASTER;
}

/* Of what was added to the spread. */
static struct spread_verdict judge(const struct sides *sides, int64_t gap_ns, uint32_t rows) {
    return sides->spread ? spread_judge(sides->spread, gap_ns, sides->per_step, rows) : (struct spread_verdict){0};
}

static struct spread_verdict judge_kernel(const struct sides *sides, const struct kernel_row *base,
                                          const struct kernel_row *test, int64_t gap_ns, uint32_t rows) {
    return sides->spread ? spread_judge_kernel(sides->spread, base, test, gap_ns, sides->per_step, rows)
                         : (struct spread_verdict){0};
}

static int phase_order(const void *left, const void *right) {
    const struct diff_phase *a = left, *b = right;
    const int64_t a_ns = a->amount.base_ns > a->amount.test_ns ? a->amount.base_ns : a->amount.test_ns;
    const int64_t b_ns = b->amount.base_ns > b->amount.test_ns ? b->amount.base_ns : b->amount.test_ns;
    return a_ns != b_ns ? (a_ns < b_ns) - (a_ns > b_ns) : (a->phase > b->phase) - (a->phase < b->phase);
}

/* The phases that either side has, in `present`. Returns how many. */
static uint32_t compare_phases(struct diff_phase *phases, const bool present[PHASES], const int64_t base_ns[PHASES],
                               const int64_t test_ns[PHASES]) {
    uint32_t count = 0;
    for (unsigned phase = 0; phase < PHASES; phase++)
        if (present[phase])
            phases[count++] = (struct diff_phase){(enum phase)phase, amount_of(base_ns[phase], test_ns[phase])};
    qsort(phases, count, sizeof *phases, phase_order);
    return count;
}

static void add_kernels(const struct sides *sides, const struct diff_operation *operation) {
    for (uint32_t i = 0; operation->base && i < operation->base->kernel_count; i++)
        spread_add_kernel(sides->spread, &sides->base.summary->kernels[operation->base->kernels[i]], NULL);
    for (uint32_t i = 0; operation->test && i < operation->test->kernel_count; i++)
        spread_add_kernel(sides->spread, NULL, &sides->test.summary->kernels[operation->test->kernels[i]]);
}

static const struct kernel_row *only_kernel(const struct summary *summary, const struct operation_row *operation) {
    return operation ? &summary->kernels[operation->kernels[0]] : NULL;
}

static struct spread_verdict judge_operation(const struct sides *sides, const struct diff_operation *operation,
                                             uint32_t rows) {
    const struct operation_row *base = operation->base, *test = operation->test;
    const int64_t gap_ns = operation->amount.gap_ns;
    if ((!base || base->kernel_count == 1) && (!test || test->kernel_count == 1))
        return judge_kernel(sides, only_kernel(sides->base.summary, base), only_kernel(sides->test.summary, test),
                            gap_ns, rows);
    if (sides->spread)
        add_kernels(sides, operation);
    return judge(sides, gap_ns, rows);
}

/* rows: of the table that this one is in. */
static void compare_operation(struct diff_operation *operation, const struct sides *sides, struct join_pair pair,
                              int64_t total_gap_ns, uint32_t rows) {
    static const struct phase_cell no_cells[PHASES];
    static const int64_t nothing[PHASES];
    const bool in_base = pair.base != JOIN_NONE, in_test = pair.test != JOIN_NONE;
    const struct summary *base = sides->base.summary, *test = sides->test.summary;
    operation->base = in_base ? &base->operations[pair.base] : NULL;
    operation->test = in_test ? &test->operations[pair.test] : NULL;
    operation->name = in_test ? names_get(test->names, operation->test->operation)
                              : names_get(base->names, operation->base->operation);
    operation->amount = amount_of(in_base ? side_operation_ns(&sides->base, pair.base) : 0,
                                  in_test ? side_operation_ns(&sides->test, pair.test) : 0);
    const int64_t gap_ns = operation->amount.gap_ns;
    const struct spread_verdict verdict = judge_operation(sides, operation, rows);
    operation->interval = verdict.interval;
    operation->status = status_of(sides, in_base, in_test, &operation->amount, &verdict);
    operation->share_of_gap = total_gap_ns == 0 ? 0 : (double)gap_ns / (double)total_gap_ns;

    const struct phase_cell *base_cells = in_base ? operation->base->phases : no_cells;
    const struct phase_cell *test_cells = in_test ? operation->test->phases : no_cells;
    bool present[PHASES];
    for (unsigned phase = 0; phase < PHASES; phase++)
        present[phase] = base_cells[phase].count > 0 || test_cells[phase].count > 0;
    operation->phase_count =
        compare_phases(operation->phases, present, in_base ? sides->base.operations[pair.base] : nothing,
                       in_test ? sides->test.operations[pair.test] : nothing);
}

/* Leaves them ascending by name. */
static enum status compare_operations(struct diff *diff, const struct sides *sides, struct error *error) {
    struct join join;
    enum status status = join_operations(&join, diff->base, diff->test, error);
    if (status == STATUS_OK) {
        diff->operations = calloc((size_t)join.count + 1, sizeof *diff->operations);
        status = diff->operations ? STATUS_OK : FAIL_MEMORY(error);
    }
    if (status == STATUS_OK) {
        diff->operation_count = join.count;
        for (uint32_t i = 0; i < join.count; i++)
            compare_operation(&diff->operations[i], sides, join.pairs[i], diff->total.gap_ns, join.count);
    }
    free(join.pairs);
    return status;
}

static void compare_kernel(struct diff_kernel *kernel, const struct sides *sides, struct join_pair pair,
                           uint32_t rows) {
    const bool in_base = pair.base != JOIN_NONE, in_test = pair.test != JOIN_NONE;
    const struct summary *base = sides->base.summary, *test = sides->test.summary;
    kernel->base = in_base ? &base->kernels[pair.base] : NULL;
    kernel->test = in_test ? &test->kernels[pair.test] : NULL;
    const struct names *names = in_test ? test->names : base->names;
    const struct kernel_row *row = in_test ? kernel->test : kernel->base;
    kernel->name = names_get(names, row->name);
    kernel->readable = names_get(names, row->readable);
    kernel->operation = names_get(names, row->operation);
    kernel->amount =
        amount_of(in_base ? sides->base.kernels[pair.base] : 0, in_test ? sides->test.kernels[pair.test] : 0);
    const struct spread_verdict verdict = judge_kernel(sides, kernel->base, kernel->test, kernel->amount.gap_ns, rows);
    kernel->interval = verdict.interval;
    kernel->status = status_of(sides, in_base, in_test, &kernel->amount, &verdict);
}

static int gap_order(const struct amount *a, const struct amount *b) {
    const int64_t a_ns = side_width(a->gap_ns), b_ns = side_width(b->gap_ns);
    return (a_ns < b_ns) - (a_ns > b_ns);
}

static enum event_kind kernel_kind(const struct diff_kernel *kernel) {
    return kernel->test ? kernel->test->kind : kernel->base->kind;
}

static int kernel_order(const void *left, const void *right) {
    const struct diff_kernel *a = left, *b = right;
    const int by_gap = gap_order(&a->amount, &b->amount);
    const int by_name = by_gap != 0 ? by_gap : text_compare(a->name, b->name);
    return by_name != 0 ? by_name : (kernel_kind(a) > kernel_kind(b)) - (kernel_kind(a) < kernel_kind(b));
}

static int operation_order(const void *left, const void *right) {
    const struct diff_operation *a = left, *b = right;
    const int by_gap = gap_order(&a->amount, &b->amount);
    return by_gap != 0 ? by_gap : text_compare(a->name, b->name);
}

struct kernel_table { /* to be made */
    struct diff *diff;
    const struct sides *sides;
};

/* Needs nothing of the other tables. */
static enum status compare_kernels(void *self, struct error *error) {
    const struct kernel_table *table = self;
    struct diff *diff = table->diff;
    struct join join;
    enum status status = join_kernels(&join, diff->base, diff->test, error);
    if (status == STATUS_OK) {
        diff->kernels = calloc((size_t)join.count + 1, sizeof *diff->kernels);
        status = diff->kernels ? STATUS_OK : FAIL_MEMORY(error);
    }
    if (status == STATUS_OK) {
        diff->kernel_count = join.count;
        for (uint32_t i = 0; i < join.count; i++)
            compare_kernel(&diff->kernels[i], table->sides, join.pairs[i], join.count);
        qsort(diff->kernels, diff->kernel_count, sizeof *diff->kernels, kernel_order);
    }
    free(join.pairs);
    return status;
}

static int named(const void *name, const void *element) {
    const struct diff_operation *operation = element;
    return text_compare(*(const struct text *)name, operation->name);
}

/* Operations are still ascending by name. A kernel's operation is missing only when its summary left it out. */
static struct diff_operation *owner_of(const struct diff *diff, const struct diff_kernel *kernel) {
    return bsearch(&kernel->operation, diff->operations, diff->operation_count, sizeof *diff->operations, named);
}

/* Two passes: how many kernels an operation owns, then which. */
static enum status list_kernels(struct diff *diff, struct error *error) {
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        struct diff_operation *operation = owner_of(diff, &diff->kernels[i]);
        if (operation)
            operation->kernel_count++;
    }
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        struct diff_operation *operation = &diff->operations[i];
        operation->kernels = calloc((size_t)operation->kernel_count + 1, sizeof *operation->kernels);
        if (!operation->kernels)
            return FAIL_MEMORY(error);
        operation->kernel_count = 0;
    }
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        struct diff_operation *operation = owner_of(diff, &diff->kernels[i]);
        if (operation)
            operation->kernels[operation->kernel_count++] = i;
    }
    return STATUS_OK;
}

static void compare_totals(struct diff *diff, const struct side *base, const struct side *test) {
    diff->total = amount_of(base->total_ns, test->total_ns);
    diff->span = amount_of(base->span_ns, test->span_ns);
    struct amount *const parts[SIDE_PARTS] = {
        [SIDE_COMPUTE] = &diff->compute,
        [SIDE_EXPOSED_COMM] = &diff->exposed_comm,
        [SIDE_EXPOSED_COPY] = &diff->exposed_copy,
        [SIDE_IDLE] = &diff->idle,
    };
    for (unsigned part = 0; part < SIDE_PARTS; part++)
        *parts[part] = amount_of(base->parts[part], test->parts[part]);

    bool present[PHASES] = {false};
    for (uint32_t i = 0; i < diff->base->phase_count; i++)
        present[diff->base->phases[i].phase] = true;
    for (uint32_t i = 0; i < diff->test->phase_count; i++)
        present[diff->test->phases[i].phase] = true;
    diff->phase_count = compare_phases(diff->phases, present, base->phases, test->phases);
}

/* Runs of layers are not told apart by step, so nothing is known of their spread. */
static void judge_layers(struct diff *diff, const struct sides *sides) {
    static const struct spread_verdict no_spread;
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        struct diff_layer *layer = &diff->layers[i];
        layer->status = status_of(sides, layer->in_base, layer->in_test, &layer->amount, &no_spread);
    }
}

/* What steps take, whether or not amounts are per step. */
static enum status compare_steps(struct diff *diff, const struct sides *sides, struct error *error) {
    if (!sides->spread)
        return STATUS_OK;
    const struct plan *plan = spread_plan(sides->spread);
    int64_t base_ns, test_ns;
    TRY(side_step_ns(&base_ns, plan, &plan->base, error));
    TRY(side_step_ns(&test_ns, plan, &plan->test, error));
    diff->step = amount_of(base_ns, test_ns);
    spread_add_steps(sides->spread);
    diff->step_interval = spread_judge(sides->spread, diff->step.gap_ns, true, 1).interval;
    spread_add_steps(sides->spread);
    diff->total_interval = judge(sides, diff->total.gap_ns, 1).interval;
    diff->base_steps = plan->base.steps;
    diff->test_steps = plan->test.steps;
    diff->strata = plan->strata;
    diff->stratum_count = plan->count;
    return STATUS_OK;
}

static enum status compare_steps_and_operations(struct diff *diff, const struct sides *sides, struct error *error) {
    compare_totals(diff, &sides->base, &sides->test);
    TRY(compare_steps(diff, sides, error));
    return compare_operations(diff, sides, error);
}

static enum status compare_sides(struct diff *diff, const struct sides *sides, struct pool *pool, struct error *error) {
    struct kernel_table kernels = {diff, sides};
    struct aside aside;
    aside_begin(&aside, pool, compare_kernels, &kernels);
    TRY(aside_end(&aside, compare_steps_and_operations(diff, sides, error), error));
    TRY(list_kernels(diff, error));
    for (uint32_t i = 0; i < diff->operation_count; i++)
        causes_find(&diff->operations[i], diff, &sides->base, &sides->test);
    qsort(diff->operations, diff->operation_count, sizeof *diff->operations, operation_order);
    return same_kernels_find(diff, error);
}

static enum status choose_per(bool *per_step, const struct summary *base, const struct summary *test,
                              enum compare_per per, struct error *error) {
    const uint32_t base_steps = base->step_count, test_steps = test->step_count;
    const bool both = base_steps > 0 && test_steps > 0;
    if (per == COMPARE_PER_STEP && !both)
        return FAIL(error, STATUS_USAGE, "cannot compare per step: base has %" PRIu32 " steps, test has %" PRIu32,
                    base_steps, test_steps);
    *per_step = per == COMPARE_PER_STEP || (per == COMPARE_PER_AUTO && both && base_steps != test_steps);
    return STATUS_OK;
}

static struct threshold limit_of(const struct threshold *given, const char *usual) {
    struct threshold limit = *given;
    size_t at;
    if (given->scale == 0)
        threshold_parse(&limit, text_from(usual), &at);
    return limit;
}

static enum status match_steps(struct diff *diff, struct error *error) {
    if (diff->base->step_count == 0 || diff->test->step_count == 0)
        return STATUS_OK;
    struct plan plan;
    TRY(plan_init(&plan, diff->base, diff->test, error));
    return spread_new(&diff->spread, &plan, error);
}

static enum status find_layers(void *diff, struct error *error) {
    return layer_pairs_find(diff, error);
}

struct making { /* of one side */
    struct side *side;
    const struct summary *summary;
    const struct plan *plan; /* NULL: in total */
    const struct plan_side *side_of_plan;
};

static enum status make_side(void *self, struct error *error) {
    const struct making *making = self;
    return side_init(making->side, making->summary, making->plan, making->side_of_plan, error);
}

static enum status make_sides(struct sides *sides, const struct diff *diff, struct pool *pool, struct error *error) {
    const struct plan *plan = diff->per_step ? spread_plan(diff->spread) : NULL;
    struct making base = {&sides->base, diff->base, plan, plan ? &plan->base : NULL};
    struct making test = {&sides->test, diff->test, plan, plan ? &plan->test : NULL};
    struct aside aside;
    aside_begin(&aside, pool, make_side, &test);
    return aside_end(&aside, make_side(&base, error), error);
}

/* All but the layers. */
static enum status compare_steps_and_rows(struct diff *diff, struct sides *sides, struct pool *pool,
                                          struct error *error) {
    TRY(match_steps(diff, error));
    sides->spread = diff->spread;
    TRY(make_sides(sides, diff, pool, error));
    return compare_sides(diff, sides, pool, error);
}

static enum status fill(struct diff *diff, const struct compare_options *options, struct error *error) {
    struct sides sides = {.per_step = diff->per_step,
                          .similar_share = limit_of(&options->similar_share, COMPARE_SIMILAR_SHARE),
                          .similar_time = limit_of(&options->similar_time, COMPARE_SIMILAR_TIME)};
    struct aside layers;
    aside_begin(&layers, options->pool, find_layers, diff);
    const enum status rows = compare_steps_and_rows(diff, &sides, options->pool, error);
    const enum status status = aside_end(&layers, rows, error);
    if (status == STATUS_OK) {
        judge_layers(diff, &sides);
        warn_fill(diff, &sides.base, &sides.test);
    }
    side_fini(&sides.base);
    side_fini(&sides.test);
    return status;
}

enum status compare_new(struct diff **diff, const struct summary *base, const struct summary *test,
                        const struct compare_options *options, struct error *error) {
    *diff = NULL;
    bool per_step = false;
    TRY(choose_per(&per_step, base, test, options->per, error));
    struct diff *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    made->base = base;
    made->test = test;
    made->per_step = per_step;
    const enum status status = fill(made, options, error);
    if (status == STATUS_OK)
        *diff = made;
    else
        diff_free(made);
    return status;
}

const struct diff_operation *compare_find_operation(const struct diff *diff, struct text name) {
    for (uint32_t i = 0; i < diff->operation_count; i++)
        if (text_equal(diff->operations[i].name, name))
            return &diff->operations[i];
    return NULL;
}

static void layer_fini(struct diff_layer *layer) {
    for (uint32_t i = 0; i < layer->pair_count; i++) {
        free(layer->pairs[i].base_kernels);
        free(layer->pairs[i].test_kernels);
    }
    free(layer->pairs);
}

void diff_free(struct diff *diff) {
    if (!diff)
        return;
    for (uint32_t i = 0; i < diff->operation_count; i++)
        free(diff->operations[i].kernels);
    for (uint32_t i = 0; i < diff->layer_count; i++)
        layer_fini(&diff->layers[i]);
    for (uint32_t i = 0; i < diff->fusion_count; i++) {
        free(diff->fusions[i].fused);
        free(diff->fusions[i].separate);
    }
    free(diff->layers);
    free(diff->fusions);
    free(diff->same);
    free(diff->operations);
    free(diff->kernels);
    spread_free(diff->spread);
    free(diff);
}
