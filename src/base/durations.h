/* Durations by a small number (of an origin, or of a class), each added in a few instructions: the histogram of a
 * number is an array for each octave that its durations lie in, as long as there is room, and made sparse
 * (base/hist.h) when it is asked for. */
#ifndef TRACECMP_DURATIONS_H
#define TRACECMP_DURATIONS_H

#include <stddef.h>

#include "base/stats.h"

enum { OCTAVE_BUCKETS = 1 << HIST_SUB_BITS, OCTAVES = 64 };

struct duration_cell {
    struct stats stats;        /* its histogram holds what is in no array */
    uint16_t octaves[OCTAVES]; /* which of the arrays; 0: none */
};

struct durations { /* zeros: empty */
    struct duration_cell *cells; /* owned, by number */
    uint32_t (*octaves)[OCTAVE_BUCKETS];
    size_t cell_count, cell_capacity, octave_count, octave_capacity;
};

void durations_fini(struct durations *durations);
/* Makes room for numbers up to this one. */
enum status durations_know(struct durations *durations, uint32_t number, struct error *error) CHECKED;
/* Adds ns[first] .. ns[end - 1], each to the number at the same place; returns `end`, or the first that there is no
 * place for yet: of a number that is not known, or to be added by durations_add_one. */
uint32_t durations_add(struct durations *durations, const int64_t *ns, const uint32_t *numbers, uint32_t first,
                       uint32_t end);
/* To a known number. */
enum status durations_add_one(struct durations *durations, uint32_t number, int64_t ns, struct error *error) CHECKED;
/* To a known number, all that somebody else has counted. */
enum status durations_merge(struct durations *durations, uint32_t number, const struct stats *from,
                            struct error *error) CHECKED;
/* Adds what there is of a known number. */
enum status durations_stats(const struct durations *durations, uint32_t number, struct stats *into,
                            struct error *error) CHECKED;

#endif
