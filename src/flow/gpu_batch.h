/* Resolved GPU events of one device in the order of time, some hundred at once, column by column. Events that follow
 * each other in one step are a run; all else is the same for all events of an origin (flow/origins.h). */
#ifndef TRACECMP_GPU_BATCH_H
#define TRACECMP_GPU_BATCH_H

#include <string.h>

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
    bool has_launches; /* what follows is known: of each event when and where it was launched */
    bool launched[GPU_BATCH_EVENTS];
    int64_t launch_ns[GPU_BATCH_EVENTS];      /* of one without a launch: ts_ns */
    uint64_t launch_thread[GPU_BATCH_EVENTS]; /* row << 32 | process */
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

/* Of the event put last. */
static inline void gpu_batch_put_launch(struct gpu_batch *batch, const struct event *event) {
    const uint32_t i = batch->count - 1;
    batch->launched[i] = event->launched;
    batch->launch_ns[i] = event->launched ? event->launch_ns : event->ts_ns;
    batch->launch_thread[i] = (uint64_t)event->launch_row << 32 | event->launch_process;
}

/* Copies no more than there is. */
static inline void gpu_batch_copy(struct gpu_batch *to, const struct gpu_batch *from) {
    const size_t count = from->count;
    to->device = from->device;
    to->count = from->count;
    to->run_count = from->run_count;
    to->origin_end = from->origin_end;
    to->has_launches = from->has_launches;
    memcpy(to->ts_ns, from->ts_ns, count * sizeof *from->ts_ns);
    memcpy(to->dur_ns, from->dur_ns, count * sizeof *from->dur_ns);
    memcpy(to->origin, from->origin, count * sizeof *from->origin);
    memcpy(to->runs, from->runs, from->run_count * sizeof *from->runs);
    if (!from->has_launches)
        return;
    memcpy(to->launched, from->launched, count * sizeof *from->launched);
    memcpy(to->launch_ns, from->launch_ns, count * sizeof *from->launch_ns);
    memcpy(to->launch_thread, from->launch_thread, count * sizeof *from->launch_thread);
}

#endif
