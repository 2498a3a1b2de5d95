/* When each step starts and which ids it uses, for any step at once: the steps repeat a pattern, and each kind of
 * step has the same number of everything and a time slot that its longest run fits in. A unit is one step on one
 * device; they are numbered step by step. */
#ifndef TRACEGEN_SCHEDULE_H
#define TRACEGEN_SCHEDULE_H

#include "gen_walk.h"

struct schedule {
    const struct options *options;            /* borrowed */
    int64_t start_ns;                         /* of the trace */
    int64_t begin_ns[OPTION_PATTERN + 1];     /* of each step in the pattern; the last: the length of the pattern */
    struct unit_counts count[OPTION_PATTERN]; /* in one unit of that step */
    struct unit_counts before[OPTION_PATTERN + 1]; /* in all steps of the pattern before it */
    uint64_t steps, units, rows;
};

bool schedule_init(struct schedule *schedule, const struct options *options, struct walker *walker, struct unit *unit);
void schedule_set_steps(struct schedule *schedule, uint64_t steps);
/* Sets what walker_run needs to know of the unit. */
void schedule_place(const struct schedule *schedule, uint64_t index, struct unit *unit);
struct unit_counts schedule_counts_before(const struct schedule *schedule, uint64_t step);
int64_t schedule_step_start(const struct schedule *schedule, uint64_t step);
uint64_t schedule_row(const struct schedule *schedule, const struct unit *unit); /* which thread it runs on */

#endif
