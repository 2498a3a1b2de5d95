/* Resolved GPU events of one device in the order of time, some hundred at once, column by column. Events that follow
 * each other in one step are a run; all else is the same for all events of an origin (flow/origins.h). */
#ifndef TRACECMP_GPU_BATCH_H
#define TRACECMP_GPU_BATCH_H

#include "flow/event.h"

enum { GPU_BATCH_EVENTS = 512 };

struct gpu_step_run {
    uint32_t end;              /* one past its last event; it begins where the run before ends */
    uint32_t step, step_class; /* as of an event */
};

struct gpu_batch {
    uint32_t device, count, run_count;
    uint32_t origin_end; /* above the numbers of all its origins */
    int64_t ts_ns[GPU_BATCH_EVENTS], dur_ns[GPU_BATCH_EVENTS];
    uint32_t origin[GPU_BATCH_EVENTS];
    struct gpu_step_run runs[GPU_BATCH_EVENTS];
};

static inline void gpu_batch_clear(struct gpu_batch *batch) {
    batch->count = batch->run_count = batch->origin_end = 0;
}

/* The last event is of this step. */
static inline void gpu_batch_extend_runs(struct gpu_batch *batch, uint32_t step, uint32_t step_class) {
    if (batch->run_count == 0 || batch->runs[batch->run_count - 1].step != step)
        batch->runs[batch->run_count++] = (struct gpu_step_run){.step = step, .step_class = step_class};
    batch->runs[batch->run_count - 1].end = batch->count;
}

static inline void gpu_batch_put(struct gpu_batch *batch, const struct event *event) {
    const uint32_t i = batch->count++;
    batch->ts_ns[i] = event->ts_ns;
    batch->dur_ns[i] = event->dur_ns;
    batch->origin[i] = event->origin;
    batch->origin_end = event->origin < batch->origin_end ? batch->origin_end : event->origin + 1;
    gpu_batch_extend_runs(batch, event->step, event->step_class);
}

#endif
