/* GPU events on their way into the tables, a few hundred of one device at a time, column by column: of each its times
 * and step; all else is the same for all events of its origin. */
#ifndef TRACECMP_BATCH_H
#define TRACECMP_BATCH_H

#include "flow/event.h"

enum { BATCH_EVENTS = 256 };

enum time_use { TIME_COMPUTE, TIME_COMM, TIME_COPY };

/* A copy whose name a rule takes for a collective is a copy all the same. */
static inline enum time_use time_use_of(enum event_kind kind, bool collective) {
    return kind != EVENT_KERNEL ? TIME_COPY : collective ? TIME_COMM : TIME_COMPUTE;
}

struct origin_facts {
    uint32_t class_id, row, module;
    enum time_use use;
    uint8_t phase;
    bool has_stack, known;
};

struct batch {
    const struct origin_facts *facts; /* borrowed; by origin, all known; [ORIGIN_NONE]: of the one event in the batch */
    uint32_t device, count;
    int64_t ts_ns[BATCH_EVENTS], dur_ns[BATCH_EVENTS];
    uint32_t origin[BATCH_EVENTS], step[BATCH_EVENTS], step_class[BATCH_EVENTS];
};

static inline const struct origin_facts *batch_facts(const struct batch *batch, uint32_t i) {
    return &batch->facts[batch->origin[i]];
}

/* One past the last event of the step that event i is in. */
static inline uint32_t batch_run_end(const struct batch *batch, uint32_t i) {
    const uint32_t step = batch->step[i];
    while (++i < batch->count && batch->step[i] == step)
        continue;
    return i;
}

#endif
