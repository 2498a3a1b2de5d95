#include <criterion/criterion.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "made_summary.h"

TestSuite(warn, .timeout = 10);

/* So many layers, of which nothing is known but their number. */
static void set_layers(struct summary *summary, uint32_t count) {
    struct layers *layers = &summary->layers;
    free(layers->rows);
    layers->rows = calloc((size_t)count + 1, sizeof *layers->rows);
    cr_assert_not_null(layers->rows);
    layers->row_count = count;
    for (uint32_t i = 0; i < count; i++) {
        layers->rows[i] = (struct layer_row){.layer = i, .count = 1};
        for (int phase = 0; phase < PHASES; phase++)
            layers->rows[i].phases[phase].shape = LAYER_NO_SHAPE;
    }
}

/* A quiet summary: 10 steps, one device, 2 layers, decode. */
static struct summary *quiet(void) {
    struct summary *summary = made_summary_new();
    summary->architecture = "transformer";
    for (uint32_t i = 0; i < 10; i++)
        made_summary_took(summary, made_summary_step(summary, PHASE_DECODE, 0, 0), "Norm", "norm", 1, 10000);
    summary->step_kind = "ProfilerStep";
    made_summary_device(summary, (struct timeline_row){.span_ns = 100000, .busy_ns = 100000, .compute_ns = 100000});
    set_layers(summary, 2);
    return summary;
}

static void more_layers(struct summary *summary) {
    set_layers(summary, 3);
}
static void no_layers(struct summary *summary) {
    set_layers(summary, 0);
}
static void more_steps(struct summary *summary) {
    made_summary_steps(summary, "ProfilerStep", 2);
}
static void other_steps(struct summary *summary) {
    made_summary_steps(summary, "vLLM", 2);
}
static void no_steps(struct summary *summary) {
    summary->step_count = 0;
}
static void no_phase(struct summary *summary) {
    summary->phases[0].phase = PHASE_NONE;
}
static void another_phase(struct summary *summary) {
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        summary->kernels[i].phases[PHASE_PREFILL] = summary->kernels[i].phases[PHASE_DECODE];
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        summary->kernels[i].phases[PHASE_DECODE] = (struct phase_cell){0};
    summary->phases[0].phase = PHASE_PREFILL;
}
static void second_device(struct summary *summary) {
    made_summary_device(summary, (struct timeline_row){0});
}
static void cut(struct summary *summary) {
    summary->document.complete = false;
}
static void lossy(struct summary *summary) {
    tally_add(&summary->tally, ANOMALY_ITEM_BROKEN, 7);
}
static void noted(struct summary *summary) {
    tally_add(&summary->tally, ANOMALY_NO_LAUNCH, 7);
}
static void unlaunched_10(struct summary *summary) {
    summary->attribution.unlaunched_ns = 10000;
}
static void unlaunched_above_10(struct summary *summary) {
    summary->attribution.unlaunched = 3;
    summary->attribution.unlaunched_ns = 10100;
}
static void other_5(struct summary *summary) {
    made_summary_run(summary, (struct made_work){"Other", "x", EVENT_KERNEL, PHASE_DECODE, 1, 5263, 1, 5263});
}
static void other_above_5(struct summary *summary) {
    made_summary_run(summary, (struct made_work){"Other", "x", EVENT_KERNEL, PHASE_DECODE, 1, 5400, 1, 5400});
}
static void outside(struct summary *summary) {
    made_summary_run(summary, (struct made_work){"Norm", "norm", EVENT_KERNEL, PHASE_DECODE, 1, 11200, 0, 0});
}
static void outside_and_more_steps(struct summary *summary) {
    outside(summary);
    more_steps(summary);
}

static void no_stacks(struct summary *summary) {
    summary->attribution.with_stack = 0;
}
static void cpu_ops(struct summary *summary) {
    summary->cpu_ops = calloc(1, sizeof *summary->cpu_ops);
    summary->cpu_op_count = 1;
    summary->cpu_ops[0].calls = 3;
}
static void another_model(struct summary *summary) {
    summary->operations[0].operation = summary->kernels[0].name;
    summary->kernels[0].operation = summary->kernels[0].name;
}
static void half_another_model(struct summary *summary) {
    made_summary_run(summary, (struct made_work){"Else", "e", EVENT_KERNEL, PHASE_DECODE, 10, 100000, 10, 100000});
}
static void another_architecture(struct summary *summary) {
    summary->architecture = "ssm";
}
static void clipped_step(struct summary *summary) {
    summary->steps[9].use = STEP_CLIPPED;
}
static void warm_up_step(struct summary *summary) {
    summary->steps[0].use = STEP_WARM_UP;
}
static void decode_only_base(struct summary *summary) {
    const uint32_t step = made_summary_step(summary, PHASE_MIXED, 0, 0);
    made_summary_took(summary, step, "Norm", "norm", 1, 10000);
}

static const struct {
    const char *name;
    void (*change)(struct summary *test);
    const char *code; /* NULL: no warning at all */
    const char *part; /* of the message */
} cases[] = {
    {"nothing", NULL, NULL, NULL},
    {"steps", more_steps, "steps_differ", "base has 10 steps and test has 12: amounts are means per step"},
    {"no steps", no_steps, "steps_differ", "base has 10 steps and test has 0: totals do not"},
    {"step kinds", other_steps, "step_kinds_differ", "ProfilerStep and steps of test are vLLM"},
    {"phases", no_phase, "phases_one_sided", "base has annotations that say prefill or decode and test has none"},
    {"another phase", another_phase, "phases_differ",
     "base: 100.0 % of the GPU time is in phases (decode) that test has"},
    {"more layers", more_layers, "layers_differ", "base has 2 layers and test has 3"},
    {"no layers", no_layers, "layers_one_sided", "base has 2 layers and test has none"},
    {"devices", second_device, "devices_differ", "base has 1 GPU device and test has 2"},
    {"cut", cut, "input_incomplete", "test is damaged or incomplete"},
    {"lossy", lossy, "input_incomplete", "test is damaged or incomplete"},
    {"an anomaly without loss", noted, NULL, NULL},
    {"unlaunched at the limit", unlaunched_10, NULL, NULL},
    {"unlaunched", unlaunched_above_10, "launches_unresolved",
     "test: 10.1 % of the GPU time has no launch in the trace (3 events)"},
    {"other below the limit", other_5, NULL, NULL},
    {"other", other_above_5, "other_share", "test: 5.1 % of the GPU time is in kernels that no rule knows"},
    {"outside steps in total", outside, NULL, NULL},
    {"no stacks", no_stacks, "profiler_settings_differ", "base has Python stacks and test has none"},
    {"no CPU operators", cpu_ops, "profiler_settings_differ", "test has CPU operators and base has none"},
    {"another model", another_model, "models_differ", "0 % of the GPU time is in the same operations"},
    {"half another model", half_another_model, NULL, NULL},
    {"another architecture", another_architecture, "models_differ", "base being transformer and test ssm"},
    {"a clipped step", clipped_step, "window_clipped", "test: the window cuts 1 step at its ends"},
    {"a warm-up step", warm_up_step, "warm_up_steps", "test: 1 step at the start takes clearly longer"},
    {"a phase of one side", decode_only_base, "steps_unmatched", "test: 1 step is of kinds"},
    {"outside steps", outside_and_more_steps, "outside_steps", "test: 10.1 % of the GPU time lies outside steps"},
};

static const struct diff_warning *find(const struct diff *diff, const char *code) {
    for (uint32_t i = 0; i < diff->warning_count; i++)
        if (strcmp(diff->warnings[i].code, code) == 0)
            return &diff->warnings[i];
    return NULL;
}

static struct diff *compared(const struct summary *base, const struct summary *test) {
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, base, test, &(struct compare_options){.per = COMPARE_PER_AUTO}, &error), STATUS_OK);
    return diff;
}

Test(warn, says_what_weakens_a_comparison) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct summary *base = made_summary_finish(quiet()), *test = quiet();
        if (cases[i].change)
            cases[i].change(test);
        struct diff *diff = compared(base, made_summary_finish(test));
        if (cases[i].code) {
            const struct diff_warning *warning = find(diff, cases[i].code);
            cr_assert_not_null(warning, "case %s", cases[i].name);
            cr_expect_not_null(strstr(warning->message, cases[i].part), "case %s: %s", cases[i].name, warning->message);
        } else {
            cr_expect_eq(diff->warning_count, 0, "case %s: %s", cases[i].name, diff->warnings[0].message);
        }
        diff_free(diff);
        summary_free(base);
        summary_free(test);
    }
}

Test(warn, layers_that_hardly_align_are_of_different_models) {
    static const struct made_kernel gemm = {"Dense GEMM", "nvjet_1", 1000}, copy = {"Copy/Memory", "Memcpy DtoD", 1000};
    struct summary *base = made_summary_finish(quiet()), *test = made_summary_finish(quiet());
    set_layers(base, 0);
    set_layers(test, 0);
    made_summary_layer(base, 0, PHASE_DECODE, 1, &gemm, 1);
    made_summary_layer(test, 0, PHASE_DECODE, 1, &copy, 1);
    struct diff *diff = compared(base, test);
    const struct diff_warning *warning = find(diff, "models_differ");
    cr_assert_not_null(warning);
    cr_expect_not_null(strstr(warning->message, "0 % of the time of aligned layers"), "%s", warning->message);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(warn, two_sides_without_layers_have_no_alignment) {
    struct summary *base = made_summary_finish(quiet()), *test = made_summary_finish(quiet());
    set_layers(base, 0);
    set_layers(test, 0);
    struct diff *diff = compared(base, test);
    cr_expect_not_null(find(diff, "no_layers"));
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(warn, names_the_side) {
    struct summary *base = made_summary_new(), *test = made_summary_finish(quiet());
    struct diff *diff = compared(base, test);
    const struct diff_warning *warning = find(diff, "no_gpu_events");
    cr_assert_not_null(warning);
    cr_expect_str_eq(warning->message, "base has no GPU events");
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(warn, everything_at_once_fits) {
    struct summary *sides[2] = {quiet(), quiet()};
    for (unsigned i = 0; i < 2; i++) {
        outside(sides[i]);
        outside(sides[i]);
        other_above_5(sides[i]);
        cut(sides[i]);
        sides[i]->attribution.unlaunched_ns = 100000;
    }
    second_device(sides[1]);
    other_steps(sides[1]);
    for (uint32_t i = 0; i < sides[1]->phase_count; i++)
        sides[1]->phases[i].phase = PHASE_NONE;
    struct diff *diff = compared(made_summary_finish(sides[0]), made_summary_finish(sides[1]));
    cr_expect_eq(diff->warning_count, 13, "%u", diff->warning_count);
    diff_free(diff);
    summary_free(sides[0]);
    summary_free(sides[1]);
}
