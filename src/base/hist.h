/* Mergeable histogram of non-negative values: 64 buckets an octave, exact below 128, so that a percentile read from
 * it is within 0.8 % of the true one. Sparse: only buckets in use take memory. */
#ifndef TRACECMP_HIST_H
#define TRACECMP_HIST_H

#include <stdint.h>

#include "base/error.h"

enum { HIST_LIKELY = 32 };

struct hist {
    struct hist_bucket *buckets; /* owned; ascending by index */
    uint32_t used, capacity;
    uint64_t count;
    uint16_t likely[HIST_LIKELY]; /* where a bucket was found last, by its index; may be out of date */
};

void hist_init(struct hist *hist);
void hist_fini(struct hist *hist);
enum status hist_add(struct hist *hist, uint64_t value, uint64_t times, struct error *error) CHECKED;
enum status hist_merge(struct hist *into, const struct hist *from, struct error *error) CHECKED;
/* Nearest rank: the value of the ceil(percent/100 * count)-th smallest, as its bucket's middle; 0 when empty. */
uint64_t hist_percentile(const struct hist *hist, unsigned percent);

#endif
