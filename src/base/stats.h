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
/* ns >= 0 */
enum status stats_add(struct stats *stats, int64_t ns, struct error *error) CHECKED;
enum status stats_merge(struct stats *into, const struct stats *from, struct error *error) CHECKED;
/* In ns, rounded half away from zero; 0 when empty. */
int64_t stats_mean_ns(const struct stats *stats);
int64_t stats_stddev_ns(const struct stats *stats); /* population */
/* Within 0.8 % of the nearest-rank percentile, never outside min..max. */
int64_t stats_percentile_ns(const struct stats *stats, unsigned percent);

#endif
