#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "made_summary.h"

TestSuite(compare_steps, .timeout = 10);

struct took { /* the times of one kernel in steps of one kind */
    enum phase phase;
    uint32_t requests;
    uint32_t count;
    int64_t us[16];
};

static struct summary *steps(const struct took *kinds, size_t count) {
    struct summary *summary = made_summary_new();
    for (size_t kind = 0; kind < count; kind++)
        for (uint32_t i = 0; i < kinds[kind].count; i++) {
            const uint32_t step = made_summary_step(summary, kinds[kind].phase, kinds[kind].requests, 0);
            made_summary_took(summary, step, "Norm", "norm", 1, kinds[kind].us[i] * 1000);
        }
    return made_summary_finish(summary);
}

static struct diff *compared(const struct summary *base, const struct summary *test, enum compare_per per) {
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, base, test, &(struct compare_options){.per = per}, &error), STATUS_OK);
    return diff;
}

#define STEPS(...) steps((const struct took[]){__VA_ARGS__}, sizeof(struct took[]){__VA_ARGS__} / sizeof(struct took))

/* Means 3 and 6, variances 2.5 and 10: 2.5 of each 5, freedom 2.5^2 / (0.5^2 / 4 + 2^2 / 4) = 5.882, t = 2.45882. */
Test(compare_steps, interval_is_welchs) {
    struct summary *base = STEPS({PHASE_NONE, 0, 5, {1, 2, 3, 4, 5}});
    struct summary *test = STEPS({PHASE_NONE, 0, 5, {2, 4, 6, 8, 10}});
    static const struct {
        enum compare_per per;
        int64_t times; /* a total is five means */
    } ways[] = {{COMPARE_PER_STEP, 1}, {COMPARE_PER_TOTAL, 5}};
    for (int i = 0; i < 2; i++) {
        struct diff *diff = compared(base, test, ways[i].per);
        const struct interval *interval = &diff->operations[0].interval;
        cr_expect_eq(diff->total.gap_ns, 3000 * ways[i].times);
        cr_assert(interval->known);
        cr_expect_float_eq((double)interval->low_ns, (3000 - 3887.742) * (double)ways[i].times, 1);
        cr_expect_float_eq((double)interval->high_ns, (3000 + 3887.742) * (double)ways[i].times, 1);
        cr_expect_eq(diff->total_interval.low_ns, interval->low_ns);
        cr_expect_eq(diff->kernels[0].interval.high_ns, interval->high_ns);
        cr_expect_eq(diff->operations[0].status, DIFF_SIMILAR, "the interval contains 0");
        cr_expect_float_eq((double)diff->step_interval.high_ns, 3000 + 3887.742, 1);
        diff_free(diff);
    }
    summary_free(base);
    summary_free(test);
}

Test(compare_steps, less_than_five_steps_have_no_interval) {
    struct summary *base = STEPS({PHASE_NONE, 0, 4, {100, 102, 98, 100}});
    struct summary *test = STEPS({PHASE_NONE, 0, 6, {200, 202, 198, 200, 201, 199}});
    struct diff *diff = compared(base, test, COMPARE_PER_AUTO);
    cr_expect_not(diff->operations[0].interval.known);
    cr_expect_eq(diff->operations[0].status, DIFF_SLOWER, "100 us is above the floors");
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare_steps, equal_steps_leave_no_doubt) {
    struct summary *base = STEPS({PHASE_NONE, 0, 5, {10, 10, 10, 10, 10}});
    struct summary *test = STEPS({PHASE_NONE, 0, 5, {11, 11, 11, 11, 11}});
    struct diff *diff = compared(base, test, COMPARE_PER_AUTO), *self = compared(base, base, COMPARE_PER_AUTO);
    cr_expect(diff->operations[0].interval.known);
    cr_expect(diff->operations[0].interval.low_ns == 5000 && diff->operations[0].interval.high_ns == 5000);
    cr_expect_eq(diff->operations[0].status, DIFF_SLOWER);
    cr_expect_eq(self->operations[0].status, DIFF_SIMILAR);
    diff_free(diff);
    diff_free(self);
    summary_free(base);
    summary_free(test);
}

Test(compare_steps, another_mix_of_phases_is_no_gap) {
    struct summary *base =
        STEPS({PHASE_PREFILL, 0, 5, {1000, 1000, 1000, 1000, 1000}}, {PHASE_DECODE, 0, 5, {100, 100, 100, 100, 100}});
    struct summary *test =
        STEPS({PHASE_PREFILL, 0, 2, {1000, 1000}}, {PHASE_DECODE, 0, 8, {100, 100, 100, 100, 100, 100, 100, 100}});
    struct diff *diff = compared(base, test, COMPARE_PER_STEP);
    cr_expect_eq(diff->total.gap_ns, 0);
    cr_expect_eq(diff->span.gap_ns, 0);
    cr_expect_eq(diff->total.base_ns, (7 * 1000000 + 13 * 100000) / 20);
    cr_expect_eq(diff->operations[0].gap_count_ns, 0);
    cr_expect_eq(diff->stratum_count, 2);
    for (uint32_t i = 0; i < diff->phase_count; i++)
        cr_expect_eq(diff->phases[i].amount.gap_ns, 0);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare_steps, kinds_that_one_side_has_are_left_out) {
    struct summary *base = STEPS({PHASE_PREFILL, 0, 1, {1000}}, {PHASE_DECODE, 0, 5, {100, 100, 100, 100, 100}});
    struct summary *test = STEPS({PHASE_DECODE, 0, 6, {100, 100, 100, 100, 100, 100}});
    struct diff *diff = compared(base, test, COMPARE_PER_STEP);
    cr_expect_eq(diff->total.base_ns, 100000);
    cr_expect_eq(diff->total.gap_ns, 0);
    cr_expect_eq(diff->base_steps.unmatched, 1);
    cr_expect_eq(diff->base_steps.used, 5);
    cr_expect_eq(diff->test_steps.unmatched, 0);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare_steps, nothing_in_common_compares_all) {
    struct summary *base = STEPS({PHASE_PREFILL, 0, 2, {1000, 1000}});
    struct summary *test = STEPS({PHASE_DECODE, 0, 3, {100, 100, 100}});
    struct diff *diff = compared(base, test, COMPARE_PER_STEP);
    cr_expect_eq(diff->stratum_count, 1);
    cr_expect_not(diff->strata[0].by_phase);
    cr_expect_eq(diff->total.base_ns, 1000000);
    cr_expect_eq(diff->total.test_ns, 100000);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

/* Batches of 8 take 100 us and batches of 64 take 400 us; both sides have both, in another mix. */
Test(compare_steps, batches_are_matched_where_both_sides_have_several) {
    struct summary *base =
        STEPS({PHASE_DECODE, 8, 6, {100, 100, 100, 100, 100, 100}}, {PHASE_DECODE, 64, 2, {400, 400}});
    struct summary *test =
        STEPS({PHASE_DECODE, 8, 2, {100, 100}}, {PHASE_DECODE, 64, 6, {400, 400, 400, 400, 400, 400}});
    struct summary *near =
        STEPS({PHASE_DECODE, 9, 2, {100, 100}}, {PHASE_DECODE, 65, 6, {400, 400, 400, 400, 400, 400}});
    struct diff *diff = compared(base, test, COMPARE_PER_STEP), *coarse = compared(base, near, COMPARE_PER_STEP);
    cr_expect_eq(diff->total.gap_ns, 0);
    cr_expect_eq(diff->stratum_count, 2);
    cr_expect(diff->strata[1].by_size && diff->strata[1].least_requests == 64 && diff->strata[1].most_requests == 64);
    cr_expect_eq(coarse->total.gap_ns, 0);
    cr_expect(coarse->strata[0].least_requests == 8 && coarse->strata[0].most_requests == 15);
    diff_free(diff);
    diff_free(coarse);
    summary_free(base);
    summary_free(test);
    summary_free(near);
}

Test(compare_steps, steps_left_out_are_in_no_row) {
    struct summary *base = STEPS({PHASE_DECODE, 0, 6, {900, 100, 100, 100, 100, 20}});
    struct summary *test = STEPS({PHASE_DECODE, 0, 4, {100, 100, 100, 100}});
    base->steps[0].use = STEP_WARM_UP;
    base->steps[5].use = STEP_CLIPPED;
    struct diff *diff = compared(base, test, COMPARE_PER_AUTO), *total = compared(base, test, COMPARE_PER_TOTAL);
    cr_expect(diff->per_step);
    cr_expect_eq(diff->total.base_ns, 100000);
    cr_expect_eq(diff->kernels[0].amount.base_ns, 100000);
    cr_expect_eq(diff->span.base_ns, 100000);
    cr_expect(diff->base_steps.warm_up == 1 && diff->base_steps.clipped == 1 && diff->base_steps.used == 4);
    cr_expect_eq(total->total.base_ns, 1320000, "totals hold everything");
    cr_expect_eq(total->step.base_ns, 100000);
    diff_free(diff);
    diff_free(total);
    summary_free(base);
    summary_free(test);
}

/* The one prefill step takes the relative spread of the decode steps; 22 degrees of freedom, t = 2.072. */
Test(compare_steps, a_single_step_takes_the_spread_of_others) {
    static const struct took kinds[2] = {{PHASE_PREFILL, 0, 1, {1000}},
                                         {PHASE_DECODE, 0, 6, {99, 101, 99, 101, 99, 101}}};
    struct summary *base = steps(kinds, 2), *test = steps(kinds, 2), *alone = steps(kinds, 1);
    struct diff *diff = compared(base, test, COMPARE_PER_STEP), *single = compared(alone, alone, COMPARE_PER_STEP);
    const struct interval *interval = &diff->operations[0].interval;
    cr_assert(interval->known);
    const double cv = 1.2 / 10000; /* squared: the sample variance of 99 and 101 by 100^2 */
    const double prefill = 1e12 * cv / 49, decode = 36.0 / 49 * 1e10 * cv / 6;
    const double variance = 2 * (prefill + decode);
    cr_expect_float_eq((double)interval->high_ns, 2.072 * sqrt(variance), 0.002 * sqrt(variance), "%lld",
                       (long long)interval->high_ns);
    cr_expect_not(single->operations[0].interval.known);
    diff_free(diff);
    diff_free(single);
    summary_free(base);
    summary_free(test);
    summary_free(alone);
}

Test(compare_steps, the_floors_can_be_set) {
    struct summary *base = STEPS({PHASE_NONE, 0, 1, {1000}}), *test = STEPS({PHASE_NONE, 0, 1, {1030}});
    static const struct {
        const char *share, *time;
        enum diff_status status;
    } cases[] = {
        {"1%", "50us", DIFF_SIMILAR}, {"1%", "29us", DIFF_SLOWER},  {"2.9%", "1ns", DIFF_SLOWER},
        {"3%", "1ns", DIFF_SIMILAR},  {"0%", "30us", DIFF_SIMILAR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct compare_options options = {.per = COMPARE_PER_AUTO};
        size_t at;
        cr_assert_null(threshold_parse(&options.similar_share, text_from(cases[i].share), &at));
        cr_assert_null(threshold_parse(&options.similar_time, text_from(cases[i].time), &at));
        struct error error = {0};
        struct diff *diff;
        cr_assert_eq(compare_new(&diff, base, test, &options, &error), STATUS_OK);
        cr_expect_eq(diff->operations[0].status, cases[i].status, "case %zu", i);
        diff_free(diff);
    }
    summary_free(base);
    summary_free(test);
}
