/* How sure a gap is, from how what it sums spreads over the steps of each side: Welch's interval of a difference of
 * means, over strata (B. L. Welch, Biometrika 34, 1947; degrees of freedom by F. E. Satterthwaite, Biometrics 2, 1946).
 * With n steps of a stratum on one side, s^2 the sample variance of what a step takes, and c what their mean counts in
 * the gap (per step: the stratum's weight; in total: n),
 *     a = c^2 s^2 / n,   gap +- t(97.5 %, freedom) * sqrt(sum of a),   freedom = (sum of a)^2 / sum of (a^2 / (n - 1))
 * over all strata of both sides. A stratum with a single step takes the relative spread of the row's other strata. Time
 * outside the steps used counts as certain. */
#ifndef TRACECMP_SPREAD_H
#define TRACECMP_SPREAD_H

#include "compare/plan.h"

enum { SPREAD_LEAST_STEPS = 5 };

struct spread_verdict {
    struct interval interval;
    bool stands_out; /* the interval that is right for `rows` gaps at once (Bonferroni) excludes 0 */
};

/* Takes the plan over, also when it fails. */
enum status spread_new(struct spread **spread, struct plan *plan, struct error *error) CHECKED;
void spread_free(struct spread *spread);
const struct plan *spread_plan(const struct spread *spread);

/* Collect what a gap sums: kernels, those of one phase, or everything. Rows of the summaries; NULL: none. */
void spread_add_kernel(struct spread *spread, const struct kernel_row *base, const struct kernel_row *test);
void spread_add_phase(struct spread *spread, enum phase phase);
void spread_add_steps(struct spread *spread);
/* Judges the gap and forgets what was collected. Unknown with fewer than SPREAD_LEAST_STEPS on a side. */
struct spread_verdict spread_judge(struct spread *spread, int64_t gap_ns, bool per_step, uint32_t rows);
/* Of one kernel, whatever is collected: threads may ask this at the same time, and while one of them collects. */
struct spread_verdict spread_judge_kernel(const struct spread *spread, const struct kernel_row *base,
                                          const struct kernel_row *test, int64_t gap_ns, bool per_step, uint32_t rows);

#endif
