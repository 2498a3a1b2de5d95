/* The durations of GPU events by kernel class, each added in a few instructions: the histogram of a class is an array
 * for each octave that its durations lie in, as long as there is room, and made sparse (base/hist.h) at the end. */
#ifndef TRACECMP_DURATIONS_H
#define TRACECMP_DURATIONS_H

#include <stddef.h>

#include "base/stats.h"

enum { OCTAVE_BUCKETS = 1 << HIST_SUB_BITS, OCTAVES = 64 };

struct duration_cell { /* as struct stats */
    uint64_t count;
    int64_t total_ns, min_ns, max_ns;
    stats_wide squares;
    uint16_t octaves[OCTAVES]; /* which of the arrays; 0: none */
    struct hist others;        /* what is in no array */
};

struct durations {
    struct duration_cell *cells; /* owned, by class */
    uint32_t (*octaves)[OCTAVE_BUCKETS];
    size_t cell_count, cell_capacity, octave_count, octave_capacity;
};

void durations_fini(struct durations *durations);
/* Makes room for classes up to this one. */
enum status durations_know(struct durations *durations, uint32_t class_id, struct error *error) CHECKED;
/* Where there is no array for it, or no room in it. */
enum status durations_count_slowly(struct durations *durations, struct duration_cell *cell, uint32_t bucket,
                                   struct error *error) CHECKED;
/* Adds what is known of one class. */
enum status durations_stats(const struct durations *durations, uint32_t class_id, struct stats *into,
                            struct error *error) CHECKED;

/* ns >= 0; of a class that is known */
static inline enum status durations_add(struct durations *durations, uint32_t class_id, int64_t ns,
                                        struct error *error) {
    struct duration_cell *cell = &durations->cells[class_id];
    const uint32_t bucket = hist_bucket_of((uint64_t)ns), octave = cell->octaves[bucket / OCTAVE_BUCKETS];
    uint32_t *const times = &durations->octaves[octave][bucket % OCTAVE_BUCKETS];
    cell->min_ns = ns < cell->min_ns ? ns : cell->min_ns;
    cell->max_ns = ns > cell->max_ns ? ns : cell->max_ns;
    cell->count++;
    if (__builtin_add_overflow(cell->total_ns, ns, &cell->total_ns))
        cell->total_ns = INT64_MAX;
    if (__builtin_add_overflow(cell->squares, (stats_wide)ns * (stats_wide)ns, &cell->squares))
        cell->squares = ~(stats_wide)0;
    if (octave == 0 || *times == UINT32_MAX)
        return durations_count_slowly(durations, cell, bucket, error);
    ++*times;
    return STATUS_OK;
}

#endif
