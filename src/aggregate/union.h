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
void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns);

/* The unions of one device; comm: kernels that are collectives, compute: all other kernels, copy: memcpy and memset.
 *   exposed comm = |compute or comm| - |compute|, exposed copy = busy - |compute or comm|
 *   compute + exposed comm + exposed copy + idle = span */
struct device_time {
    uint32_t device;
    uint64_t events;
    int64_t start_ns, ns; /* ns: how long all events last together */
    struct coverage busy, kernels, compute, comm, copy;
};

/* Events in the order of their starts, not before those added already. */
void device_time_add(struct device_time *time, const struct gpu_run *run);
/* The same, where the run is known by itself already: alone is what device_time_add made of it and nothing else. */
void device_time_join(struct device_time *time, const struct device_time *alone, const struct gpu_run *run);
struct timeline_row device_time_row(const struct device_time *time);

#endif
