/* Count, sum, extremes, spread and percentiles of durations in ns. Merging is exact and associative; sums that would
 * overflow (centuries) stay at their largest value. */
#ifndef TRACECMP_STATS_H
#define TRACECMP_STATS_H

#include <stdint.h>

#include "base/hist.h"

__extension__ typedef unsigned __int128 stats_wide;

struct stats {
    uint64_t count;
    int64_t total_ns, min_ns, max_ns; /* min and max are 0 when count is 0 */
    stats_wide squares;               /* sum of squares, ns^2 */
    struct hist hist;
};

void stats_init(struct stats *stats);
void stats_fini(struct stats *stats);
enum status stats_merge(struct stats *into, const struct stats *from, struct error *error) CHECKED;
/* In ns, rounded half away from zero; 0 when empty. */
int64_t stats_mean_ns(const struct stats *stats);
int64_t stats_stddev_ns(const struct stats *stats); /* population */
/* Within 0.8 % of the nearest-rank percentile, never outside min..max. */
int64_t stats_percentile_ns(const struct stats *stats, unsigned percent);

static inline void stats_add_sums(struct stats *stats, int64_t total_ns, stats_wide squares) {
    if (__builtin_add_overflow(stats->total_ns, total_ns, &stats->total_ns))
        stats->total_ns = INT64_MAX;
    if (__builtin_add_overflow(stats->squares, squares, &stats->squares))
        stats->squares = ~(stats_wide)0;
}

/* ns >= 0 */
static inline enum status stats_add(struct stats *stats, int64_t ns, struct error *error) {
    TRY(hist_add(&stats->hist, (uint64_t)ns, 1, error));
    stats->min_ns = stats->count == 0 || ns < stats->min_ns ? ns : stats->min_ns;
    stats->max_ns = stats->count == 0 || ns > stats->max_ns ? ns : stats->max_ns;
    stats->count++;
    stats_add_sums(stats, ns, (stats_wide)ns * (stats_wide)ns);
    return STATUS_OK;
}

#endif
