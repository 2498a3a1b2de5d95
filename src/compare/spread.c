#include "compare/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "compare/side.h"
#include "compare/student.h"

/* Longer times in one step count as this (13 days), so that n times a sum of squares stays within 128 bits. */
#define STEP_CEILING_NS (INT64_C(1) << 50)

struct moments { /* of what the steps of one stratum take */
    stats_wide sum, squares;
};

struct spread_side {
    const struct plan_side *plan; /* in spread.plan */
    int64_t *taken_ns;            /* owned; by step */
    uint16_t *touched;            /* owned; steps whose taken_ns may not be 0 */
    uint32_t touched_count;
    bool *is_touched;        /* owned; by step */
    struct moments *moments; /* owned; by stratum */
};

struct spread {
    struct plan plan; /* owned */
    struct spread_side sides[2];
    bool known; /* enough steps on both sides */
};

static enum status side_of_spread(struct spread_side *side, const struct plan_side *plan, uint32_t strata,
                                  struct error *error) {
    const struct summary *summary = plan->summary;
    side->plan = plan;
    side->taken_ns = calloc((size_t)summary->step_count + 1, sizeof *side->taken_ns);
    side->touched = calloc((size_t)summary->step_count + 1, sizeof *side->touched);
    side->is_touched = calloc((size_t)summary->step_count + 1, sizeof *side->is_touched);
    side->moments = calloc(strata, sizeof *side->moments);
    if (!side->taken_ns || !side->touched || !side->is_touched || !side->moments)
        return FAIL_MEMORY(error);
    return STATUS_OK;
}

enum status spread_new(struct spread **spread, struct plan *plan, struct error *error) {
    struct spread *made = calloc(1, sizeof *made);
    *spread = NULL;
    if (!made) {
        plan_fini(plan);
        return FAIL_MEMORY(error);
    }
    made->plan = *plan;
    *plan = (struct plan){0};
    made->known = made->plan.detailed && made->plan.base.steps.used >= SPREAD_LEAST_STEPS &&
                  made->plan.test.steps.used >= SPREAD_LEAST_STEPS;
    enum status status = STATUS_OK;
    if (made->known)
        status = side_of_spread(&made->sides[0], &made->plan.base, made->plan.count, error);
    if (made->known && status == STATUS_OK)
        status = side_of_spread(&made->sides[1], &made->plan.test, made->plan.count, error);
    if (status == STATUS_OK)
        *spread = made;
    else
        spread_free(made);
    return status;
}

void spread_free(struct spread *spread) {
    if (!spread)
        return;
    for (int i = 0; i < 2; i++) {
        free(spread->sides[i].taken_ns);
        free(spread->sides[i].touched);
        free(spread->sides[i].is_touched);
        free(spread->sides[i].moments);
    }
    plan_fini(&spread->plan);
    free(spread);
}

const struct plan *spread_plan(const struct spread *spread) {
    return &spread->plan;
}

/* Both up to the ceiling. */
static int64_t sum_of(int64_t ns, int64_t more_ns) {
    const int64_t room_ns = STEP_CEILING_NS - ns;
    return ns + (more_ns < room_ns ? more_ns : room_ns);
}

static void add(struct spread_side *side, uint32_t step, int64_t ns) {
    if (side->plan->strata[step] == PLAN_LEFT_OUT)
        return;
    if (!side->is_touched[step]) {
        side->is_touched[step] = true;
        side->touched[side->touched_count++] = (uint16_t)step;
    }
    side->taken_ns[step] = sum_of(side->taken_ns[step], ns);
}

static void add_row(struct spread_side *side, const struct kernel_row *kernel) {
    const struct summary *summary = side->plan->summary;
    const size_t row = (size_t)(kernel - summary->kernels);
    const uint32_t *const first_share = side->plan->first_share;
    for (uint32_t i = first_share[row]; i < first_share[row + 1]; i++)
        add(side, summary->step_detail.shares[i].step, summary->step_detail.shares[i].ns);
}

void spread_add_kernel(struct spread *spread, const struct kernel_row *base, const struct kernel_row *test) {
    if (spread->known && base)
        add_row(&spread->sides[0], base);
    if (spread->known && test)
        add_row(&spread->sides[1], test);
}

void spread_add_phase(struct spread *spread, enum phase phase) {
    for (int i = 0; spread->known && i < 2; i++) {
        const struct step_detail *detail = &spread->sides[i].plan->summary->step_detail;
        for (uint32_t k = 0; k < detail->share_count; k++)
            if (detail->shares[k].phase == phase)
                add(&spread->sides[i], detail->shares[k].step, detail->shares[k].ns);
    }
}

void spread_add_steps(struct spread *spread) {
    for (int i = 0; spread->known && i < 2; i++)
        for (uint32_t step = 0; step < spread->sides[i].plan->summary->step_count; step++)
            add(&spread->sides[i], step, spread->sides[i].plan->summary->steps[step].gpu_ns);
}

static void add_moment(struct moments *moments, int64_t ns) {
    moments->sum += (uint64_t)ns;
    moments->squares += (stats_wide)(uint64_t)ns * (uint64_t)ns;
}

/* Leaves the side ready for the next row. */
static void take_moments(struct spread_side *side, uint32_t strata) {
    memset(side->moments, 0, strata * sizeof *side->moments);
    for (uint32_t i = 0; i < side->touched_count; i++) {
        const uint16_t step = side->touched[i];
        add_moment(&side->moments[side->plan->strata[step]], side->taken_ns[step]);
        side->taken_ns[step] = 0;
        side->is_touched[step] = false;
    }
    side->touched_count = 0;
}

/* Of one kernel, whose shares are ascending by step. */
static void moments_of(const struct spread_side *side, const struct kernel_row *kernel, uint32_t strata,
                       struct moments *moments) {
    const struct summary *summary = side->plan->summary;
    const struct step_share *const shares = summary->step_detail.shares;
    memset(moments, 0, strata * sizeof *moments);
    if (!kernel)
        return;
    const size_t row = (size_t)(kernel - summary->kernels);
    for (uint32_t i = side->plan->first_share[row], end = side->plan->first_share[row + 1]; i < end;) {
        const uint16_t step = shares[i].step, stratum = side->plan->strata[step];
        int64_t ns = sum_of(0, shares[i++].ns);
        for (; i < end && shares[i].step == step; i++)
            ns = sum_of(ns, shares[i].ns);
        if (stratum != PLAN_LEFT_OUT)
            add_moment(&moments[stratum], ns);
    }
}

static double mean_of(const struct moments *moments, uint32_t steps) {
    return (double)moments->sum / steps;
}

/* Sample variance, steps > 1. The numerator is exact, so that steps that are all equal have none. */
static double variance_of(const struct moments *moments, uint32_t steps) {
    const stats_wide numerator = steps * moments->squares - moments->sum * moments->sum;
    return (double)numerator / ((double)steps * (steps - 1));
}

struct pool { /* relative variance, weighed by degrees of freedom */
    double freedom, squares;
};

static struct pool pool_of(const struct moments *moments, uint32_t steps) {
    if (steps < 2 || moments->sum == 0)
        return (struct pool){0, 0};
    const double mean = mean_of(moments, steps), freedom = steps - 1;
    return (struct pool){freedom, freedom * variance_of(moments, steps) / (mean * mean)};
}

struct uncertainty {               /* of a gap */
    double variance, over_freedom; /* over_freedom: squares of the variances summed, each by its degrees of freedom */
    bool known;
};

/* Of one stratum on one side; counts: what its mean counts in the gap. */
static struct uncertainty uncertainty_of(const struct moments *moments, uint32_t steps, double counts,
                                         const struct pool *pool) {
    const bool alone = steps < 2;
    if (alone && moments->sum == 0)
        return (struct uncertainty){0, 0, true};
    if (alone && pool->freedom <= 0)
        return (struct uncertainty){0, 0, false};
    const double mean = mean_of(moments, steps), freedom = alone ? pool->freedom : steps - 1;
    const double variance = alone ? mean * mean * pool->squares / pool->freedom : variance_of(moments, steps);
    const double share = counts * counts * variance / steps;
    return (struct uncertainty){share, share * share / freedom, true};
}

static double counts_of(const struct plan *plan, uint32_t stratum, uint32_t steps, bool per_step) {
    const struct diff_stratum *row = &plan->strata[stratum];
    const double all = (double)plan->base.steps.used + plan->test.steps.used;
    return per_step ? ((double)row->base_steps + row->test_steps) / all : steps;
}

/* Both sides' parts are added to each other first, so that swapped sides give the same bits. */
static struct pool pool_both(const struct plan *plan, const struct moments *base, const struct moments *test) {
    struct pool pool = {0, 0};
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct pool of_base = pool_of(&base[i], plan->strata[i].base_steps);
        const struct pool of_test = pool_of(&test[i], plan->strata[i].test_steps);
        pool.freedom += of_base.freedom + of_test.freedom;
        pool.squares += of_base.squares + of_test.squares;
    }
    return pool;
}

static struct uncertainty uncertainty_both(const struct plan *plan, const struct moments *base,
                                           const struct moments *test, bool per_step) {
    struct uncertainty sum = {0, 0, true};
    const struct pool pool = pool_both(plan, base, test);
    for (uint32_t i = 0; i < plan->count; i++) {
        const uint32_t base_steps = plan->strata[i].base_steps, test_steps = plan->strata[i].test_steps;
        const struct uncertainty of_base =
            uncertainty_of(&base[i], base_steps, counts_of(plan, i, base_steps, per_step), &pool);
        const struct uncertainty of_test =
            uncertainty_of(&test[i], test_steps, counts_of(plan, i, test_steps, per_step), &pool);
        sum.variance += of_base.variance + of_test.variance;
        sum.over_freedom += of_base.over_freedom + of_test.over_freedom;
        sum.known = sum.known && of_base.known && of_test.known;
    }
    return sum;
}

static int64_t half_width(const struct uncertainty *sum, double outside) {
    if (sum->over_freedom <= 0)
        return 0;
    const double freedom = sum->variance * sum->variance / sum->over_freedom;
    const double half_ns = student_quantile(outside, freedom) * sqrt(sum->variance);
    return half_ns < (double)SIDE_CEILING_NS ? (int64_t)(half_ns + 0.5) : SIDE_CEILING_NS;
}

static struct spread_verdict judge(const struct uncertainty *sum, int64_t gap_ns, uint32_t rows) {
    const double outside = 0.05;
    if (!sum->known)
        return (struct spread_verdict){0};
    const int64_t half_ns = half_width(sum, outside), gap_width_ns = side_width(gap_ns);
    return (struct spread_verdict){
        .interval = {true, gap_ns - half_ns, gap_ns + half_ns},
        /* The interval for many rows is wider: most gaps need not wait for it. */
        .stands_out = gap_width_ns > half_ns && (rows <= 1 || gap_width_ns > half_width(sum, outside / rows)),
    };
}

struct spread_verdict spread_judge(struct spread *spread, int64_t gap_ns, bool per_step, uint32_t rows) {
    if (!spread->known)
        return (struct spread_verdict){0};
    for (int side = 0; side < 2; side++)
        take_moments(&spread->sides[side], spread->plan.count);
    const struct uncertainty sum =
        uncertainty_both(&spread->plan, spread->sides[0].moments, spread->sides[1].moments, per_step);
    return judge(&sum, gap_ns, rows);
}

struct spread_verdict spread_judge_kernel(const struct spread *spread, const struct kernel_row *base,
                                          const struct kernel_row *test, int64_t gap_ns, bool per_step, uint32_t rows) {
    struct moments base_moments[LIMIT_STRATA], test_moments[LIMIT_STRATA];
    if (!spread->known)
        return (struct spread_verdict){0};
    moments_of(&spread->sides[0], base, spread->plan.count, base_moments);
    moments_of(&spread->sides[1], test, spread->plan.count, test_moments);
    const struct uncertainty sum = uncertainty_both(&spread->plan, base_moments, test_moments, per_step);
    return judge(&sum, gap_ns, rows);
}
