#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/durations.h"
#include "base/limits.h"
#include "seeded.h"

static void expect_equal(const struct stats *got, const struct stats *wanted) {
    cr_expect_eq(got->count, wanted->count);
    cr_expect_eq(got->total_ns, wanted->total_ns);
    cr_expect_eq(got->min_ns, wanted->min_ns);
    cr_expect_eq(got->max_ns, wanted->max_ns);
    cr_expect(got->squares == wanted->squares);
    cr_expect_eq(got->hist.count, wanted->hist.count);
    cr_assert_eq(got->hist.used, wanted->hist.used);
    for (uint32_t i = 0; i < got->hist.used; i++) {
        cr_expect_eq(got->hist.buckets[i].index, wanted->hist.buckets[i].index);
        cr_expect_eq(got->hist.buckets[i].count, wanted->hist.buckets[i].count);
    }
}

/* As one by one into struct stats, whatever way they come and however many arrays there are. */
static void expect_stats(struct durations *durations, uint32_t number, const struct stats *wanted) {
    struct stats got = {0};
    struct error error;
    cr_assert_eq(durations_stats(durations, number, &got, &error), STATUS_OK);
    expect_equal(&got, wanted);
    stats_fini(&got);
}

enum { NUMBERS = 7, COUNT = 4000 };

static void add_all(struct durations *durations, const int64_t *ns, const uint32_t *numbers) {
    struct error error;
    for (uint32_t i = 0; (i = durations_add(durations, ns, numbers, i, COUNT)) < COUNT; i++) {
        cr_assert_eq(durations_know(durations, numbers[i], &error), STATUS_OK);
        cr_assert_eq(durations_add_one(durations, numbers[i], ns[i], &error), STATUS_OK);
    }
}

Test(durations, are_those_of_stats) {
    static int64_t ns[COUNT];
    static uint32_t numbers[COUNT];
    struct durations durations = {0}, merged = {0};
    struct stats wanted[NUMBERS] = {{0}}, all = {0};
    struct error error;
    struct seeded seeded = {5};
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = (uint32_t)(seeded_below(&seeded, NUMBERS));
        ns[i] = (int64_t)(seeded_next(&seeded) >> (12 + seeded_below(&seeded, 52)));
        cr_assert_eq(stats_add(&wanted[numbers[i]], ns[i], &error), STATUS_OK);
        cr_assert_eq(stats_add(&all, ns[i], &error), STATUS_OK);
    }
    add_all(&durations, ns, numbers);
    cr_assert_eq(durations_know(&merged, 1, &error), STATUS_OK);
    for (uint32_t number = 0; number < NUMBERS; number++) {
        expect_stats(&durations, number, &wanted[number]);
        cr_assert_eq(durations_merge(&merged, 1, &wanted[number], &error), STATUS_OK);
        stats_fini(&wanted[number]);
    }
    expect_stats(&merged, 1, &all);
    expect_stats(&merged, 0, &(struct stats){0});
    stats_fini(&all);
    durations_fini(&durations);
    durations_fini(&merged);
}

/* Without an array, and with more of a bucket than an array can count. */
Test(durations, beyond_arrays_are_counted_all_the_same) {
    struct durations durations = {0};
    struct stats wanted = {0}, many = {.count = 1, .total_ns = 3, .min_ns = 3, .max_ns = 3, .squares = 9};
    struct error error;
    cr_assert_eq(durations_know(&durations, LIMIT_OCTAVES, &error), STATUS_OK);
    for (uint32_t number = 0; number <= LIMIT_OCTAVES; number++)
        cr_assert_eq(durations_add_one(&durations, number, 300, &error), STATUS_OK);
    cr_expect_eq(durations.octave_count, LIMIT_OCTAVES);
    cr_assert_eq(stats_add(&wanted, 300, &error), STATUS_OK);
    for (uint32_t number = 0; number <= LIMIT_OCTAVES; number++)
        expect_stats(&durations, number, &wanted);
    cr_expect_eq(durations_add(&durations, &(int64_t){300}, &(uint32_t){LIMIT_OCTAVES}, 0, 1), 0);
    durations_fini(&durations);

    many.count = UINT32_MAX;
    cr_assert_eq(hist_add_at(&many.hist, 3, UINT32_MAX, &error), STATUS_OK);
    cr_assert_eq(durations_know(&durations, 0, &error), STATUS_OK);
    cr_assert_eq(durations_merge(&durations, 0, &many, &error), STATUS_OK);
    cr_expect_eq(durations_add(&durations, &(int64_t){3}, &(uint32_t){0}, 0, 1), 0);
    cr_assert_eq(durations_add_one(&durations, 0, 3, &error), STATUS_OK);
    cr_assert_eq(stats_add(&many, 3, &error), STATUS_OK);
    expect_stats(&durations, 0, &many);
    stats_fini(&many);
    stats_fini(&wanted);
    durations_fini(&durations);
}
