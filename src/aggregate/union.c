#include "aggregate/union.h"

static inline void add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    const int64_t end = ts_ns + dur_ns;
    const int64_t from = coverage->begun && coverage->end_ns > ts_ns ? coverage->end_ns : ts_ns;
    coverage->covered_ns += end > from ? end - from : 0;
    coverage->end_ns = coverage->begun && coverage->end_ns > end ? coverage->end_ns : end;
    coverage->begun = true;
}

/* The same where nothing before reaches ts, which is usual. */
static inline void append(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    coverage->covered_ns += dur_ns;
    coverage->end_ns = ts_ns + dur_ns;
    coverage->begun = true;
}

void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    add(coverage, ts_ns, dur_ns);
}

static inline void add_one(struct device_time *time, enum time_use use, int64_t ts_ns, int64_t dur_ns) {
    if (use == TIME_COMPUTE && time->busy.begun && ts_ns >= time->busy.end_ns) {
        append(&time->busy, ts_ns, dur_ns);
        append(&time->kernels, ts_ns, dur_ns);
        append(&time->compute, ts_ns, dur_ns);
        return;
    }
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

void device_time_add(struct device_time *time, const struct gpu_run *run) {
    struct device_time local = *time; /* in registers */
    if (local.events == 0)
        local.start_ns = run->batch->ts_ns[run->first];
    for (uint32_t i = run->first; i < run->end; i++)
        add_one(&local, gpu_run_facts(run, i)->use, run->batch->ts_ns[i], run->batch->dur_ns[i]);
    local.events += run->end - run->first;
    *time = local;
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
