#include <criterion/criterion.h>
#include <math.h>

#include "base/stats.h"
#include "samples_of.h"

TestSuite(stats, .timeout = 20);

static void add(struct stats *stats, int64_t ns) {
    struct error error = {0};
    cr_assert_eq(stats_add(stats, ns, &error), STATUS_OK);
}

static void add_samples(struct stats *stats, const struct samples *samples, size_t first, size_t step) {
    for (size_t i = first; i < samples->count; i += step)
        add(stats, (int64_t)samples->values[i]);
}

static void merge(struct stats *into, const struct stats *from) {
    struct error error = {0};
    cr_assert_eq(stats_merge(into, from, &error), STATUS_OK);
}

static void expect_same(const struct stats *a, const struct stats *b, const char *name) {
    cr_expect_eq(a->count, b->count, "case %s", name);
    cr_expect_eq(a->total_ns, b->total_ns, "case %s", name);
    cr_expect_eq(a->min_ns, b->min_ns, "case %s", name);
    cr_expect_eq(a->max_ns, b->max_ns, "case %s", name);
    cr_expect(a->squares == b->squares, "case %s", name);
    for (unsigned percent = 0; percent <= 100; percent++)
        cr_expect_eq(stats_percentile_ns(a, percent), stats_percentile_ns(b, percent), "case %s", name);
}

/* Two passes: the mean first, so that nothing large is subtracted. */
static long double reference_stddev(const struct samples *samples) {
    long double sum = 0, squares = 0;
    for (size_t i = 0; i < samples->count; i++)
        sum += (long double)samples->values[i];
    const long double mean = sum / (long double)samples->count;
    for (size_t i = 0; i < samples->count; i++) {
        const long double difference = (long double)samples->values[i] - mean;
        squares += difference * difference;
    }
    return sqrtl(squares / (long double)samples->count);
}

/* False when the sum does not fit; *total is then its largest value. */
static bool sum_of(const struct samples *samples, int64_t *total) {
    *total = 0;
    for (size_t i = 0; i < samples->count; i++) {
        if (__builtin_add_overflow(*total, (int64_t)samples->values[i], total)) {
            *total = INT64_MAX;
            return false;
        }
    }
    return true;
}

static void expect_middle(const struct stats *stats, const struct samples *samples, const char *name) {
    const long double stddev = reference_stddev(samples), off = (long double)stats_stddev_ns(stats) - stddev;
    cr_expect_leq(fabsl(off), 0.5L + stddev * 1e-12L + 1e-6L, "case %s", name);
    const long double mean = (long double)stats->total_ns / (long double)samples->count;
    cr_expect_eq(stats_mean_ns(stats), llroundl(mean), "case %s", name);
}

static void expect_percentiles(const struct stats *stats, const struct samples *samples, const char *name) {
    for (unsigned percent = 0; percent <= 100; percent++) {
        const int64_t value = stats_percentile_ns(stats, percent);
        const int64_t wanted = (int64_t)samples_nearest_rank(samples, percent);
        cr_expect(value >= stats->min_ns && value <= stats->max_ns, "case %s", name);
        cr_expect_leq(llabs(value - wanted), wanted / 100, "case %s, %u %%", name, percent);
    }
}

static void check_distribution(const struct distribution *distribution, size_t count) {
    static struct samples samples;
    struct stats stats;
    int64_t total;
    stats_init(&stats);
    samples_draw(&samples, distribution, count);
    add_samples(&stats, &samples, 0, 1);
    if (sum_of(&samples, &total))
        expect_middle(&stats, &samples, distribution->name);
    cr_expect_eq(stats.count, count, "case %s", distribution->name);
    cr_expect_eq(stats.total_ns, total, "case %s", distribution->name);
    cr_expect_eq(stats.min_ns, (int64_t)samples.values[0], "case %s", distribution->name);
    cr_expect_eq(stats.max_ns, (int64_t)samples.values[count - 1], "case %s", distribution->name);
    expect_percentiles(&stats, &samples, distribution->name);
    stats_fini(&stats);
}

Test(stats, agree_with_the_values_themselves) {
    static const size_t counts[] = {1, 2, 7, 100, SAMPLES_MAX};
    for (size_t d = 0; d < distribution_count; d++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            check_distribution(&distributions[d], counts[c]);
}

Test(stats, nothing_is_all_zero) {
    struct stats stats;
    stats_init(&stats);
    cr_expect_eq(stats_mean_ns(&stats), 0);
    cr_expect_eq(stats_stddev_ns(&stats), 0);
    cr_expect_eq(stats_percentile_ns(&stats, 50), 0);
    cr_expect_eq(stats.min_ns, 0);
    cr_expect_eq(stats.max_ns, 0);
    stats_fini(&stats);
}

Test(stats, mean_and_spread_are_rounded_half_up) {
    static const struct {
        int64_t first, second, mean, stddev;
    } cases[] = {{1, 2, 2, 1}, {2, 3, 3, 1}, {0, 0, 0, 0}, {0, 1, 1, 1}, {10, 20, 15, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stats stats;
        stats_init(&stats);
        add(&stats, cases[i].first);
        add(&stats, cases[i].second);
        cr_expect_eq(stats_mean_ns(&stats), cases[i].mean, "case %zu", i);
        cr_expect_eq(stats_stddev_ns(&stats), cases[i].stddev, "case %zu", i);
        stats_fini(&stats);
    }
}

Test(stats, a_spread_of_close_large_values_is_not_lost) {
    struct stats stats;
    stats_init(&stats);
    for (int i = 0; i < 1000; i++)
        add(&stats, INT64_C(1000000000000000) + i % 2 * 2);
    cr_expect_eq(stats_stddev_ns(&stats), 1);
    cr_expect_eq(stats_mean_ns(&stats), INT64_C(1000000000000001));
    stats_fini(&stats);
}

Test(stats, a_spread_too_wide_for_exact_squares_is_still_right) {
    enum { ZEROS = 999 };
    const int64_t huge = INT64_C(1) << 61;
    struct stats stats;
    stats_init(&stats);
    for (int i = 0; i < ZEROS; i++)
        add(&stats, 0);
    add(&stats, huge);
    const long double wanted = (long double)huge * sqrtl(ZEROS) / (ZEROS + 1);
    cr_expect_leq(fabsl((long double)stats_stddev_ns(&stats) - wanted), wanted * 1e-12L);
    stats_fini(&stats);
}

Test(stats, sums_beyond_all_time_stay_at_their_largest_value) {
    struct stats stats, twice;
    stats_init(&stats);
    stats_init(&twice);
    for (int i = 0; i < 20; i++)
        add(&stats, INT64_MAX);
    cr_expect_eq(stats.total_ns, INT64_MAX);
    cr_expect_eq(stats.max_ns, INT64_MAX);
    cr_expect_leq(stats_mean_ns(&stats), INT64_MAX);
    cr_expect_geq(stats_stddev_ns(&stats), 0);
    merge(&twice, &stats);
    merge(&twice, &stats);
    cr_expect_eq(twice.total_ns, INT64_MAX);
    cr_expect_eq(twice.count, 40);
    stats_fini(&stats);
    stats_fini(&twice);
}

Test(stats, merging_parts_in_any_order_equals_adding_all) {
    static struct samples samples;
    for (size_t d = 0; d < distribution_count; d++) {
        struct stats all, left[3], right[3];
        stats_init(&all);
        samples_draw(&samples, &distributions[d], 1000);
        add_samples(&all, &samples, 0, 1);
        for (size_t part = 0; part < 3; part++) {
            stats_init(&left[part]);
            stats_init(&right[part]);
            add_samples(&left[part], &samples, part, 3);
            add_samples(&right[part], &samples, part, 3);
        }
        merge(&left[0], &left[1]);
        merge(&left[0], &left[2]);
        merge(&right[2], &right[1]);
        merge(&right[0], &right[2]);
        expect_same(&left[0], &all, distributions[d].name);
        expect_same(&right[0], &all, distributions[d].name);
        for (size_t part = 0; part < 3; part++) {
            stats_fini(&left[part]);
            stats_fini(&right[part]);
        }
        stats_fini(&all);
    }
}

Test(stats, an_empty_part_changes_nothing) {
    struct stats stats, empty;
    stats_init(&stats);
    stats_init(&empty);
    add(&stats, 5);
    merge(&stats, &empty);
    cr_expect_eq(stats.min_ns, 5);
    merge(&empty, &stats);
    expect_same(&empty, &stats, "into empty");
    stats_fini(&stats);
    stats_fini(&empty);
}
