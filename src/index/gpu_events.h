/* The GPU events of an index: sections `events` and `launches`, with what their rows refer to -> batches, or events one
 * by one. */
#ifndef TRACECMP_GPU_EVENTS_H
#define TRACECMP_GPU_EVENTS_H

#include "index/origins_in.h"
#include "index/steps_in.h"

struct gpu_tables { /* what events refer to; borrowed */
    const struct origins_in *origins;
    const struct steps_in *steps;
};

struct gpu_sums { /* of all events */
    int64_t ns;
    uint64_t step_events; /* those in steps */
    int64_t step_ns;
};

/* Gives all events to the target, as batches; or, where steps are found anew, one by one with their launches, which are
 * read for that only. The table's stream is used up. */
enum status gpu_events_play(struct table_in *table, const struct gpu_tables *tables, const struct index_target *target,
                            struct gpu_sums *sums, struct error *error) CHECKED;

#endif
