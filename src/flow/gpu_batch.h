/* Resolved GPU events of one device in the order of time, some hundred at once, column by column. Events that follow
 * each other in one step are a run; all else is the same for all events of an origin (flow/origins.h). */
#ifndef TRACECMP_GPU_BATCH_H
#define TRACECMP_GPU_BATCH_H

#include "flow/event.h"

enum { GPU_BATCH_EVENTS = 512 };

/* Where a launch or an annotation was, in one value. */
static inline uint64_t thread_of(uint32_t row, uint32_t process) {
    return (uint64_t)row << 32 | process;
}
static inline uint32_t thread_row(uint64_t thread) {
    return (uint32_t)(thread >> 32);
}
static inline uint32_t thread_process(uint64_t thread) {
    return (uint32_t)thread;
}

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
    bool has_launches; /* what follows is known: of each event when and where it was launched */
    bool launched[GPU_BATCH_EVENTS];
    int64_t launch_ns[GPU_BATCH_EVENTS];      /* of one without a launch: ts_ns */
    uint64_t launch_thread[GPU_BATCH_EVENTS]; /* thread_of */
};

static inline void gpu_batch_clear(struct gpu_batch *batch) {
    batch->count = batch->run_count = batch->origin_end = 0;
}

/* Room for one more, of this origin; the caller sets the rest. Returns where. */
static inline uint32_t gpu_batch_add(struct gpu_batch *batch, uint32_t origin) {
    const uint32_t i = batch->count++;
    batch->origin[i] = origin;
    batch->origin_end = origin < batch->origin_end ? batch->origin_end : origin + 1;
    return i;
}

/* The event added last is of the run before it. False: it must begin one. */
static inline bool gpu_batch_goes_on(struct gpu_batch *batch, uint32_t step) {
    if (batch->run_count == 0 || batch->runs[batch->run_count - 1].step != step)
        return false;
    batch->runs[batch->run_count - 1].end = batch->count;
    return true;
}
static inline void gpu_batch_begin_run(struct gpu_batch *batch, uint32_t step, uint32_t step_class) {
    batch->runs[batch->run_count++] = (struct gpu_step_run){batch->count, step, step_class};
}

static inline void gpu_batch_put(struct gpu_batch *batch, const struct event *event) {
    const uint32_t i = gpu_batch_add(batch, event->origin);
    batch->ts_ns[i] = event->ts_ns;
    batch->dur_ns[i] = event->dur_ns;
    if (!gpu_batch_goes_on(batch, event->step))
        gpu_batch_begin_run(batch, event->step, event->step_class);
}

#endif
