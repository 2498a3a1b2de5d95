/* A CPU slice; the key order is outermost first: row, ts ascending, duration descending. */
#ifndef TRACECMP_SLICE_H
#define TRACECMP_SLICE_H

#include "base/sort.h"

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
