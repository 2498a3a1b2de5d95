/* Weighs sums of strata into amounts. Running sums are rounded, not the parts: each amount is what its running sum
 * gained, so amounts add up to the rounded whole, whichever way the same sums are cut. */
#ifndef TRACECMP_WEIGHER_H
#define TRACECMP_WEIGHER_H

#include "compare/plan.h"

struct weigher_sum { /* of one stratum */
    uint64_t count;
    stats_wide ns;
};

struct weigher {
    struct plan_weight *weights; /* owned; by stratum */
    stats_wide *running;         /* owned; by stratum */
    uint32_t strata;
    int64_t given_ns; /* all amounts so far */
};

/* plan NULL: one stratum that weighs 1. */
enum status weigher_init(struct weigher *weigher, const struct plan *plan, const struct plan_side *side,
                         struct error *error) CHECKED;
void weigher_fini(struct weigher *weigher);
int64_t weigher_next(struct weigher *weigher, const struct weigher_sum *sums);
/* Not rounded. */
long double weigher_count(const struct weigher *weigher, const struct weigher_sum *sums);
long double weigher_ns(const struct weigher *weigher, const struct weigher_sum *sums);

#endif
