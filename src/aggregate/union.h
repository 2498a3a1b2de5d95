/* How much time intervals cover together, fed in the order of their starts. */
#ifndef TRACECMP_UNION_H
#define TRACECMP_UNION_H

#include "aggregate/origin_facts.h"
#include "flow/summary.h"

struct coverage {
    int64_t covered_ns, end_ns;
    bool begun;
};

/* ts never goes back; an empty interval covers nothing. */
static inline void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    const int64_t end = ts_ns + dur_ns;
    const int64_t from = coverage->begun && coverage->end_ns > ts_ns ? coverage->end_ns : ts_ns;
    coverage->covered_ns += end > from ? end - from : 0;
    coverage->end_ns = coverage->begun && coverage->end_ns > end ? coverage->end_ns : end;
    coverage->begun = true;
}

/* The same where nothing before reaches ts. */
static inline void coverage_append(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    coverage->covered_ns += dur_ns;
    coverage->end_ns = ts_ns + dur_ns;
    coverage->begun = true;
}

/* The unions of one device; comm: kernels that are collectives, compute: all other kernels, copy: memcpy and memset.
 *   exposed comm = |compute or comm| - |compute|, exposed copy = busy - |compute or comm|
 *   compute + exposed comm + exposed copy + idle = span */
struct device_time {
    uint32_t device;
    uint64_t events;
    int64_t start_ns;
    struct coverage busy, kernels, by_use[TIME_COPY + 1];
};

static inline void device_time_add(struct device_time *time, enum time_use use, int64_t ts_ns, int64_t dur_ns) {
    struct coverage *mine = &time->by_use[use];
    if (time->events++ == 0)
        time->start_ns = ts_ns;
    if (time->busy.begun && ts_ns >= time->busy.end_ns) { /* the usual case */
        coverage_append(&time->busy, ts_ns, dur_ns);
        coverage_append(mine, ts_ns, dur_ns);
        if (use != TIME_COPY)
            coverage_append(&time->kernels, ts_ns, dur_ns);
        return;
    }
    coverage_add(&time->busy, ts_ns, dur_ns);
    coverage_add(mine, ts_ns, dur_ns);
    if (use != TIME_COPY)
        coverage_add(&time->kernels, ts_ns, dur_ns);
}

struct timeline_row device_time_row(const struct device_time *time);

#endif
