#include "index/origin_totals.h"

#include <stdlib.h>

#include "base/limits.h"
#include "index/format.h"

struct stored_total {
    struct origin_total total;
    uint64_t buckets;
};

enum status origin_totals_init(struct origin_totals *totals, uint32_t origin_count, uint64_t event_count,
                               uint64_t bucket_count, struct error *error) {
    *totals = (struct origin_totals){.event_count = event_count, .bucket_count = bucket_count};
    totals->rows = calloc(origin_count + (size_t)1, sizeof *totals->rows);
    return totals->rows ? STATUS_OK : FAIL_MEMORY(error);
}

void origin_totals_fini(struct origin_totals *totals) {
    free(totals->rows);
    stats_fini(&totals->total.durations);
}

/* What any `count` durations from min to max add up to. */
static bool is_sum_of(int64_t ns, uint64_t count, const struct stats *stats) {
    const stats_wide sum = (stats_wide)ns, min = (stats_wide)stats->min_ns, max = (stats_wide)stats->max_ns;
    return ns >= 0 && sum >= count * min && sum <= count * max;
}

/* The mean of squares is not below the square of the mean. */
static bool are_squares_of(const struct stats *stats) {
    const stats_wide total = (stats_wide)stats->total_ns;
    const stats_wide min = (stats_wide)stats->min_ns, max = (stats_wide)stats->max_ns;
    stats_wide product;
    if (stats->squares < total * min || stats->squares > total * max)
        return false;
    return __builtin_mul_overflow(stats->squares, (stats_wide)stats->count, &product) || product >= total * total;
}

/* Lengths are within limits, so that no product of the above overflows. */
static bool are_sound(const struct stats *stats, uint64_t most_events, int64_t most_ns) {
    return stats->count >= 1 && stats->count <= most_events && stats->min_ns >= 0 && stats->min_ns <= stats->max_ns &&
           stats->max_ns <= LIMIT_DURATION_NS && stats->total_ns <= most_ns &&
           is_sum_of(stats->total_ns, stats->count, stats) && are_squares_of(stats);
}

static bool are_in_steps(const struct origin_total *total) {
    const struct stats *all = &total->durations;
    return total->step_count <= all->count && is_sum_of(total->step_ns, total->step_count, all) &&
           is_sum_of(all->total_ns - total->step_ns, all->count - total->step_count, all);
}

enum status origin_totals_add(struct origin_totals *totals, const uint64_t *row, struct error *error) {
    const struct stats durations = {
        .count = row[TOTAL_COUNT],
        .total_ns = (int64_t)row[TOTAL_TIME],
        .min_ns = (int64_t)row[TOTAL_MIN],
        .max_ns = (int64_t)row[TOTAL_MAX],
        .squares = (stats_wide)row[TOTAL_SQUARES_HIGH] << 64 | row[TOTAL_SQUARES_LOW],
    };
    const struct origin_total total = {durations, row[TOTAL_STEP_COUNT], (int64_t)row[TOTAL_STEP_TIME]};
    const uint64_t buckets = row[TOTAL_BUCKETS];
    if (!are_sound(&durations, totals->event_count - totals->events, LIMIT_TIME_NS - totals->ns) ||
        !are_in_steps(&total) || buckets == 0 || buckets > durations.count ||
        buckets > totals->bucket_count - totals->buckets)
        return INDEX_DAMAGED(error, "totals");
    totals->rows[totals->count++] = (struct stored_total){total, buckets};
    totals->events += durations.count;
    totals->ns += durations.total_ns;
    totals->step_events += total.step_count;
    totals->step_ns += total.step_ns;
    totals->buckets += buckets;
    return STATUS_OK;
}

enum status origin_totals_check(const struct origin_totals *totals, struct error *error) {
    const bool sound = totals->events == totals->event_count && totals->buckets == totals->bucket_count;
    return sound ? STATUS_OK : INDEX_DAMAGED(error, "totals");
}

static bool is_bucket_of(uint64_t bucket, int64_t ns) {
    return bucket == hist_bucket_of((uint64_t)ns);
}

static bool fits(const struct hist *hist, const struct stored_total *row, uint64_t bucket, uint64_t times) {
    const struct stats *stats = &row->total.durations;
    const uint64_t left = stats->count - hist->count;
    const bool first = hist->used == 0, last = hist->used + UINT64_C(1) == row->buckets;
    if (times == 0 || times > left || (last && times != left))
        return false;
    if (first ? !is_bucket_of(bucket, stats->min_ns) : bucket <= hist->buckets[hist->used - 1].index)
        return false;
    return last ? is_bucket_of(bucket, stats->max_ns) : bucket < hist_bucket_of((uint64_t)stats->max_ns);
}

enum status origin_totals_bucket(struct origin_totals *totals, const uint64_t *row,
                                 const struct origin_total **complete, struct error *error) {
    struct hist *hist = &totals->total.durations.hist;
    if (hist->used == totals->rows[totals->at].buckets) {
        hist->used = 0;
        hist->count = 0;
        totals->at++;
    }
    const struct stored_total *of = &totals->rows[totals->at];
    if (!fits(hist, of, row[BUCKET_INDEX], row[BUCKET_TIMES]))
        return INDEX_DAMAGED(error, "totals");
    TRY(hist_add_at(hist, (uint32_t)row[BUCKET_INDEX], row[BUCKET_TIMES], error));
    const struct hist whole = *hist;
    totals->total = of->total;
    totals->total.durations.hist = whole;
    *complete = whole.used == of->buckets ? &totals->total : NULL;
    return STATUS_OK;
}
