#include "aggregate/durations.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

void durations_fini(struct durations *durations) {
    for (size_t i = 0; i < durations->cell_count; i++)
        hist_fini(&durations->cells[i].others);
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

enum status durations_know(struct durations *durations, uint32_t class_id, struct error *error) {
    void *cells = durations->cells;
    if (durations->octave_count == 0)
        TRY(add_octave(durations, error)); /* the one that stands for none */
    TRY(array_grow(&cells, &durations->cell_capacity, class_id + (size_t)1, sizeof *durations->cells, UINT32_MAX,
                   error));
    durations->cells = cells;
    while (durations->cell_count <= class_id)
        durations->cells[durations->cell_count++] = (struct duration_cell){.min_ns = INT64_MAX};
    return STATUS_OK;
}

enum status durations_count_slowly(struct durations *durations, struct duration_cell *cell, uint32_t bucket,
                                   struct error *error) {
    uint16_t *octave = &cell->octaves[bucket / OCTAVE_BUCKETS];
    if (*octave != 0 || durations->octave_count == LIMIT_OCTAVES)
        return hist_add_at(&cell->others, bucket, 1, error);
    TRY(add_octave(durations, error));
    *octave = (uint16_t)(durations->octave_count - 1);
    durations->octaves[*octave][bucket % OCTAVE_BUCKETS] = 1;
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

enum status durations_stats(const struct durations *durations, uint32_t class_id, struct stats *into,
                            struct error *error) {
    const struct duration_cell *cell = &durations->cells[class_id];
    struct stats stats = {
        .count = cell->count,
        .total_ns = cell->total_ns,
        .min_ns = cell->count > 0 ? cell->min_ns : 0,
        .max_ns = cell->max_ns,
        .squares = cell->squares,
    };
    enum status status = add_octaves(durations, cell, &stats.hist, error);
    if (status == STATUS_OK)
        status = hist_merge(&stats.hist, &cell->others, error);
    if (status == STATUS_OK)
        status = stats_merge(into, &stats, error);
    stats_fini(&stats);
    return status;
}
