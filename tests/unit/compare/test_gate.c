#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/gate.h"
#include "made_summary.h"

TestSuite(gate, .timeout = 10);

struct pair {
    struct summary *base, *test;
    struct diff *diff;
};

static const char raw_name[] = "_ZN5aiter6argmaxIfEEvPf", readable_name[] = "void aiter::argmax<float>(float*)";

static void demangle(struct summary *summary) {
    struct error error = {0};
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        if (text_equal(names_get(summary->names, summary->kernels[i].name), text_from(raw_name)))
            cr_assert_eq(names_intern(summary->names, text_from(readable_name), &summary->kernels[i].readable, &error),
                         STATUS_OK);
}

/* Total 100 ms -> 110 ms; span 200 ms -> 190 ms. */
static void pair_init(struct pair *pair) {
    pair->base = made_summary_new();
    pair->test = made_summary_new();
    const struct {
        const char *operation, *kernel;
        enum phase phase;
        int64_t base_us, test_us;
    } rows[] = {
        {"Dense GEMM", "nvjet_tst_64x64", PHASE_DECODE, 30000, 33000},
        {"Dense GEMM", "nvjet_tst_128x64", PHASE_DECODE, 10000, 12000},
        {"Attention (prefill)", "fmha<float, 2>", PHASE_PREFILL, 20000, 18000},
        {"RMSNorm + quantise", "add_rmsnorm_quant", PHASE_DECODE, 30000, 30000},
        {"Other", "mystery[4]", PHASE_NONE, 10000, 11000},
        {"Sampling", raw_name, PHASE_NONE, 0, 6000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made_work work = {
            rows[i].operation, rows[i].kernel, EVENT_KERNEL, rows[i].phase, 10, rows[i].base_us * 1000, 0, 0};
        if (rows[i].base_us > 0)
            made_summary_run(pair->base, work);
        work.total_ns = rows[i].test_us * 1000;
        made_summary_run(pair->test, work);
    }
    made_summary_device(pair->base,
                        (struct timeline_row){.span_ns = 200000000, .busy_ns = 100000000, .compute_ns = 100000000});
    made_summary_device(pair->test,
                        (struct timeline_row){.span_ns = 190000000, .busy_ns = 110000000, .compute_ns = 110000000});
    demangle(made_summary_finish(pair->base));
    demangle(made_summary_finish(pair->test));
    struct error error = {0};
    cr_assert_eq(
        compare_new(&pair->diff, pair->base, pair->test, &(struct compare_options){.per = COMPARE_PER_TOTAL}, &error),
        STATUS_OK);
}

static void pair_fini(struct pair *pair) {
    diff_free(pair->diff);
    summary_free(pair->base);
    summary_free(pair->test);
}

static bool holds(const char *expression, const struct diff *diff, char *explanation, size_t size) {
    struct error error = {0};
    struct gate *gate;
    cr_assert_eq(gate_new(&gate, expression, &error), STATUS_OK, "case %s: %s", expression, error.cause[0].text);
    const bool result = gate_judge(gate, diff, explanation, size) == GATE_HOLDS;
    gate_free(gate);
    return result;
}

static const struct {
    const char *expression;
    bool holds;
} conditions[] = {
    {"total>5%", true},
    {"total>9.99999%", true},
    {"total>10%", false},
    {"total>=10%", true},
    {"total >= 10.00 %", true},
    {"total<10%", false},
    {"total<=10%", true},
    {"total<=+10%", true},
    {"total>-5%", true},
    {"total<0%", false},
    {"total>250us", true},
    {"total>10ms", false},
    {"total>=10ms", true},
    {"total>=10000000ns", true},
    {"total>.01s", false},
    {"total>=.01s", true},
    {"span>0%", false},
    {"span<0%", true},
    {"span<-4.9%", true},
    {"span<-5%", false},
    {"span<=-5%", true},
    {"span<=-10ms", true},
    {"other>5%", true},
    {"other>10%", false},
    {"other>=10%", true},
    {"op:Dense GEMM>3%", true},
    {"  op:  Dense GEMM  >  3  %  ", true},
    {"op:Dense GEMM>12.5%", false},
    {"op:Attention (prefill)<-9%", true},
    {"op:RMSNorm + quantise>0%", false},
    {"op:RMSNorm + quantise>=0%", true},
    {"op:Sampling>1000000%", true},
    {"op:Sampling<1000000%", false},
    {"op:Sampling>5ms", true},
    {"op:no such operation>0%", false},
    {"op:no such operation<=0%", true},
    {"op:no such operation>-1%", true},
    {"kernel:nvjet_*>10%", true},
    {"kernel:nvjet_*>12.5%", false},
    {"kernel:nvjet_*>=5ms", true},
    {"kernel:nvjet_tst_??x64>10%", false},
    {"kernel:nvjet_tst_??x64>=10%", true},
    {"kernel:fmha<float, 2><-9%", true},
    {"kernel:fmha<*> < -9 %", true},
    {"kernel:mystery[4]>9%", true},
    {"kernel:myster[xyz][4]>9%", false},
    {"kernel:_ZN5aiter*>5ms", true},
    {"kernel:void aiter::argmax<float>(float*)>5ms", true},
    {"kernel:*>9%", true},
    {"kernel:nothing like it>0ns", false},
    {"phase:decode>7%", true},
    {"phase:decode>=5ms", true},
    {"phase:prefill>0%", false},
    {"phase:none>60%", true},
    {"phase:mixed>0%", false},
};

Test(gate, holds_when_growth_passes_the_limit) {
    struct pair pair;
    pair_init(&pair);
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        char explanation[200];
        cr_expect_eq(holds(conditions[i].expression, pair.diff, explanation, sizeof explanation), conditions[i].holds,
                     "case %s: %s", conditions[i].expression, explanation);
    }
    pair_fini(&pair);
}

static const struct {
    const char *expression;
    unsigned byte;
} senseless[] = {
    {"", 1},
    {"   ", 4},
    {"total", 6},
    {"total 5%", 9},
    {">5%", 1},
    {"total>", 7},
    {"total> %", 8},
    {"total>5", 8},
    {"total>5 x", 9},
    {"total>5%x", 8},
    {"total>5% 6", 8},
    {"total>5%%", 8},
    {"total>5 percent", 9},
    {"total>5minutes", 8},
    {"total>nan%", 7},
    {"total>inf%", 7},
    {"total>-inf%", 8},
    {"total>0x10%", 8},
    {"total>1e3%", 8},
    {"total>1,5%", 8},
    {"total>1.2.3%", 10},
    {"total>--5%", 8},
    {"total>- 5%", 8},
    {"total>.%", 7},
    {"total==5%", 10},
    {"total=>5%", 1},
    {"total>>5%", 1},
    {"totals>5%", 1},
    {"Total>5%", 1},
    {"operation:x>5%", 1},
    {"op>5%", 1},
    {"op:>5%", 4},
    {"kernel:  >5%", 8},
    {"phase:>5%", 7},
    {"phase:warm>5%", 7},
    {"phase:decode x>5%", 7},
    {"other>250us", 10},
    {"other>5", 8},
    {"total>9999999999999999%", 22},
    {"total>0.000000000000000000001%", 23},
    {"total>99999999999s", 7},
    {"layer:>5%", 7},
    {"layer:x>5%", 7},
    {"layer:-1>5%", 7},
    {"layer:1 2>5%", 7},
    {"layer:99999999999>5%", 7},
    {"steps>5%", 1},
    {"total>5% significantly", 8},
    {"total>significant", 7},
    {"span>5% significant", 7},
    {"other>5% significant", 8},
    {"layer:1>5% significant", 10},
};

Test(gate, a_senseless_condition_is_a_usage_error_that_names_the_place) {
    for (size_t i = 0; i < sizeof senseless / sizeof senseless[0]; i++) {
        struct error error = {0};
        struct gate *gate;
        cr_expect_eq(gate_new(&gate, senseless[i].expression, &error), STATUS_USAGE, "case '%s'",
                     senseless[i].expression);
        cr_expect_null(gate);
        gate_free(gate);
        char place[200];
        snprintf(place, sizeof place, "at byte %u of \"%s\"", senseless[i].byte, senseless[i].expression);
        cr_expect_not_null(strstr(error.cause[0].text, place), "case '%s': %s", senseless[i].expression,
                           error.cause[0].text);
    }
}

static const struct {
    const char *expression, *explanation;
} explained[] = {
    {"op:Dense GEMM>3%", "op:Dense GEMM grew by 12.50 % (40.00 ms -> 45.00 ms), limit > 3 %"},
    {"op:Attention (prefill)<-5%", "op:Attention (prefill) shrank by 10.00 % (20.00 ms -> 18.00 ms), limit < -5 %"},
    {" total >= 250 us", "total grew by 10.00 ms (100.00 ms -> 110.00 ms), limit >= 250 us"},
    {"op:Sampling>3%", "op:Sampling grew by 6.00 ms (0 ns -> 6.00 ms), limit > 3 %"},
    {"op:RMSNorm + quantise<=0.50%", "op:RMSNorm + quantise did not grow (30.00 ms -> 30.00 ms), limit <= 0.50 %"},
    {"other>5%", "other is 10.00 % of the GPU time of test (11.00 ms of 110.00 ms), limit > 5 %"},
};

Test(gate, explains_in_one_line) {
    struct pair pair;
    pair_init(&pair);
    for (size_t i = 0; i < sizeof explained / sizeof explained[0]; i++) {
        char explanation[200];
        holds(explained[i].expression, pair.diff, explanation, sizeof explanation);
        cr_expect_str_eq(explanation, explained[i].explanation);
    }
    pair_fini(&pair);
}

Test(gate, an_explanation_is_cut_at_the_size_given) {
    struct pair pair;
    pair_init(&pair);
    char explanation[12];
    cr_expect(holds("total>5%", pair.diff, explanation, sizeof explanation));
    cr_expect_str_eq(explanation, "total grew ");
    pair_fini(&pair);
}

Test(gate, says_that_amounts_are_per_step) {
    struct summary *sides[2] = {made_summary_new(), made_summary_new()};
    for (unsigned i = 0; i < 2; i++) {
        made_summary_run(sides[i], (struct made_work){"Norm", "norm", EVENT_KERNEL, PHASE_NONE, 8, 9000, 8, 8000});
        made_summary_steps(sides[i], "step", 4 - 2 * i);
        made_summary_finish(sides[i]);
    }
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, sides[0], sides[1], &(struct compare_options){.per = COMPARE_PER_AUTO}, &error),
                 STATUS_OK);
    char explanation[200];
    cr_expect(holds("op:Norm>=100%", diff, explanation, sizeof explanation));
    cr_expect_str_eq(explanation, "op:Norm grew by 100.00 % (2.00 us -> 4.00 us per step), limit >= 100 %");
    diff_free(diff);
    summary_free(sides[0]);
    summary_free(sides[1]);
}

Test(gate, other_of_a_trace_without_gpu_time_is_nothing) {
    struct summary *empty = made_summary_new();
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, empty, empty, &(struct compare_options){.per = COMPARE_PER_AUTO}, &error),
                 STATUS_OK);
    char explanation[200];
    cr_expect_not(holds("other>0%", diff, explanation, sizeof explanation));
    cr_expect_str_eq(explanation, "other is 0.00 % of the GPU time of test (0 ns of 0 ns), limit > 0 %");
    diff_free(diff);
    summary_free(empty);
}

Test(gate, names_the_operation_it_asks_for) {
    static const struct {
        const char *expression, *operation;
    } cases[] = {{"op: Dense GEMM >3%", "Dense GEMM"}, {"kernel:gemm>3%", ""}, {"total>3%", ""}, {"phase:none>3%", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = {0};
        struct gate *gate;
        cr_assert_eq(gate_new(&gate, cases[i].expression, &error), STATUS_OK);
        cr_expect_str_eq(gate_operation(gate), cases[i].operation);
        gate_free(gate);
    }
}

static enum gate_verdict judged(const char *expression, const struct diff *diff) {
    struct error error = {0};
    struct gate *gate;
    char explanation[200];
    cr_assert_eq(gate_new(&gate, expression, &error), STATUS_OK, "case %s: %s", expression, error.cause[0].text);
    const enum gate_verdict verdict = gate_judge(gate, diff, explanation, sizeof explanation);
    gate_free(gate);
    return verdict;
}

static struct summary *steps_of(const int64_t *norm_ns, const int64_t *gemm_ns, uint32_t count) {
    struct summary *summary = made_summary_new();
    for (uint32_t i = 0; i < count; i++) {
        made_summary_step(summary, PHASE_DECODE, 0, 0);
        made_summary_took(summary, i, "Norm", "norm", 1, norm_ns[i]);
        made_summary_took(summary, i, "GEMM", "gemm", 1, gemm_ns[i]);
    }
    return made_summary_finish(summary);
}

/* Norm got slower by 20 % in every step; GEMM by 20 % in the mean, but from 1 ms to 3 ms at random. */
Test(gate, significant_holds_beyond_the_noise_only) {
    static const int64_t norm[2][6] = {{100000, 101000, 99000, 100500, 99500, 100000},
                                       {120000, 121000, 119000, 120500, 119500, 120000}};
    static const int64_t gemm[2][6] = {{1000000, 3000000, 1000000, 3000000, 1000000, 3000000},
                                       {1000000, 3000000, 3000000, 3000000, 1000000, 3400000}};
    static const struct {
        const char *expression;
        enum gate_verdict verdict, few_steps; /* few_steps: of only four of the steps */
    } cases[] = {
        {"op:Norm>5% significant", GATE_HOLDS, GATE_UNDECIDED},
        {"op:GEMM>5% significant", GATE_PASSES, GATE_UNDECIDED},
        {"op:GEMM>5%", GATE_HOLDS, GATE_HOLDS},
        {"op:Norm>50% significant", GATE_PASSES, GATE_PASSES},
        {"kernel:norm*>5% significant", GATE_HOLDS, GATE_UNDECIDED},
        {"kernel:*>5% significant", GATE_PASSES, GATE_UNDECIDED},
        {"phase:decode>5% significant", GATE_PASSES, GATE_UNDECIDED},
        {"total>5%  significant", GATE_PASSES, GATE_UNDECIDED},
        {"step>5% significant", GATE_PASSES, GATE_UNDECIDED},
        {"step>5%", GATE_HOLDS, GATE_HOLDS},
        {"layer:*>5%", GATE_UNDECIDED, GATE_UNDECIDED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint32_t steps = 4; steps <= 6; steps += 2) {
            struct summary *base = steps_of(norm[0], gemm[0], steps), *test = steps_of(norm[1], gemm[1], steps);
            struct error error = {0};
            struct diff *diff;
            cr_assert_eq(compare_new(&diff, base, test, &(struct compare_options){0}, &error), STATUS_OK);
            cr_expect_eq(judged(cases[i].expression, diff), steps == 6 ? cases[i].verdict : cases[i].few_steps,
                         "case %s, %u steps", cases[i].expression, steps);
            diff_free(diff);
            summary_free(base);
            summary_free(test);
        }
}

Test(gate, layers_by_number_or_any) {
    struct pair pair;
    pair_init(&pair);
    struct diff_layer layers[3] = {{.layer = 0, .amount = {1000, 1010, 10}},
                                   {.layer = 3, .amount = {1000, 1200, 200}},
                                   {.layer = 7, .amount = {1000, 900, -100}}};
    free(pair.diff->layers);
    pair.diff->layers = layers;
    pair.diff->layer_count = 3;
    static const struct {
        const char *expression;
        enum gate_verdict verdict;
    } cases[] = {
        {"layer:3>5%", GATE_HOLDS},   {"layer:0>5%", GATE_PASSES},    {"layer:*>5%", GATE_HOLDS},
        {"layer:*>30%", GATE_PASSES}, {"layer: 7 <-5%", GATE_HOLDS},  {"layer:4>5%", GATE_UNDECIDED},
        {"layer:*<-5%", GATE_HOLDS},  {"layer:*>=200ns", GATE_HOLDS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(judged(cases[i].expression, pair.diff), cases[i].verdict, "case %s", cases[i].expression);
    char explanation[200];
    holds("layer:*>5%", pair.diff, explanation, sizeof explanation);
    cr_expect_str_eq(explanation, "layer:* (layer 3) grew by 20.00 % (1.00 us -> 1.20 us), limit > 5 %");
    pair.diff->layers = NULL;
    pair.diff->layer_count = 0;
    cr_expect_eq(judged("step>5%", pair.diff), GATE_UNDECIDED, "without steps");
    pair_fini(&pair);
}
