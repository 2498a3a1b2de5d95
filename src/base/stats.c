#include "base/stats.h"

#include <math.h>

void stats_init(struct stats *stats) {
    *stats = (struct stats){0};
}

void stats_fini(struct stats *stats) {
    hist_fini(&stats->hist);
}

enum status stats_merge(struct stats *into, const struct stats *from, struct error *error) {
    if (from->count == 0)
        return STATUS_OK;
    TRY(hist_merge(&into->hist, &from->hist, error));
    into->min_ns = into->count == 0 || from->min_ns < into->min_ns ? from->min_ns : into->min_ns;
    into->max_ns = into->count == 0 || from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
    into->count += from->count;
    stats_add_sums(into, from->total_ns, from->squares);
    return STATUS_OK;
}

int64_t stats_mean_ns(const struct stats *stats) {
    if (stats->count == 0)
        return 0;
    return (int64_t)(((uint64_t)stats->total_ns + stats->count / 2) / stats->count);
}

/* variance = (n * squares - total^2) / n^2. The numerator is exact where it fits 128 bits; beyond (a total of years)
 * the mean is taken out in long double. */
int64_t stats_stddev_ns(const struct stats *stats) {
    if (stats->count == 0)
        return 0;
    const stats_wide n = stats->count, total = (stats_wide)stats->total_ns;
    if (stats->squares > ~(stats_wide)0 / n) {
        const long double mean = (long double)stats->total_ns / (long double)stats->count;
        const long double variance = (long double)stats->squares / (long double)stats->count - mean * mean;
        return variance > 0 ? (int64_t)llroundl(sqrtl(variance)) : 0;
    }
    const stats_wide numerator = n * stats->squares - total * total;
    return (int64_t)llroundl(sqrtl((long double)numerator) / (long double)stats->count);
}

int64_t stats_percentile_ns(const struct stats *stats, unsigned percent) {
    const int64_t middle = (int64_t)hist_percentile(&stats->hist, percent);
    return middle < stats->min_ns ? stats->min_ns : middle > stats->max_ns ? stats->max_ns : middle;
}
