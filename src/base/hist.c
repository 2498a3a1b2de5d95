#include "base/hist.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { MAX_BUCKETS = 64 << HIST_SUB_BITS };

static uint64_t middle_of(uint32_t index) {
    if (index < HIST_EXACT)
        return index;
    const unsigned shift = (index >> HIST_SUB_BITS) - 1;
    const uint64_t low = (uint64_t)(index - (shift << HIST_SUB_BITS)) << shift;
    return low + ((UINT64_C(1) << shift) - 1) / 2;
}

void hist_init(struct hist *hist) {
    *hist = (struct hist){0};
}

void hist_fini(struct hist *hist) {
    free(hist->buckets);
    hist_init(hist);
}

/* The first bucket whose index is not below the given one. */
static uint32_t lower_bound(const struct hist *hist, uint32_t index) {
    uint32_t low = 0, high = hist->used;
    if (high > 0 && hist->buckets[high - 1].index < index)
        return high;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (hist->buckets[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum status insert(struct hist *hist, uint32_t at, uint32_t index, struct error *error) {
    size_t capacity = hist->capacity;
    void *buckets = hist->buckets;
    TRY(array_grow(&buckets, &capacity, hist->used + (size_t)1, sizeof *hist->buckets, MAX_BUCKETS, error));
    hist->buckets = buckets;
    hist->capacity = (uint32_t)capacity;
    memmove(hist->buckets + at + 1, hist->buckets + at, (hist->used - at) * sizeof *hist->buckets);
    hist->buckets[at] = (struct hist_bucket){index, 0};
    hist->used++;
    return STATUS_OK;
}

enum status hist_add_at(struct hist *hist, uint32_t index, uint64_t times, struct error *error) {
    const uint32_t at = lower_bound(hist, index);
    if (at == hist->used || hist->buckets[at].index != index)
        TRY(insert(hist, at, index, error));
    hist->buckets[at].count += times;
    hist->count += times;
    return STATUS_OK;
}

enum status hist_merge(struct hist *into, const struct hist *from, struct error *error) {
    for (uint32_t i = 0; i < from->used; i++)
        TRY(hist_add_at(into, from->buckets[i].index, from->buckets[i].count, error));
    return STATUS_OK;
}

uint64_t hist_percentile(const struct hist *hist, unsigned percent) {
    if (hist->count == 0)
        return 0;
    __extension__ const unsigned __int128 scaled = (unsigned __int128)hist->count * percent;
    uint64_t rank = (uint64_t)((scaled + 99) / 100);
    rank = rank == 0 ? 1 : rank;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < hist->used; i++) {
        seen += hist->buckets[i].count;
        if (seen >= rank)
            return middle_of(hist->buckets[i].index);
    }
    return middle_of(hist->buckets[hist->used - 1].index);
}
