/* How the steps of two sides are matched. Steps that are no measure (warm-up, clipped) are left out; the others are
 * sorted into strata, kinds of steps that both sides have, as fine as leaves enough steps in common: by phase, requests
 * and tokens; by phase and the powers of two of both; by phase; all together. A mean per step is then
 *     sum over strata of  weight * (sum of the stratum on that side / its steps on that side)
 * with weight = the stratum's steps on both sides / all steps used on both sides, so that another mix of kinds is no
 * gap. Swapping the sides changes nothing but their order. */
#ifndef TRACECMP_PLAN_H
#define TRACECMP_PLAN_H

#include "base/error.h"
#include "flow/diff.h"

enum { PLAN_LEFT_OUT = UINT16_MAX };

struct plan_side {
    const struct summary *summary; /* borrowed */
    uint16_t *strata;              /* owned; by row of summary.steps; PLAN_LEFT_OUT */
    uint32_t *first_share;         /* owned; by row of summary.kernels, one more at the end: where its shares begin in
                                      summary.step_detail; NULL when the plan is not detailed */
    struct diff_steps steps;
};

struct plan {
    struct plan_side base, test;
    struct diff_stratum *strata; /* owned */
    uint32_t count;
    bool detailed; /* both sides know what kernels take step by step; without, all steps are used, as one stratum */
};

/* Of one side: a mean is the sum over strata of sum * above / below. */
struct plan_weight {
    uint64_t above, below;
};

/* Both summaries have steps. Borrowed for the life of the plan. */
enum status plan_init(struct plan *plan, const struct summary *base, const struct summary *test,
                      struct error *error) CHECKED;
void plan_fini(struct plan *plan);
struct plan_weight plan_weight(const struct plan *plan, const struct plan_side *side, uint32_t stratum);
/* Steps of a stratum on that side. */
uint32_t plan_steps(const struct plan *plan, const struct plan_side *side, uint32_t stratum);

#endif
