/* Whom an index gives what it holds. */
#ifndef TRACECMP_INDEX_TARGET_H
#define TRACECMP_INDEX_TARGET_H

#include "flow/origins.h"
#include "flow/stage.h"
#include "flow/summary.h"

struct index_target {        /* all borrowed */
    struct summary *summary; /* its names, paths, origins, tally and document are filled */
    struct stage *classify;  /* asked once for the class of each name, by an event; nothing comes out of it */
    /* Takes cpu_ops, then GPU events, then a flush. One that takes no batches gets GPU events without their steps but
     * with their launches, and before all else the annotations that classify/ knows. */
    struct stage *next;
    /* How `next` takes what the events of an origin are together, before the first of all events; events of one origin
     * may come in parts. Not called where the index does not know. NULL: not wanted. */
    enum status (*push_total)(struct stage *next, uint32_t origin, const struct origin_total *total,
                              struct error *error);
    bool skip_stacks;
    bool check_all; /* sections that are not needed must be sound too */
};

/* Steps are found anew, from annotations and launches. */
static inline bool index_target_finds_steps(const struct index_target *target) {
    return !stage_takes_batches(target->next);
}

#endif
