/* Resolved GPU events of one device in the order of time, some hundred at once, column by column: of each its times and
 * step; all else is the same for all events of its origin (flow/origins.h). */
#ifndef TRACECMP_GPU_BATCH_H
#define TRACECMP_GPU_BATCH_H

#include "flow/event.h"

enum { GPU_BATCH_EVENTS = 512 };

struct gpu_batch {
    uint32_t device, count;
    int64_t ts_ns[GPU_BATCH_EVENTS], dur_ns[GPU_BATCH_EVENTS];
    uint32_t origin[GPU_BATCH_EVENTS], step[GPU_BATCH_EVENTS], step_class[GPU_BATCH_EVENTS];
};

/* One past the last event of the step that event i is in. */
static inline uint32_t gpu_batch_run_end(const struct gpu_batch *batch, uint32_t i) {
    const uint32_t step = batch->step[i];
    while (++i < batch->count && batch->step[i] == step)
        continue;
    return i;
}

#endif
