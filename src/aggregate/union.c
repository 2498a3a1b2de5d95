#include "aggregate/union.h"

void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    const int64_t end = ts_ns + dur_ns;
    if (coverage->begun && ts_ns >= coverage->end_ns) { /* nothing overlaps: the usual case */
        coverage->covered_ns += dur_ns;
        coverage->end_ns = end;
        return;
    }
    const int64_t from = coverage->begun && coverage->end_ns > ts_ns ? coverage->end_ns : ts_ns;
    if (end > from)
        coverage->covered_ns += end - from;
    if (!coverage->begun || end > coverage->end_ns)
        coverage->end_ns = end;
    coverage->begun = true;
}

void device_time_add(struct device_time *time, const struct event *event, bool collective) {
    const int64_t end = event->ts_ns + event->dur_ns;
    if (time->events == 0)
        time->start_ns = event->ts_ns;
    if (time->events == 0 || end > time->end_ns)
        time->end_ns = end;
    time->events++;
    coverage_add(&time->busy, event->ts_ns, event->dur_ns);
    if (event->kind != EVENT_KERNEL) {
        coverage_add(&time->copy, event->ts_ns, event->dur_ns);
        return;
    }
    coverage_add(&time->kernels, event->ts_ns, event->dur_ns);
    coverage_add(collective ? &time->comm : &time->compute, event->ts_ns, event->dur_ns);
}

struct timeline_row device_time_row(const struct device_time *time) {
    const int64_t span = time->end_ns - time->start_ns;
    return (struct timeline_row){
        .device = time->device,
        .events = time->events,
        .start_ns = time->start_ns,
        .span_ns = span,
        .busy_ns = time->busy.covered_ns,
        .compute_ns = time->compute.covered_ns,
        .comm_ns = time->comm.covered_ns,
        .exposed_comm_ns = time->kernels.covered_ns - time->compute.covered_ns,
        .copy_ns = time->copy.covered_ns,
        .exposed_copy_ns = time->busy.covered_ns - time->kernels.covered_ns,
    };
}
