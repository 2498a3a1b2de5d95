#include "aggregate/union.h"

struct timeline_row device_time_row(const struct device_time *time) {
    const int64_t span = time->busy.end_ns - time->start_ns;
    const int64_t compute = time->by_use[TIME_COMPUTE].covered_ns;
    return (struct timeline_row){
        .device = time->device,
        .events = time->events,
        .start_ns = time->start_ns,
        .span_ns = span,
        .busy_ns = time->busy.covered_ns,
        .compute_ns = compute,
        .comm_ns = time->by_use[TIME_COMM].covered_ns,
        .exposed_comm_ns = time->kernels.covered_ns - compute,
        .copy_ns = time->by_use[TIME_COPY].covered_ns,
        .exposed_copy_ns = time->busy.covered_ns - time->kernels.covered_ns,
    };
}
