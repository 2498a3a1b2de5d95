/* What the joins sort: each record begins with its key words (base/sort.h). */
#ifndef TRACECMP_RECORDS_H
#define TRACECMP_RECORDS_H

#include <stddef.h>
#include <string.h>

#include "base/paths.h"
#include "base/sort.h"
#include "flow/event.h"

/* A GPU event on its way. The sorters before the end take only the part that is known by then. */
struct gpu_record {
    uint64_t key[2]; /* first (correlation, 0), then (launch's row, ts), … */
    int64_t ts_ns, dur_ns;
    uint32_t class_id, device, row, launch_process;
    uint64_t external_id;
    uint64_t launch_external_id;          /* from here on with the launch, */
    uint32_t cpu_op, top_op, stack, step; /* and from here on with what encloses it */
    int64_t launch_ns;
    uint32_t launch_row;
    uint8_t phase, op_method, launched, reserved;
};
enum { GPU_BYTES = offsetof(struct gpu_record, launch_external_id) };
enum { GPU_LAUNCHED_BYTES = offsetof(struct gpu_record, cpu_op) };

/* The first `bytes` of a record; the rest is not known yet. */
static inline struct gpu_record gpu_record_from(const void *record, size_t bytes) {
    struct gpu_record gpu = {.stack = PATH_ROOT, .step = STEP_NONE};
    memcpy(&gpu, record, bytes);
    return gpu;
}

struct timeline_record { /* a GPU event at the end */
    uint64_t key[2];     /* device, ts */
    int64_t dur_ns;
    uint32_t class_id, row, cpu_op, top_op, stack, step;
    uint8_t phase, op_method, launched, reserved[5];
    int64_t launch_ns; /* from here on where that is asked for */
    uint32_t launch_row, launch_process;
};
enum { TIMELINE_BYTES = offsetof(struct timeline_record, launch_ns) };

struct launch_record {
    uint64_t key[2]; /* correlation, ts */
    uint64_t external_id;
    uint32_t row, process;
};

/* A CPU slice; the key order is outermost first: row, ts ascending, duration descending. */
struct slice_record {
    uint64_t key[3];
    uint32_t name;    /* name id; of annotations the class id */
    uint32_t ordinal; /* of its kind in the file */
};

static inline void slice_set_key(struct slice_record *slice, uint64_t row, int64_t ts_ns, int64_t dur_ns) {
    slice->key[0] = row;
    slice->key[1] = sort_key_signed(ts_ns);
    slice->key[2] = ~sort_key_signed(dur_ns);
}
static inline int64_t slice_ts(const struct slice_record *slice) {
    return sort_value_signed(slice->key[1]);
}
static inline int64_t slice_dur(const struct slice_record *slice) {
    return sort_value_signed(~slice->key[2]);
}

#endif
