/* One side of a comparison: what each row of its summary amounts to, in total or as the mean per step that a plan
 * weighs. Amounts are rounded so that the rows of each table sum exactly to total_ns, in an order that depends on this
 * summary alone, and swapped sides have swapped amounts. */
#ifndef TRACECMP_SIDE_H
#define TRACECMP_SIDE_H

#include "compare/plan.h"

enum side_part { SIDE_COMPUTE, SIDE_EXPOSED_COMM, SIDE_EXPOSED_COPY, SIDE_IDLE, SIDE_PARTS };

/* Larger amounts (146 years) count as this: gaps, and differences of gaps, then stay within int64_t. */
#define SIDE_CEILING_NS (INT64_MAX / 2)

/* To whole ns, half away from zero, so that swapped sides negate it; within +-SIDE_CEILING_NS. */
static inline int64_t side_round(long double ns) {
    if (ns >= (long double)SIDE_CEILING_NS || ns <= -(long double)SIDE_CEILING_NS)
        return ns > 0 ? SIDE_CEILING_NS : -SIDE_CEILING_NS;
    return (int64_t)(ns < 0 ? ns - 0.5L : ns + 0.5L);
}

/* How wide an amount's gap is. */
static inline int64_t side_width(int64_t gap_ns) {
    return gap_ns < 0 ? -gap_ns : gap_ns;
}

/* GPU events and their time, in total or as a mean per step. */
struct side_work {
    long double count, ns;
};

struct side {
    const struct summary *summary; /* borrowed */
    bool per_step;
    int64_t total_ns;
    int64_t (*operations)[PHASES]; /* owned; by row of summary.operations */
    int64_t *kernels;              /* owned; by row of summary.kernels; those of an operation sum to its amount */
    struct side_work *work;        /* owned; by row of summary.kernels; before rounding */
    int64_t phases[PHASES];        /* by enum phase */
    /* In total: of the timeline. Per step: of the steps' own spans, so that what lies between steps is no part of it;
     * without detail, of the timeline by the number of steps. */
    int64_t span_ns, parts[SIDE_PARTS];
};

/* plan NULL: in total; else side_of_plan is the plan's side of this summary. */
enum status side_init(struct side *side, const struct summary *summary, const struct plan *plan,
                      const struct plan_side *side_of_plan, struct error *error) CHECKED;
void side_fini(struct side *side);
int64_t side_operation_ns(const struct side *side, uint32_t row);

/* GPU time per step, whatever the amounts are. */
enum status side_step_ns(int64_t *step_ns, const struct plan *plan, const struct plan_side *side,
                         struct error *error) CHECKED;

#endif
