/* What the tables need to know of a GPU event's origin. */
#ifndef TRACECMP_ORIGIN_FACTS_H
#define TRACECMP_ORIGIN_FACTS_H

#include "flow/gpu_batch.h"

enum time_use { TIME_COMPUTE, TIME_COMM, TIME_COPY };

/* A copy whose name a rule takes for a collective is a copy all the same. */
static inline enum time_use time_use_of(enum event_kind kind, bool collective) {
    return kind != EVENT_KERNEL ? TIME_COPY : collective ? TIME_COMM : TIME_COMPUTE;
}

struct origin_facts {
    uint32_t class_id;
    uint32_t share; /* class_id * PHASES + phase: of what each step has a sum (shares.h) */
    uint32_t place; /* in a sequence, as sequences_place numbers them; 0 where nobody looks for layers */
    uint8_t use;    /* enum time_use */
    bool known;
};

/* A batch, or a run of events of one step in it. */
struct gpu_run {
    const struct gpu_batch *batch;    /* borrowed, as facts */
    const struct origin_facts *facts; /* by origin, all known */
    uint32_t first, end;              /* events first .. end - 1 */
    uint32_t step, step_class;        /* of a run */
};

static inline const struct origin_facts *gpu_run_facts(const struct gpu_run *run, uint32_t i) {
    return &run->facts[run->batch->origin[i]];
}

#endif
