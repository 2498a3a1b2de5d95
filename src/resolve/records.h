/* What the joins sort: each record begins with its key words (base/sort.h). */
#ifndef TRACECMP_RECORDS_H
#define TRACECMP_RECORDS_H

#include "base/sort.h"
#include "flow/event.h"

struct gpu_record {
    uint64_t key[2]; /* first (correlation, 0), then (launch's row, ts), …, at last (device, ts) */
    int64_t ts_ns, dur_ns;
    uint64_t external_id, launch_external_id;
    uint32_t name_id, class_id, row, device;
    uint32_t cpu_op, top_op, stack, step;
    uint32_t launch_process;
    uint8_t kind, phase, op_method, launched;
};

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
