/* What tells the steps of an index's events: its table `steps`, by classes; or, where steps are found anew, its tables
 * `threads`, of launches, and `annotations`, which are given to the target. */
#ifndef TRACECMP_STEPS_IN_H
#define TRACECMP_STEPS_IN_H

#include "index/index_target.h"
#include "index/names_in.h"

struct steps_in {      /* by number in the index, from 1 */
    uint32_t *classes; /* owned; [0] for no step; UINT32_MAX: no event may be in it */
    uint32_t count;
    uint64_t *threads; /* owned; thread_of; [0] for none; NULL: no steps are found anew */
    uint32_t thread_count;
};

/* steps: zeroed; steps_in_fini also after a failure. */
enum status steps_in_read(struct steps_in *steps, struct table_in *table, const struct names_in *names,
                          const struct index_target *target, struct error *error) CHECKED;
void steps_in_fini(struct steps_in *steps);

#endif
