#include <criterion/criterion.h>

#include "base/hist.h"
#include "samples_of.h"

TestSuite(hist, .timeout = 20);

static const size_t counts[] = {1, 2, 3, 10, 99, 100, 101, SAMPLES_MAX};
enum { COUNTS = sizeof counts / sizeof *counts };

static void add_samples(struct hist *hist, const struct samples *samples, size_t first, size_t step) {
    struct error error = {0};
    for (size_t i = first; i < samples->count; i += step)
        cr_assert_eq(hist_add(hist, samples->values[i], 1, &error), STATUS_OK);
}

static bool within_one_percent(uint64_t value, uint64_t wanted) {
    const uint64_t difference = value > wanted ? value - wanted : wanted - value;
    return difference <= wanted / 100;
}

static void expect_same(const struct hist *a, const struct hist *b, const char *name) {
    cr_expect_eq(a->count, b->count, "case %s", name);
    cr_expect_eq(a->used, b->used, "case %s", name);
    for (unsigned percent = 0; percent <= 100; percent++)
        cr_expect_eq(hist_percentile(a, percent), hist_percentile(b, percent), "case %s", name);
}

Test(hist, percentiles_are_within_one_percent_of_the_nearest_rank) {
    static struct samples samples;
    for (size_t d = 0; d < distribution_count; d++) {
        for (size_t c = 0; c < COUNTS; c++) {
            struct hist hist;
            hist_init(&hist);
            samples_draw(&samples, &distributions[d], counts[c]);
            add_samples(&hist, &samples, 0, 1);
            cr_expect_eq(hist.count, counts[c]);
            for (unsigned percent = 0; percent <= 100; percent++)
                cr_expect(within_one_percent(hist_percentile(&hist, percent), samples_nearest_rank(&samples, percent)),
                          "case %s, %zu values, %u %%", distributions[d].name, counts[c], percent);
            hist_fini(&hist);
        }
    }
}

Test(hist, small_values_are_exact) {
    struct hist hist;
    struct error error = {0};
    hist_init(&hist);
    for (uint64_t value = 0; value < 100; value++)
        cr_assert_eq(hist_add(&hist, value, 1, &error), STATUS_OK);
    for (unsigned percent = 1; percent <= 100; percent++)
        cr_expect_eq(hist_percentile(&hist, percent), percent - 1);
    hist_fini(&hist);
}

Test(hist, percentiles_never_fall_with_the_percent) {
    static struct samples samples;
    for (size_t d = 0; d < distribution_count; d++) {
        struct hist hist;
        hist_init(&hist);
        samples_draw(&samples, &distributions[d], 1000);
        add_samples(&hist, &samples, 0, 1);
        for (unsigned percent = 1; percent <= 100; percent++)
            cr_expect_geq(hist_percentile(&hist, percent), hist_percentile(&hist, percent - 1));
        hist_fini(&hist);
    }
}

Test(hist, the_widest_values_have_buckets_of_their_own) {
    static const uint64_t values[] = {UINT64_MAX, UINT64_C(1) << 63, INT64_MAX, UINT64_C(1) << 62, 1};
    struct error error = {0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct hist hist;
        hist_init(&hist);
        cr_assert_eq(hist_add(&hist, values[i], 1, &error), STATUS_OK);
        cr_expect(within_one_percent(hist_percentile(&hist, 50), values[i]), "case %zu", i);
        hist_fini(&hist);
    }
}

Test(hist, a_value_added_many_times_weighs_as_much) {
    struct hist hist;
    struct error error = {0};
    hist_init(&hist);
    cr_expect_eq(hist_percentile(&hist, 50), 0, "empty");
    cr_assert_eq(hist_add(&hist, 5, UINT64_C(1) << 60, &error), STATUS_OK);
    cr_assert_eq(hist_add(&hist, 9, (UINT64_C(1) << 60) + 1, &error), STATUS_OK);
    cr_expect_eq(hist.count, (UINT64_C(1) << 61) + 1);
    cr_expect_eq(hist_percentile(&hist, 49), 5);
    cr_expect_eq(hist_percentile(&hist, 50), 9);
    cr_expect_eq(hist_percentile(&hist, 100), 9);
    hist_fini(&hist);
}

Test(hist, merging_parts_in_any_order_equals_adding_all) {
    static struct samples samples;
    struct error error = {0};
    for (size_t d = 0; d < distribution_count; d++) {
        struct hist all, left[3], right[3];
        hist_init(&all);
        samples_draw(&samples, &distributions[d], 1000);
        add_samples(&all, &samples, 0, 1);
        for (size_t part = 0; part < 3; part++) {
            hist_init(&left[part]);
            hist_init(&right[part]);
            add_samples(&left[part], &samples, part, 3);
            add_samples(&right[part], &samples, part, 3);
        }
        cr_assert_eq(hist_merge(&left[0], &left[1], &error), STATUS_OK);
        cr_assert_eq(hist_merge(&left[0], &left[2], &error), STATUS_OK);
        cr_assert_eq(hist_merge(&right[2], &right[1], &error), STATUS_OK);
        cr_assert_eq(hist_merge(&right[0], &right[2], &error), STATUS_OK);
        expect_same(&left[0], &all, distributions[d].name);
        expect_same(&right[0], &all, distributions[d].name);
        for (size_t part = 0; part < 3; part++) {
            hist_fini(&left[part]);
            hist_fini(&right[part]);
        }
        hist_fini(&all);
    }
}
