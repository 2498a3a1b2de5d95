/* What the joins sort: each record begins with its key words (base/sort.h). */
#ifndef TRACECMP_RECORDS_H
#define TRACECMP_RECORDS_H

#include <stddef.h>

#include "base/paths.h"
#include "base/sort.h"
#include "flow/event.h"

struct arrival_record { /* a GPU event as it comes */
    uint64_t key[1];    /* correlation */
    int64_t ts_ns, dur_ns;
    uint64_t external_id;
    uint32_t class_id, device, row, reserved;
};

struct launch_record {
    uint64_t key[2]; /* row, ts */
    uint64_t correlation, external_id;
    uint32_t process, ordinal; /* in the file */
};

struct origin_record { /* a launch, with what encloses it */
    uint64_t key[3];   /* correlation, ts; from the top: ordinal in the file, phase, op_method */
    uint64_t external_id;
    uint32_t cpu_op, top_op, stack, step, row, process;
};

struct gpu_record { /* a GPU event that still lacks an op, a phase or a step */
    uint64_t key[2];
    int64_t ts_ns, dur_ns;
    uint64_t external_id, launch_external_id;
    int64_t launch_ns;
    uint32_t class_id, device, row, launch_row, launch_process;
    uint32_t cpu_op, top_op, stack, step;
    uint8_t phase, op_method, launched, reserved;
};

struct timeline_record { /* a GPU event at the end */
    uint64_t key[2];     /* device, ts */
    int64_t dur_ns;
    uint32_t class_id, row, cpu_op, top_op, stack, step;
    uint8_t phase, op_method, launched, reserved[5];
    int64_t launch_ns; /* from here on where that is asked for */
    uint32_t launch_row, launch_process;
};

enum { TIMELINE_BYTES = offsetof(struct timeline_record, launch_ns) };

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
