#include "index/origin_durations.h"

#include <stdlib.h>

#include "base/limits.h"
#include "index/format.h"

struct stored_durations {
    struct stats stats;
    uint64_t buckets;
};

enum status origin_durations_init(struct origin_durations *durations, uint32_t origin_count, uint64_t event_count,
                                  uint64_t bucket_count, struct error *error) {
    *durations = (struct origin_durations){.event_count = event_count, .bucket_count = bucket_count};
    durations->rows = calloc(origin_count + (size_t)1, sizeof *durations->rows);
    return durations->rows ? STATUS_OK : FAIL_MEMORY(error);
}

void origin_durations_fini(struct origin_durations *durations) {
    free(durations->rows);
    stats_fini(&durations->stats);
}

/* What any durations from min to max add up to; the mean of squares is not below the square of the mean. */
static bool adds_up(const struct stats *stats) {
    const stats_wide count = stats->count, total = (stats_wide)stats->total_ns;
    const stats_wide min = (stats_wide)stats->min_ns, max = (stats_wide)stats->max_ns;
    stats_wide product;
    if (total < count * min || total > count * max || stats->squares < total * min || stats->squares > total * max)
        return false;
    return __builtin_mul_overflow(stats->squares, count, &product) || product >= total * total;
}

/* Lengths are within limits, so that no product of the above overflows. */
static bool is_sound(const struct stats *stats, uint64_t most_events, int64_t most_ns) {
    return stats->count >= 1 && stats->count <= most_events && stats->min_ns >= 0 && stats->min_ns <= stats->max_ns &&
           stats->max_ns <= LIMIT_DURATION_NS && stats->total_ns >= 0 && stats->total_ns <= most_ns && adds_up(stats);
}

enum status origin_durations_add(struct origin_durations *durations, const uint64_t *row, struct error *error) {
    const struct stats stats = {
        .count = row[DURATION_COUNT],
        .total_ns = (int64_t)row[DURATION_TOTAL],
        .min_ns = (int64_t)row[DURATION_MIN],
        .max_ns = (int64_t)row[DURATION_MAX],
        .squares = (stats_wide)row[DURATION_SQUARES_HIGH] << 64 | row[DURATION_SQUARES_LOW],
    };
    const uint64_t buckets = row[DURATION_BUCKETS];
    if (!is_sound(&stats, durations->event_count - durations->events, LIMIT_TIME_NS - durations->total_ns) ||
        buckets == 0 || buckets > stats.count || buckets > durations->bucket_count - durations->buckets)
        return INDEX_DAMAGED(error, "durations");
    durations->rows[durations->count++] = (struct stored_durations){stats, buckets};
    durations->events += stats.count;
    durations->total_ns += stats.total_ns;
    durations->buckets += buckets;
    return STATUS_OK;
}

enum status origin_durations_check(const struct origin_durations *durations, struct error *error) {
    const bool sound = durations->events == durations->event_count && durations->buckets == durations->bucket_count;
    return sound ? STATUS_OK : INDEX_DAMAGED(error, "durations");
}

static bool is_bucket_of(uint64_t bucket, int64_t ns) {
    return bucket == hist_bucket_of((uint64_t)ns);
}

static bool fits(const struct hist *hist, const struct stored_durations *row, uint64_t bucket, uint64_t times) {
    const bool first = hist->used == 0, last = hist->used + UINT64_C(1) == row->buckets;
    if (times == 0 || times > row->stats.count - hist->count || (last && times != row->stats.count - hist->count))
        return false;
    if (first ? !is_bucket_of(bucket, row->stats.min_ns) : bucket <= hist->buckets[hist->used - 1].index)
        return false;
    return last ? is_bucket_of(bucket, row->stats.max_ns) : bucket < hist_bucket_of((uint64_t)row->stats.max_ns);
}

enum status origin_durations_bucket(struct origin_durations *durations, const uint64_t *row,
                                    const struct stats **complete, struct error *error) {
    struct hist *hist = &durations->stats.hist;
    if (hist->used == durations->rows[durations->at].buckets) {
        hist->used = 0;
        hist->count = 0;
        durations->at++;
    }
    const struct stored_durations *of = &durations->rows[durations->at];
    if (!fits(hist, of, row[BUCKET_INDEX], row[BUCKET_TIMES]))
        return INDEX_DAMAGED(error, "durations");
    TRY(hist_add_at(hist, (uint32_t)row[BUCKET_INDEX], row[BUCKET_TIMES], error));
    const struct hist whole = *hist;
    durations->stats = of->stats;
    durations->stats.hist = whole;
    *complete = whole.used == of->buckets ? &durations->stats : NULL;
    return STATUS_OK;
}
