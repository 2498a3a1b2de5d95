/* The durations of GPU events by kernel class, each added in a few instructions: the histogram of a class is an array
 * for each octave that its durations lie in, as long as there is room, and made sparse (base/hist.h) at the end. */
#ifndef TRACECMP_DURATIONS_H
#define TRACECMP_DURATIONS_H

#include "aggregate/origin_facts.h"
#include "base/stats.h"

enum { OCTAVE_BUCKETS = 1 << HIST_SUB_BITS, OCTAVES = 64 };

struct duration_cell {
    struct stats stats;        /* its histogram holds what is in no array */
    uint16_t octaves[OCTAVES]; /* which of the arrays; 0: none */
};

struct durations {
    struct duration_cell *cells; /* owned, by class */
    uint32_t (*octaves)[OCTAVE_BUCKETS];
    size_t cell_count, cell_capacity, octave_count, octave_capacity;
};

void durations_fini(struct durations *durations);
/* Makes room for classes up to this one. */
enum status durations_know(struct durations *durations, uint32_t class_id, struct error *error) CHECKED;
/* Those of events of known classes. */
enum status durations_add(struct durations *durations, const struct gpu_run *run, struct error *error) CHECKED;
/* Adds what is known of one class. */
enum status durations_stats(const struct durations *durations, uint32_t class_id, struct stats *into,
                            struct error *error) CHECKED;

#endif
