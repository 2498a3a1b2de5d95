#include <criterion/criterion.h>

#include "aggregate/step_table.h"

TestSuite(step_marks, .timeout = 10);

enum { MOST = 40 };

/* One character a step: u used, w warm-up, c clipped. */
static void expect_marks(const char *name, struct step_row *steps, const char *wanted) {
    char marks[MOST + 1] = "";
    const uint32_t count = (uint32_t)strlen(wanted);
    step_table_mark(steps, count);
    for (uint32_t i = 0; i < count; i++)
        marks[i] = "uwc"[steps[i].use];
    cr_expect_str_eq(marks, wanted, "case %s: %s", name, marks);
}

static const struct {
    const char *name;
    int64_t us[12];
    uint64_t events[12];
    const char *wanted;
} cases[] = {
    {"alike", {10, 10, 11, 9, 10, 10, 10, 10}, {0}, "uuuuuuuu"},
    {"one warms up", {40, 10, 11, 9, 10, 10, 10, 10}, {0}, "wuuuuuuu"},
    {"two warm up", {90, 40, 11, 9, 10, 10, 10, 10}, {0}, "wwuuuuuu"},
    {"a quarter at most", {90, 80, 70, 9, 10, 10, 10, 10}, {0}, "wwuuuuuu"},
    {"slow in the middle", {10, 10, 90, 9, 10, 10, 10, 10}, {0}, "uuuuuuuu"},
    {"as slow as others further on", {40, 10, 10, 40, 10, 10, 40, 10}, {0}, "uuuuuuuu"},
    {"a little slower", {14, 10, 10, 10, 10, 10, 10, 10}, {0}, "uuuuuuuu"},
    {"too few peers", {90, 10, 10}, {0}, "uuu"},
    {"clipped at the start", {3, 10, 10, 10, 10, 10}, {30, 100, 100, 100, 100, 100}, "cuuuuu"},
    {"clipped at the end", {10, 10, 10, 10, 10, 9}, {100, 100, 100, 100, 100, 94}, "uuuuuc"},
    {"hardly fewer", {10, 10, 10, 10, 10, 9}, {100, 100, 100, 100, 100, 95}, "uuuuuu"},
    {"few in the middle", {10, 10, 10, 10, 10, 10}, {100, 100, 9, 100, 100, 100}, "uuuuuu"},
    {"both ends", {40, 10, 10, 10, 10, 10, 10, 1}, {100, 100, 100, 100, 100, 100, 100, 7}, "wuuuuuuc"},
    {"none", {0}, {0}, ""},
};

Test(step_marks, ends_that_are_no_measure) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct step_row steps[MOST] = {0};
        for (size_t k = 0; k < strlen(cases[i].wanted); k++)
            steps[k] = (struct step_row){.gpu_ns = cases[i].us[k] * 1000,
                                         .span_ns = cases[i].us[k] * 1000,
                                         .gpu_events = cases[i].events[0] ? cases[i].events[k] : 100};
        expect_marks(cases[i].name, steps, cases[i].wanted);
    }
}

/* A prefill step is not compared with decode steps, nor a batch with a far smaller one. */
Test(step_marks, peers_are_of_the_same_kind) {
    struct step_row steps[9] = {0};
    for (int i = 0; i < 9; i++)
        steps[i] = (struct step_row){.phase = i % 2 == 0 ? PHASE_PREFILL : PHASE_DECODE,
                                     .tokens = i == 0 ? 8000 : 100,
                                     .requests = 1,
                                     .gpu_ns = i % 2 == 0 ? 9000 : 1000,
                                     .span_ns = i % 2 == 0 ? 9000 : 1000,
                                     .gpu_events = i % 2 == 0 ? 300 : 20};
    steps[0].gpu_ns = 100000;
    expect_marks("larger batch", steps, "uuuuuuuuu");
    steps[0].tokens = 120;
    expect_marks("warm-up of its kind", steps, "wuuuuuuuu");
}

Test(step_marks, idle_makes_a_warm_up_too) {
    struct step_row steps[6] = {0};
    for (int i = 0; i < 6; i++)
        steps[i] = (struct step_row){.gpu_ns = 1000, .span_ns = i == 0 ? 9000 : 1100, .gpu_events = 10};
    expect_marks("span", steps, "wuuuuu");
}
