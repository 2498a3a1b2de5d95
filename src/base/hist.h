/* Mergeable histogram of non-negative values: 64 buckets an octave, exact below 128, so that a percentile read from
 * it is within 0.8 % of the true one. Sparse: only buckets in use take memory. */
#ifndef TRACECMP_HIST_H
#define TRACECMP_HIST_H

#include <stdint.h>

#include "base/error.h"

/* A value v >= 128 with its top bit at e lies in bucket (e - 6) * 64 + (v >> (e - 6)), where v >> (e - 6) is 64..127:
 * the leading 7 bits. Below 128 the bucket is the value itself, which the same numbering continues without a gap. */
enum { HIST_SUB_BITS = 6, HIST_EXACT = 2 << HIST_SUB_BITS };

struct hist_bucket {
    uint32_t index;
    uint64_t count;
};

struct hist {
    struct hist_bucket *buckets; /* owned; ascending by index */
    uint32_t used, capacity;
    uint64_t count;
};

void hist_init(struct hist *hist);
void hist_fini(struct hist *hist);
enum status hist_add_at(struct hist *hist, uint32_t bucket, uint64_t times, struct error *error) CHECKED;
enum status hist_merge(struct hist *into, const struct hist *from, struct error *error) CHECKED;
/* Nearest rank: the value of the ceil(percent/100 * count)-th smallest, as its bucket's middle; 0 when empty. */
uint64_t hist_percentile(const struct hist *hist, unsigned percent);

static inline uint32_t hist_bucket_of(uint64_t value) {
    if (value < HIST_EXACT)
        return (uint32_t)value;
    const unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HIST_SUB_BITS;
    return (shift << HIST_SUB_BITS) + (uint32_t)(value >> shift);
}

static inline enum status hist_add(struct hist *hist, uint64_t value, uint64_t times, struct error *error) {
    return hist_add_at(hist, hist_bucket_of(value), times, error);
}

#endif
