#include "aggregate/durations.h"

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

enum status durations_know(struct durations *durations, uint32_t class_id, struct error *error) {
    void *cells = durations->cells;
    if (durations->octave_count == 0)
        TRY(add_octave(durations, error)); /* the one that stands for none */
    TRY(array_grow(&cells, &durations->cell_capacity, class_id + (size_t)1, sizeof *durations->cells, UINT32_MAX,
                   error));
    durations->cells = cells;
    while (durations->cell_count <= class_id)
        durations->cells[durations->cell_count++] = (struct duration_cell){.stats.min_ns = INT64_MAX};
    return STATUS_OK;
}

/* Where there is no array for it, or no room in it. */
static enum status count_slowly(struct durations *durations, struct duration_cell *cell, uint32_t bucket,
                                struct error *error) {
    uint16_t *octave = &cell->octaves[bucket / OCTAVE_BUCKETS];
    if (*octave != 0 || durations->octave_count == LIMIT_OCTAVES)
        return hist_add_at(&cell->stats.hist, bucket, 1, error);
    TRY(add_octave(durations, error));
    *octave = (uint16_t)(durations->octave_count - 1);
    durations->octaves[*octave][bucket % OCTAVE_BUCKETS] = 1;
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

/* From event i on; returns one past the last, or the one that there is no place for. */
static uint32_t add_quickly(struct durations *durations, const struct gpu_run *run, uint32_t i) {
    struct duration_cell *const cells = durations->cells;
    uint32_t(*const octaves)[OCTAVE_BUCKETS] = durations->octaves;
    const int64_t *const dur_ns = run->batch->dur_ns;
    const uint32_t *const origins = run->batch->origin;
    const struct origin_facts *const facts = run->facts;
    for (const uint32_t end = run->end; i < end; i++) {
        const uint32_t bucket = hist_bucket_of((uint64_t)dur_ns[i]);
        struct duration_cell *const cell = &cells[facts[origins[i]].class_id];
        const uint32_t octave = cell->octaves[bucket / OCTAVE_BUCKETS];
        uint32_t *const times = &octaves[octave][bucket % OCTAVE_BUCKETS];
        if (octave == 0 || *times == UINT32_MAX)
            break;
        ++*times;
        add_up(&cell->stats, dur_ns[i]);
    }
    return i;
}

enum status durations_add(struct durations *durations, const struct gpu_run *run, struct error *error) {
    for (uint32_t i = run->first; (i = add_quickly(durations, run, i)) < run->end; i++) {
        const int64_t ns = run->batch->dur_ns[i];
        struct duration_cell *cell = &durations->cells[gpu_run_facts(run, i)->class_id];
        TRY(count_slowly(durations, cell, hist_bucket_of((uint64_t)ns), error));
        add_up(&cell->stats, ns);
    }
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
    TRY(stats_merge(into, &cell->stats, error));
    return add_octaves(durations, cell, &into->hist, error);
}
