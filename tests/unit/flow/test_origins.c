#include <criterion/criterion.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "../pipeline/pipeline_fixture.h"
#include "aggregate/aggregate.h"
#include "base/limits.h"
#include "flow/origins.h"

TestSuite(origins, .timeout = 20);

static uint32_t number_of(struct origins *origins, struct event *event) {
    struct error error;
    cr_assert_eq(origins_number(origins, event, &error), STATUS_OK);
    return event->origin;
}

Test(origins, differ_in_everything_but_times_and_step) {
    struct origins *origins = origins_new();
    const struct event plain = {.name_id = 1, .step = STEP_NONE};
    struct event others[] = {plain, plain, plain, plain, plain, plain, plain, plain, plain, plain, plain};
    struct event first = plain, later = plain;
    others[0].kind = EVENT_MEMCPY;
    others[1].name_id = 2;
    others[2].class_id = 1;
    others[3].device = 1;
    others[4].row = 1;
    others[5].launched = true;
    others[6].op_method = OP_BY_EXTERNAL_ID;
    others[7].cpu_op = 1;
    others[8].top_op = 1;
    others[9].stack = 1;
    others[10].phase = PHASE_MIXED;
    later.ts_ns = later.dur_ns = 5;
    later.step = later.step_class = 3;
    cr_expect_eq(number_of(origins, &first), 1);
    cr_expect_eq(number_of(origins, &later), 1);
    for (uint32_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_eq(number_of(origins, &others[i]), i + 2, "difference %u", i);
    const struct event back = origins_event(origins, 7);
    cr_expect(back.launched && back.name_id == 1 && back.origin == 7 && back.step == STEP_NONE);
    origins_free(origins);
}

Test(origins, beyond_the_limit_have_no_number) {
    struct origins *origins = origins_new();
    struct event event = {0};
    for (uint32_t i = 0; i < LIMIT_ORIGINS + 9; i++) {
        event.stack = i;
        cr_expect_eq(number_of(origins, &event), i + 1 < LIMIT_ORIGINS ? i + 1 : ORIGIN_NONE, "origin %u", i);
    }
    cr_expect_eq(origins_beyond(origins), 10);
    event.stack = 5;
    cr_expect_eq(number_of(origins, &event), 6, "known ones stay known");
    origins_free(origins);
}

enum { KERNELS = 3, NAMES = 5 };

static struct event random_event(struct seeded *seeded, uint32_t number) {
    struct event event = {.ts_ns = number, .dur_ns = (int64_t)(seeded_below(seeded, 1000)), .step = STEP_NONE};
    event.class_id = (uint32_t)(seeded_below(seeded, KERNELS));
    event.kind = event.class_id == 0 ? EVENT_MEMCPY : EVENT_KERNEL;
    event.name_id = NAME_FIRST + event.class_id;
    event.device = NAME_FIRST;
    event.launched = seeded_below(seeded, 2) == 0;
    event.op_method = event.launched ? OP_BY_ENCLOSING : OP_BY_NONE;
    event.cpu_op = event.launched ? NAME_FIRST + (uint32_t)(seeded_below(seeded, NAMES)) : NAME_NONE;
    event.top_op = event.cpu_op;
    event.stack = (uint32_t)(seeded_below(seeded, 3));
    event.phase = (enum phase)(seeded_below(seeded, PHASES));
    if (seeded_below(seeded, 2) == 0)
        event.step = (uint32_t)(seeded_below(seeded, 4));
    return event;
}

/* The report of random events; numbered: those of which bit (event % 2) is set. */
static char *report_of(unsigned numbered) {
    static struct kernel_class kernels[KERNELS];
    static struct annotation_class step = {NAME_FIRST, PHASE_NONE, STEP_KIND_USER, 0, 0};
    const struct classes classes = {kernels, &step, KERNELS, 1, 0};
    const struct aggregate_options options = {0};
    struct summary *summary = summary_new();
    struct seeded seeded = {7};
    uint32_t ignored;
    struct error error;
    for (int i = 0; i < NAMES; i++)
        cr_assert_eq(names_intern(summary->names, (struct text){&"abcde"[i], 1}, &ignored, &error), STATUS_OK);
    for (uint32_t i = 0; i < KERNELS; i++)
        kernels[i] = (struct kernel_class){.name = NAME_FIRST + i,
                                           .readable = NAME_FIRST + i,
                                           .operation = NAME_FIRST + i % 2,
                                           .kind = i == 0 ? EVENT_MEMCPY : EVENT_KERNEL};
    for (uint32_t i = 0; i < 2; i++)
        cr_assert_eq(paths_child(summary->paths, PATH_ROOT, NAME_FIRST + i, &ignored, &error), STATUS_OK);
    struct stage *stage = aggregate_new(summary, &classes, &options);
    for (uint32_t i = 0; i < 500; i++) {
        struct event event = random_event(&seeded, i);
        if (numbered >> i % 2 & 1)
            number_of(summary->origins, &event);
        cr_assert_eq(stage_push(stage, &event, &error), STATUS_OK);
    }
    cr_assert_eq(stage_flush(stage, &error), STATUS_OK);
    char *report = pipeline_report(summary, REPORT_JSON);
    stage_free(stage);
    summary_free(summary);
    return report;
}

Test(origins, make_no_difference_to_the_summary) {
    char *without = report_of(0), *all = report_of(3), *some = report_of(1);
    cr_expect_str_eq(without, all);
    cr_expect_str_eq(without, some);
    free(without);
    free(all);
    free(some);
}
