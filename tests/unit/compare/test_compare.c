#include <criterion/criterion.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/side.h"
#include "made_summary.h"

TestSuite(compare, .timeout = 30);

static struct diff *compared(const struct summary *base, const struct summary *test, enum compare_per per) {
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, base, test, &(struct compare_options){.per = per}, &error), STATUS_OK, "%s",
                 error.cause[0].text);
    return diff;
}

static const struct diff_operation *operation(const struct diff *diff, const char *name) {
    const struct diff_operation *found = compare_find_operation(diff, text_from(name));
    cr_assert_not_null(found, "operation %s", name);
    return found;
}

static void run(struct summary *summary, const char *operation_name, const char *kernel, enum phase phase,
                uint64_t count, int64_t total_ns) {
    made_summary_run(summary, (struct made_work){operation_name, kernel, EVENT_KERNEL, phase, count, total_ns, 0, 0});
}

static void expect_amount(const char *what, struct amount amount, int64_t base_ns, int64_t test_ns) {
    cr_expect_eq(amount.base_ns, base_ns, "%s: base %lld", what, (long long)amount.base_ns);
    cr_expect_eq(amount.test_ns, test_ns, "%s: test %lld", what, (long long)amount.test_ns);
    cr_expect_eq(amount.gap_ns, test_ns - base_ns, "%s: gap %lld", what, (long long)amount.gap_ns);
}

Test(compare, joins_operations_by_name_and_orders_by_gap) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    run(base, "Gone", "g", PHASE_NONE, 1, 300000);
    run(base, "Same", "s", PHASE_NONE, 1, 9000000);
    run(base, "Tie B", "b", PHASE_NONE, 1, 100000);
    run(base, "Tie A", "a", PHASE_NONE, 1, 200000);
    run(test, "Tie A", "a", PHASE_NONE, 1, 100000);
    run(test, "Tie B", "b", PHASE_NONE, 1, 200000);
    run(test, "Same", "s", PHASE_NONE, 1, 9000000);
    run(test, "New", "n", PHASE_NONE, 1, 400000);
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);

    static const struct {
        const char *name;
        enum diff_status status;
        int64_t base_ns, test_ns;
    } rows[] = {
        {"New", DIFF_TEST_ONLY, 0, 400000},       {"Gone", DIFF_BASE_ONLY, 300000, 0},
        {"Tie A", DIFF_FASTER, 200000, 100000},   {"Tie B", DIFF_SLOWER, 100000, 200000},
        {"Same", DIFF_SIMILAR, 9000000, 9000000},
    };
    cr_assert_eq(diff->operation_count, 5);
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        cr_expect(text_equal(row->name, text_from(rows[i].name)), "case %s", rows[i].name);
        cr_expect_eq(row->status, rows[i].status, "case %s", rows[i].name);
        cr_expect_eq(row->base == NULL, rows[i].status == DIFF_TEST_ONLY, "case %s", rows[i].name);
        cr_expect_eq(row->test == NULL, rows[i].status == DIFF_BASE_ONLY, "case %s", rows[i].name);
        expect_amount(rows[i].name, row->amount, rows[i].base_ns, rows[i].test_ns);
    }
    expect_amount("total", diff->total, 9600000, 9700000);
    cr_expect_float_eq(operation(diff, "New")->share_of_gap, 4.0, 1e-12);
    cr_expect_float_eq(operation(diff, "Gone")->share_of_gap, -3.0, 1e-12);
    cr_expect_not(diff->per_step);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare, joins_kernels_by_name_and_kind) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    struct made_work work = {"Copy", "twin", EVENT_KERNEL, PHASE_NONE, 1, 1000, 0, 0};
    made_summary_run(base, work);
    work.kind = EVENT_MEMCPY;
    made_summary_run(base, work);
    work.total_ns = 5000;
    made_summary_run(test, work);
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);
    cr_assert_eq(diff->kernel_count, 2);
    cr_expect_eq(diff->kernels[0].base->kind, EVENT_MEMCPY);
    cr_expect_eq(diff->kernels[0].test->kind, EVENT_MEMCPY);
    expect_amount("memcpy", diff->kernels[0].amount, 1000, 5000);
    cr_expect_eq(diff->kernels[1].base->kind, EVENT_KERNEL);
    cr_expect_eq(diff->kernels[1].status, DIFF_BASE_ONLY);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

static const struct {
    const char *name;
    int64_t base_ns, test_ns;
    enum diff_status status, swapped;
} statuses[] = {
    {"equal", 1000000, 1000000, DIFF_SIMILAR, DIFF_SIMILAR},
    {"50 us", 1000000, 1050000, DIFF_SIMILAR, DIFF_SIMILAR},
    {"above 50 us", 1000000, 1050001, DIFF_SLOWER, DIFF_FASTER},
    {"1 %", 100000000, 101000000, DIFF_SIMILAR, DIFF_SIMILAR},
    {"above 1 %", 100000000, 101000001, DIFF_SLOWER, DIFF_FASTER},
    {"wide but short", 10, 50000, DIFF_SIMILAR, DIFF_SIMILAR},
    {"from nothing", 0, 50001, DIFF_SLOWER, DIFF_FASTER},
    {"largest", 0, SIDE_CEILING_NS, DIFF_SLOWER, DIFF_FASTER},
};

Test(compare, a_gap_counts_when_wider_than_both_limits) {
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        struct summary *base = made_summary_new(), *test = made_summary_new();
        run(base, "Norm", "n", PHASE_NONE, 1, statuses[i].base_ns);
        run(test, "Norm", "n", PHASE_NONE, 1, statuses[i].test_ns);
        struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);
        struct diff *swapped = compared(test, base, COMPARE_PER_AUTO);
        cr_expect_eq(diff->operations[0].status, statuses[i].status, "case %s", statuses[i].name);
        cr_expect_eq(diff->kernels[0].status, statuses[i].status, "case %s", statuses[i].name);
        cr_expect_eq(swapped->operations[0].status, statuses[i].swapped, "case %s swapped", statuses[i].name);
        diff_free(diff);
        diff_free(swapped);
        summary_free(base);
        summary_free(test);
    }
}

struct runs {
    uint64_t count;
    int64_t ns;
};

static const struct {
    const char *name;
    struct runs base[2], test[2]; /* of two kernels */
    int64_t count_ns, speed_ns;
} causes[] = {
    {"slower launches", {{10, 1000}}, {{10, 1500}}, 0, 500},
    {"more launches", {{10, 1000}}, {{15, 1500}}, 500, 0},
    {"both", {{10, 1000}}, {{20, 4000}}, 2000, 1000},
    {"more but faster", {{10, 1000}}, {{20, 1000}}, 500, -500},
    {"fewer but slower", {{20, 1000}}, {{10, 1000}}, -500, 500},
    {"many more, each shorter", {{1, 100}}, {{1000, 1000}}, 999, -99},
    {"half up", {{1, 1}}, {{2, 3}}, 2, 0},
    {"half down", {{2, 3}}, {{1, 1}}, -2, 0},
    {"only base", {{10, 1000}}, {{0, 0}}, -1000, 0},
    {"only test", {{0, 0}}, {{10, 1000}}, 1000, 0},
    {"another kernel", {{10, 1000}}, {{0, 0}, {10, 700}}, 0, -300},
    {"another kernel for some", {{10, 1000}}, {{6, 600}, {4, 800}}, 0, 400},
    {"two for each", {{10, 1000}}, {{0, 0}, {20, 1200}}, 600, -400},
    {"an added kernel", {{10, 1000}}, {{10, 1000}, {10, 300}}, 300, 0},
    {"a long one more, a short one as often", {{100, 100}, {1, 500}}, {{100, 100}, {3, 1500}}, 1000, 0},
    {"beyond the ceiling", {{1, SIDE_CEILING_NS}}, {{UINT64_C(1) << 40, 1}}, 1, -SIDE_CEILING_NS},
};

static struct summary *with_norms(const struct runs runs[2]) {
    struct summary *summary = made_summary_new();
    for (unsigned i = 0; i < 2; i++)
        if (i == 0 || runs[i].count > 0)
            run(summary, "Norm", i == 0 ? "n" : "m", PHASE_NONE, runs[i].count, runs[i].ns);
    return made_summary_finish(summary);
}

Test(compare, splits_a_gap_into_count_and_speed) {
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        struct summary *base = with_norms(causes[i].base), *test = with_norms(causes[i].test);
        struct diff *diff = compared(base, test, COMPARE_PER_AUTO);
        cr_expect_eq(diff->operations[0].gap_count_ns, causes[i].count_ns, "case %s: count", causes[i].name);
        cr_expect_eq(diff->operations[0].gap_speed_ns, causes[i].speed_ns, "case %s: speed", causes[i].name);
        diff_free(diff);
        summary_free(base);
        summary_free(test);
    }
}

Test(compare, per_step_amounts_are_means_of_what_lies_inside_steps) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    made_summary_run(base, (struct made_work){"Norm", "n", EVENT_KERNEL, PHASE_DECODE, 9, 900, 8, 800});
    made_summary_run(test, (struct made_work){"Norm", "n", EVENT_KERNEL, PHASE_DECODE, 50, 9000, 6, 1800});
    made_summary_steps(base, "step", 4);
    made_summary_steps(test, "step", 2);
    made_summary_device(base, (struct timeline_row){.span_ns = 4000, .busy_ns = 900, .compute_ns = 900});
    made_summary_device(test, (struct timeline_row){.span_ns = 9500, .busy_ns = 9000, .compute_ns = 9000});
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);
    cr_expect(diff->per_step);
    expect_amount("total", diff->total, 200, 900);
    expect_amount("operation", diff->operations[0].amount, 200, 900);
    expect_amount("operation's phase", diff->operations[0].phases[0].amount, 200, 900);
    expect_amount("kernel", diff->kernels[0].amount, 200, 900);
    expect_amount("phase", diff->phases[0].amount, 200, 900);
    expect_amount("span", diff->span, 1000, 4750);
    expect_amount("compute", diff->compute, 225, 4500);
    expect_amount("idle", diff->idle, 775, 250);
    /* 2 launches of 100 ns a step became 3 of 300 ns. */
    cr_expect_eq(diff->operations[0].gap_count_ns, 300);
    cr_expect_eq(diff->operations[0].gap_speed_ns, 400);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare, per_step_rounds_running_sums_half_up) {
    struct summary *side = made_summary_new();
    made_summary_run(side, (struct made_work){"C", "c", EVENT_KERNEL, PHASE_NONE, 1, 3, 1, 1});
    made_summary_run(side, (struct made_work){"B", "b", EVENT_KERNEL, PHASE_NONE, 1, 4, 1, 1});
    made_summary_run(side, (struct made_work){"A", "a", EVENT_KERNEL, PHASE_NONE, 1, 5, 1, 1});
    made_summary_steps(side, "step", 2);
    struct diff *diff = compared(made_summary_finish(side), side, COMPARE_PER_STEP);
    expect_amount("total, 1.5", diff->total, 2, 2);
    expect_amount("A, up to 0.5", operation(diff, "A")->amount, 1, 1);
    expect_amount("B, up to 1", operation(diff, "B")->amount, 0, 0);
    expect_amount("C, up to 1.5", operation(diff, "C")->amount, 1, 1);
    diff_free(diff);
    summary_free(side);
}

static const struct {
    uint32_t base_steps, test_steps;
    enum compare_per per;
    enum status status;
    bool per_step;
} modes[] = {
    {0, 0, COMPARE_PER_AUTO, STATUS_OK, false},    {5, 5, COMPARE_PER_AUTO, STATUS_OK, false},
    {5, 6, COMPARE_PER_AUTO, STATUS_OK, true},     {0, 6, COMPARE_PER_AUTO, STATUS_OK, false},
    {5, 0, COMPARE_PER_AUTO, STATUS_OK, false},    {5, 6, COMPARE_PER_TOTAL, STATUS_OK, false},
    {5, 5, COMPARE_PER_STEP, STATUS_OK, true},     {5, 6, COMPARE_PER_STEP, STATUS_OK, true},
    {0, 6, COMPARE_PER_STEP, STATUS_USAGE, false}, {5, 0, COMPARE_PER_STEP, STATUS_USAGE, false},
};

Test(compare, chooses_what_amounts_are_means_of) {
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct summary *base = made_summary_new(), *test = made_summary_new();
        made_summary_steps(base, "step", modes[i].base_steps);
        made_summary_steps(test, "step", modes[i].test_steps);
        struct error error = {0};
        struct diff *diff;
        cr_expect_eq(compare_new(&diff, base, test, &(struct compare_options){.per = modes[i].per}, &error),
                     modes[i].status, "case %zu", i);
        cr_expect_eq(diff != NULL, modes[i].status == STATUS_OK, "case %zu", i);
        if (diff)
            cr_expect_eq(diff->per_step, modes[i].per_step, "case %zu", i);
        diff_free(diff);
        summary_free(base);
        summary_free(test);
    }
}

Test(compare, the_parts_of_the_span_are_summed_over_devices) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    const struct timeline_row row = {.span_ns = 100,
                                     .busy_ns = 70,
                                     .compute_ns = 40,
                                     .comm_ns = 50,
                                     .exposed_comm_ns = 20,
                                     .copy_ns = 30,
                                     .exposed_copy_ns = 10};
    made_summary_device(base, row);
    made_summary_device(test, row);
    made_summary_device(test, row);
    struct diff *diff = compared(base, test, COMPARE_PER_AUTO);
    expect_amount("span", diff->span, 100, 200);
    expect_amount("compute", diff->compute, 40, 80);
    expect_amount("exposed communication", diff->exposed_comm, 20, 40);
    expect_amount("exposed copy", diff->exposed_copy, 10, 20);
    expect_amount("idle", diff->idle, 30, 60);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare, spans_beyond_the_ceiling_still_add_up) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    const struct timeline_row row = {.span_ns = INT64_MAX, .busy_ns = 6000, .compute_ns = 6000};
    for (unsigned i = 0; i < 3; i++)
        made_summary_device(test, row);
    struct diff *diff = compared(base, test, COMPARE_PER_AUTO);
    expect_amount("span", diff->span, 0, SIDE_CEILING_NS);
    expect_amount("compute", diff->compute, 0, 18000);
    expect_amount("idle", diff->idle, 0, SIDE_CEILING_NS - 18000);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare, phases_are_those_a_side_has_largest_first) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    run(base, "Norm", "n", PHASE_PREFILL, 1, 500);
    run(base, "Norm", "n", PHASE_NONE, 1, 100);
    run(test, "Norm", "n", PHASE_DECODE, 1, 900);
    run(test, "Norm", "n", PHASE_NONE, 1, 500);
    run(test, "GEMM", "g", PHASE_MIXED, 1, 50);
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);
    static const struct diff_phase expected[] = {
        {PHASE_DECODE, {0, 900, 900}},
        {PHASE_NONE, {100, 500, 400}},
        {PHASE_PREFILL, {500, 0, -500}},
        {PHASE_MIXED, {0, 50, 50}},
    };
    const struct diff_operation *norm = operation(diff, "Norm");
    cr_assert_eq(diff->phase_count, 4);
    cr_assert_eq(norm->phase_count, 3);
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_eq(diff->phases[i].phase, expected[i].phase, "phase %u", i);
        expect_amount("phase", diff->phases[i].amount, expected[i].amount.base_ns, expected[i].amount.test_ns);
    }
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect_eq(norm->phases[i].phase, expected[i].phase, "phase %u of the operation", i);
        expect_amount("phase of the operation", norm->phases[i].amount, expected[i].amount.base_ns,
                      expected[i].amount.test_ns);
    }
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(compare, a_kernel_belongs_to_the_operation_test_gives_it) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    run(base, "Old", "moved", PHASE_NONE, 1, 1000);
    run(base, "Old", "stays", PHASE_NONE, 1, 1000);
    run(test, "New", "moved", PHASE_NONE, 1, 1001);
    run(test, "New", "added", PHASE_NONE, 1, 7000);
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test), COMPARE_PER_AUTO);
    const struct diff_operation *old = operation(diff, "Old"), *new = operation(diff, "New");
    cr_assert_eq(old->kernel_count, 1);
    cr_expect(text_equal(diff->kernels[old->kernels[0]].name, TEXT("stays")));
    cr_assert_eq(new->kernel_count, 2);
    cr_expect(text_equal(diff->kernels[new->kernels[0]].name, TEXT("added")));
    cr_expect(text_equal(diff->kernels[new->kernels[1]].name, TEXT("moved")));
    cr_expect(text_equal(diff->kernels[new->kernels[1]].operation, TEXT("New")));
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

static void add(struct amount *sum, struct amount amount) {
    sum->base_ns += amount.base_ns;
    sum->test_ns += amount.test_ns;
    sum->gap_ns += amount.gap_ns;
}

static struct amount sum_phases(const struct diff_phase *phases, uint32_t count) {
    struct amount sum = {0};
    for (uint32_t i = 0; i < count; i++)
        add(&sum, phases[i].amount);
    return sum;
}

static void expect_same(const char *what, struct amount sum, struct amount total) {
    expect_amount(what, sum, total.base_ns, total.test_ns);
    cr_expect_eq(total.gap_ns, total.test_ns - total.base_ns, "%s", what);
}

static void expect_sums(const struct diff *diff) {
    struct amount operations = {0}, kernels = {0};
    unsigned *listed = calloc(diff->kernel_count + (size_t)1, sizeof *listed);
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        add(&operations, row->amount);
        expect_same("phases of an operation", sum_phases(row->phases, row->phase_count), row->amount);
        cr_expect_eq(row->gap_count_ns + row->gap_speed_ns, row->amount.gap_ns);
        struct amount own = {0};
        for (uint32_t k = 0; k < row->kernel_count; k++) {
            listed[row->kernels[k]]++;
            add(&own, diff->kernels[row->kernels[k]].amount);
        }
        expect_same("kernels of an operation", own, row->amount);
    }
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        add(&kernels, diff->kernels[i].amount);
        cr_expect_eq(listed[i], 1);
    }
    free(listed);
    expect_same("operations", operations, diff->total);
    expect_same("kernels", kernels, diff->total);
    expect_same("phases", sum_phases(diff->phases, diff->phase_count), diff->total);
    cr_expect_eq(diff->compute.gap_ns + diff->exposed_comm.gap_ns + diff->exposed_copy.gap_ns + diff->idle.gap_ns,
                 diff->span.gap_ns);
}

static void expect_nothing_changed(const struct diff *diff) {
    expect_amount("total", diff->total, diff->total.base_ns, diff->total.base_ns);
    expect_amount("span", diff->span, diff->span.base_ns, diff->span.base_ns);
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        cr_expect(row->amount.gap_ns == 0 && row->gap_count_ns == 0 && row->gap_speed_ns == 0);
        cr_expect(row->status == DIFF_SIMILAR && row->share_of_gap == 0);
    }
    for (uint32_t i = 0; i < diff->kernel_count; i++)
        cr_expect(diff->kernels[i].amount.gap_ns == 0 && diff->kernels[i].status == DIFF_SIMILAR);
    for (uint32_t i = 0; i < diff->phase_count; i++)
        cr_expect_eq(diff->phases[i].amount.gap_ns, 0);
}

static enum diff_status swapped_status(enum diff_status status) {
    static const enum diff_status swapped[] = {
        [DIFF_SLOWER] = DIFF_FASTER,       [DIFF_FASTER] = DIFF_SLOWER,       [DIFF_SIMILAR] = DIFF_SIMILAR,
        [DIFF_BASE_ONLY] = DIFF_TEST_ONLY, [DIFF_TEST_ONLY] = DIFF_BASE_ONLY,
    };
    return swapped[status];
}

static void expect_swapped(const struct diff *diff, const struct diff *swapped) {
    expect_amount("total", swapped->total, diff->total.test_ns, diff->total.base_ns);
    expect_amount("idle", swapped->idle, diff->idle.test_ns, diff->idle.base_ns);
    cr_assert_eq(diff->operation_count, swapped->operation_count);
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *a = &diff->operations[i], *b = &swapped->operations[i];
        cr_expect(text_equal(a->name, b->name));
        cr_expect_eq(a->gap_count_ns, -b->gap_count_ns);
        cr_expect_eq(a->gap_speed_ns, -b->gap_speed_ns);
        cr_expect_eq(swapped_status(a->status), b->status);
        expect_amount("operation", b->amount, a->amount.test_ns, a->amount.base_ns);
    }
    cr_assert_eq(diff->kernel_count, swapped->kernel_count);
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *a = &diff->kernels[i], *b = &swapped->kernels[i];
        cr_expect(text_equal(a->name, b->name));
        cr_expect_eq(swapped_status(a->status), b->status);
        expect_amount("kernel", b->amount, a->amount.test_ns, a->amount.base_ns);
    }
    for (uint32_t i = 0; i < diff->phase_count; i++)
        expect_amount("phase", swapped->phases[i].amount, diff->phases[i].amount.test_ns,
                      diff->phases[i].amount.base_ns);
}

static void expect_intervals_swapped(const struct diff *diff, const struct diff *swapped) {
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct interval *a = &diff->operations[i].interval, *b = &swapped->operations[i].interval;
        cr_expect(a->known == b->known && a->low_ns == -b->high_ns && a->high_ns == -b->low_ns);
        cr_expect(!a->known ||
                  (a->low_ns <= diff->operations[i].amount.gap_ns && diff->operations[i].amount.gap_ns <= a->high_ns));
        const enum diff_status status = diff->operations[i].status;
        cr_expect((status != DIFF_SLOWER && status != DIFF_FASTER) || !a->known || interval_excludes_0(a));
    }
    cr_expect(diff->total_interval.low_ns == -swapped->total_interval.high_ns);
    cr_expect(diff->step.gap_ns == -swapped->step.gap_ns);
}

typedef struct summary *make_random(uint64_t *seed, uint32_t steps);

static void expect_properties(make_random *make, enum compare_per per) {
    uint64_t seed = 20;
    for (unsigned round = 0; round < 200; round++) {
        struct summary *base = make(&seed, 1 + (uint32_t)made_random(&seed, 30));
        struct summary *test = make(&seed, 1 + (uint32_t)made_random(&seed, 30));
        struct diff *diff = compared(base, test, per), *swapped = compared(test, base, per);
        struct diff *self = compared(base, base, per);
        cr_expect_eq(diff->per_step, per == COMPARE_PER_STEP);
        expect_sums(diff);
        expect_swapped(diff, swapped);
        expect_intervals_swapped(diff, swapped);
        expect_sums(self);
        expect_nothing_changed(self);
        diff_free(diff);
        diff_free(swapped);
        diff_free(self);
        summary_free(base);
        summary_free(test);
    }
}

Test(compare, everything_adds_up_and_swaps_in_total) {
    expect_properties(made_summary_random, COMPARE_PER_TOTAL);
    expect_properties(made_summary_random_steps, COMPARE_PER_TOTAL);
}

Test(compare, everything_adds_up_and_swaps_per_step) {
    expect_properties(made_summary_random, COMPARE_PER_STEP);
    expect_properties(made_summary_random_steps, COMPARE_PER_STEP);
}

static bool same_amount(const struct amount *a, const struct amount *b) {
    return a->base_ns == b->base_ns && a->test_ns == b->test_ns && a->gap_ns == b->gap_ns;
}

static void expect_same_diffs(const struct diff *a, const struct diff *b) {
    cr_assert(a->operation_count == b->operation_count && a->kernel_count == b->kernel_count);
    cr_expect(same_amount(&a->total, &b->total) && same_amount(&a->span, &b->span) && same_amount(&a->step, &b->step));
    for (uint32_t i = 0; i < a->operation_count; i++) {
        const struct diff_operation *left = &a->operations[i], *right = &b->operations[i];
        cr_expect(same_amount(&left->amount, &right->amount) && left->status == right->status);
        cr_expect_eq(left->gap_speed_ns, right->gap_speed_ns);
    }
    for (uint32_t i = 0; i < a->kernel_count; i++)
        cr_expect(same_amount(&a->kernels[i].amount, &b->kernels[i].amount));
    cr_assert(a->layer_count == b->layer_count && a->fusion_count == b->fusion_count);
    for (uint32_t i = 0; i < a->layer_count; i++)
        cr_expect(same_amount(&a->layers[i].amount, &b->layers[i].amount) &&
                  a->layers[i].pair_count == b->layers[i].pair_count && a->layers[i].status == b->layers[i].status);
    cr_expect_eq(a->warning_count, b->warning_count);
}

Test(compare, threads_change_nothing) {
    static const struct made_kernel kernels[] = {{"Norm", "norm", 30}, {"Dense GEMM", "gemm", 500}};
    struct pool *pool = pool_new(2);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t state = seed;
        struct summary *base = made_summary_random_steps(&state, 9), *test = made_summary_random_steps(&state, 11);
        struct diff *alone, *together;
        struct error error = {0};
        made_summary_layer(base, 3, PHASE_DECODE, 7, kernels, 2);
        made_summary_layer(test, 3, PHASE_DECODE, 9, kernels, 1);
        cr_assert_eq(compare_new(&alone, base, test, &(struct compare_options){0}, &error), STATUS_OK);
        cr_assert_eq(compare_new(&together, base, test, &(struct compare_options){.pool = pool}, &error), STATUS_OK);
        expect_same_diffs(alone, together);
        diff_free(alone);
        diff_free(together);
        summary_free(base);
        summary_free(test);
    }
    pool_free(pool);
}
