#include "base/durations.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

void durations_fini(struct durations *durations) {
    for (size_t i = 0; i < durations->cell_count; i++)
        stats_fini(&durations->cells[i].stats);
    free(durations->cells);
    free(durations->octaves);
    *durations = (struct durations){0};
}

static enum status add_octave(struct durations *durations, struct error *error) {
    void *octaves = durations->octaves;
    TRY(array_grow(&octaves, &durations->octave_capacity, durations->octave_count + 1, sizeof *durations->octaves,
                   LIMIT_OCTAVES, error));
    durations->octaves = octaves;
    memset(durations->octaves[durations->octave_count++], 0, sizeof *durations->octaves);
    return STATUS_OK;
}

enum status durations_know(struct durations *durations, uint32_t number, struct error *error) {
    void *cells = durations->cells;
    if (durations->octave_count == 0)
        TRY(add_octave(durations, error)); /* the one that stands for none */
    TRY(array_grow(&cells, &durations->cell_capacity, number + (size_t)1, sizeof *durations->cells, UINT32_MAX, error));
    durations->cells = cells;
    while (durations->cell_count <= number)
        durations->cells[durations->cell_count++] = (struct duration_cell){.stats.min_ns = INT64_MAX};
    return STATUS_OK;
}

/* A bucket of a cell, wherever it is counted. */
static enum status count(struct durations *durations, struct duration_cell *cell, uint32_t bucket, uint64_t times,
                         struct error *error) {
    uint16_t *octave = &cell->octaves[bucket / OCTAVE_BUCKETS];
    if (*octave == 0 && durations->octave_count < LIMIT_OCTAVES) {
        TRY(add_octave(durations, error));
        *octave = (uint16_t)(durations->octave_count - 1);
    }
    uint32_t *counted = &durations->octaves[*octave][bucket % OCTAVE_BUCKETS];
    if (*octave == 0 || times > UINT32_MAX - *counted)
        return hist_add_at(&cell->stats.hist, bucket, times, error);
    *counted += (uint32_t)times;
    return STATUS_OK;
}

/* All but the histogram; the least of none is INT64_MAX here, so that the first one is as any other. */
static inline void add_up(struct stats *stats, int64_t ns) {
    if (ns < stats->min_ns)
        stats->min_ns = ns;
    if (ns > stats->max_ns)
        stats->max_ns = ns;
    stats->count++;
    stats_add_sums(stats, ns, (stats_wide)ns * (stats_wide)ns);
}

uint32_t durations_add(struct durations *durations, const int64_t *ns, const uint32_t *numbers, uint32_t first,
                       uint32_t end) {
    struct duration_cell *const cells = durations->cells;
    uint32_t(*const octaves)[OCTAVE_BUCKETS] = durations->octaves;
    const size_t cell_count = durations->cell_count;
    uint32_t i = first;
    for (; i < end && numbers[i] < cell_count; i++) {
        const uint32_t bucket = hist_bucket_of((uint64_t)ns[i]);
        struct duration_cell *const cell = &cells[numbers[i]];
        const uint32_t octave = cell->octaves[bucket / OCTAVE_BUCKETS];
        uint32_t *const times = &octaves[octave][bucket % OCTAVE_BUCKETS];
        if (octave == 0 || *times == UINT32_MAX)
            break;
        ++*times;
        add_up(&cell->stats, ns[i]);
    }
    return i;
}

enum status durations_add_one(struct durations *durations, uint32_t number, int64_t ns, struct error *error) {
    struct duration_cell *cell = &durations->cells[number];
    add_up(&cell->stats, ns);
    return count(durations, cell, hist_bucket_of((uint64_t)ns), 1, error);
}

enum status durations_merge(struct durations *durations, uint32_t number, const struct stats *from,
                            struct error *error) {
    struct duration_cell *cell = &durations->cells[number];
    const struct hist *hist = &from->hist;
    struct stats sums = *from;
    sums.hist = (struct hist){0};
    TRY(stats_merge(&cell->stats, &sums, error));
    for (uint32_t i = 0; i < hist->used; i++)
        TRY(count(durations, cell, hist->buckets[i].index, hist->buckets[i].count, error));
    return STATUS_OK;
}

static enum status add_octaves(const struct durations *durations, const struct duration_cell *cell, struct hist *into,
                               struct error *error) {
    for (uint32_t octave = 0; octave < OCTAVES; octave++) {
        if (cell->octaves[octave] == 0)
            continue;
        const uint32_t *times = durations->octaves[cell->octaves[octave]];
        for (uint32_t i = 0; i < OCTAVE_BUCKETS; i++)
            if (times[i] > 0)
                TRY(hist_add_at(into, octave * OCTAVE_BUCKETS + i, times[i], error));
    }
    return STATUS_OK;
}

enum status durations_stats(const struct durations *durations, uint32_t number, struct stats *into,
                            struct error *error) {
    const struct duration_cell *cell = &durations->cells[number];
    TRY(stats_merge(into, &cell->stats, error));
    return add_octaves(durations, cell, &into->hist, error);
}
