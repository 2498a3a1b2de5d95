#include "aggregate/union.h"

static inline void add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    const int64_t end = ts_ns + dur_ns;
    const int64_t from = coverage->begun && coverage->end_ns > ts_ns ? coverage->end_ns : ts_ns;
    coverage->covered_ns += end > from ? end - from : 0;
    coverage->end_ns = coverage->begun && coverage->end_ns > end ? coverage->end_ns : end;
    coverage->begun = true;
}

void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    add(coverage, ts_ns, dur_ns);
}

static inline void add_one(struct device_time *time, enum time_use use, int64_t ts_ns, int64_t dur_ns) {
    add(&time->busy, ts_ns, dur_ns);
    if (use != TIME_COPY)
        add(&time->kernels, ts_ns, dur_ns);
    if (use == TIME_COMPUTE)
        add(&time->compute, ts_ns, dur_ns);
    else if (use == TIME_COMM)
        add(&time->comm, ts_ns, dur_ns);
    else
        add(&time->copy, ts_ns, dur_ns);
}

/* Computation that begins when all before has ended, which is usual, covers what it lasts. Returns one past the last
 * such event. */
static uint32_t append(struct device_time *time, const struct gpu_run *run, uint32_t i) {
    const int64_t *const ts_ns = run->batch->ts_ns, *const dur_ns = run->batch->dur_ns;
    const uint32_t first = i;
    int64_t end_ns = time->busy.end_ns, covered_ns = 0;
    for (; i < run->end && ts_ns[i] >= end_ns && gpu_run_facts(run, i)->use == TIME_COMPUTE; i++) {
        covered_ns += dur_ns[i];
        end_ns = ts_ns[i] + dur_ns[i];
    }
    struct coverage *const covered[] = {&time->busy, &time->kernels, &time->compute};
    for (int k = 0; k < 3 && i > first; k++)
        *covered[k] = (struct coverage){covered[k]->covered_ns + covered_ns, end_ns, true};
    return i;
}

void device_time_add(struct device_time *time, const struct gpu_run *run) {
    if (time->events == 0)
        time->start_ns = run->batch->ts_ns[run->first];
    for (uint32_t i = run->first; i < run->end;) {
        const uint32_t end = time->busy.begun ? append(time, run, i) : i;
        if (end == i) {
            add_one(time, gpu_run_facts(run, i)->use, run->batch->ts_ns[i], run->batch->dur_ns[i]);
            i++;
        } else {
            i = end;
        }
    }
    time->events += run->end - run->first;
}

static void join(struct coverage *coverage, const struct coverage *later) {
    if (later->begun)
        *coverage = (struct coverage){coverage->covered_ns + later->covered_ns, later->end_ns, true};
}

void device_time_join(struct device_time *time, const struct device_time *alone, const struct gpu_run *run) {
    if (time->events > 0 && alone->start_ns < time->busy.end_ns) {
        device_time_add(time, run);
        return;
    }
    if (time->events == 0)
        time->start_ns = alone->start_ns;
    join(&time->busy, &alone->busy);
    join(&time->kernels, &alone->kernels);
    join(&time->compute, &alone->compute);
    join(&time->comm, &alone->comm);
    join(&time->copy, &alone->copy);
    time->events += alone->events;
}

struct timeline_row device_time_row(const struct device_time *time) {
    const int64_t span = time->busy.end_ns - time->start_ns;
    const int64_t compute = time->compute.covered_ns;
    return (struct timeline_row){
        .device = time->device,
        .events = time->events,
        .start_ns = time->start_ns,
        .span_ns = span,
        .busy_ns = time->busy.covered_ns,
        .compute_ns = compute,
        .comm_ns = time->comm.covered_ns,
        .exposed_comm_ns = time->kernels.covered_ns - compute,
        .copy_ns = time->copy.covered_ns,
        .exposed_copy_ns = time->busy.covered_ns - time->kernels.covered_ns,
    };
}
