#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/names.h"
#include "resolve_fixture.h"

TestSuite(resolve, .timeout = 20);

/* Rows and processes; 0 ends a list of events. */
enum { ROW = 2, OTHER = 3, STREAM = 4 };
enum { PROCESS = 7, ELSEWHERE = 8 };
enum { DEVICE = 9, MOST_EVENTS = 12, ALL_MEMORY = 1 << 28 };

/* Classes of annotations. */
enum { PREFILL, DECODE, PROFILER_1, PROFILER_2, VLLM_DECODE, VLLM_SILENT, NOTES };
static struct annotation_class notes[NOTES] = {
    [PREFILL] = {20, PHASE_PREFILL, STEP_KIND_NONE, 0, 0},
    [DECODE] = {21, PHASE_DECODE, STEP_KIND_NONE, 0, 0},
    [PROFILER_1] = {22, PHASE_NONE, STEP_KIND_PROFILER, 0, 0},
    [PROFILER_2] = {23, PHASE_NONE, STEP_KIND_PROFILER, 0, 0},
    [VLLM_DECODE] = {24, PHASE_DECODE, STEP_KIND_VLLM, 0, 0},
    [VLLM_SILENT] = {25, PHASE_NONE, STEP_KIND_VLLM, 0, 0},
};
static const struct classes classes = {.annotations = notes, .annotation_count = NOTES};

#define GPU_OF(name, ts, corr, ext)                                                                                    \
    {                                                                                                                  \
        .kind = EVENT_KERNEL, .row = STREAM, .device = DEVICE, .name_id = name, .ts_ns = ts, .dur_ns = 1,              \
        .correlation = corr, .external_id = ext                                                                        \
    }
#define GPU(name, ts, corr) GPU_OF(name, ts, corr, 0)
#define LAUNCH_OF(in_row, ts, corr, ext)                                                                               \
    {                                                                                                                  \
        .kind = EVENT_LAUNCH, .row = in_row, .process = PROCESS, .ts_ns = ts, .dur_ns = 1, .correlation = corr,        \
        .external_id = ext                                                                                             \
    }
#define LAUNCH(in_row, ts, corr) LAUNCH_OF(in_row, ts, corr, 0)
#define OP_OF(in_row, name, ts, dur, ext)                                                                              \
    { .kind = EVENT_CPU_OP, .row = in_row, .name_id = name, .ts_ns = ts, .dur_ns = dur, .external_id = ext }
#define OP(in_row, name, ts, dur) OP_OF(in_row, name, ts, dur, 0)
#define FRAME(in_row, name, ts, dur)                                                                                   \
    { .kind = EVENT_PYTHON, .row = in_row, .name_id = name, .ts_ns = ts, .dur_ns = dur }
#define NOTE_OF(in_row, in_process, class, ts, dur, ext)                                                               \
    {                                                                                                                  \
        .kind = EVENT_ANNOTATION, .row = in_row, .process = in_process, .class_id = class, .ts_ns = ts, .dur_ns = dur, \
        .external_id = ext                                                                                             \
    }
#define NOTE(in_row, class, ts, dur) NOTE_OF(in_row, PROCESS, class, ts, dur, 0)
#define GPU_NOTE_OF(in_row, class, ts, dur, ext)                                                                       \
    {                                                                                                                  \
        .kind = EVENT_GPU_ANNOTATION, .row = in_row, .process = ELSEWHERE, .class_id = class, .ts_ns = ts,             \
        .dur_ns = dur, .external_id = ext                                                                              \
    }
#define GPU_NOTE(in_row, class, ts, dur) GPU_NOTE_OF(in_row, class, ts, dur, 0)

struct example {
    const char *name;
    struct event events[MOST_EVENTS];
    const char *expected; /* of each GPU event, as `describe` says it */
};

static size_t length_of(const struct event *events) {
    size_t count = 0;
    while (count < MOST_EVENTS && events[count].row != 0)
        count++;
    return count;
}

/* "k launched op C/A stack xy decode step 0:24": only what was found. */
static void describe(const struct resolved *resolved, const struct event *event, FILE *out) {
    static const char *const methods[] = {"", " op", " id"};
    static const char *const phases[] = {"", " prefill", " decode", " mixed"};
    uint32_t frames[MOST_EVENTS];
    const size_t depth = resolved_stack(resolved, event->stack, frames, MOST_EVENTS);
    fprintf(out, "%c%s", (char)event->name_id, event->launched ? " launched" : "");
    if (event->op_method != OP_BY_NONE)
        fprintf(out, "%s %c/%c", methods[event->op_method], (char)event->cpu_op, (char)event->top_op);
    for (size_t i = 0; i < depth; i++)
        fprintf(out, "%s%c", i == 0 ? " stack " : "", (char)frames[i]);
    fputs(phases[event->phase], out);
    if (event->step != STEP_NONE)
        fprintf(out, " step %u:%u", event->step, notes[event->step_class].name);
}

static void check(const struct example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *text;
        size_t size;
        struct resolved resolved =
            resolve_events(examples[i].events, length_of(examples[i].events), &classes, ALL_MEMORY);
        FILE *out = open_memstream(&text, &size);
        for (size_t k = 0; k < resolved.gpu_count; k++) {
            fputs(k > 0 ? "; " : "", out);
            describe(&resolved, &resolved.gpu[k], out);
        }
        fclose(out);
        cr_expect_str_eq(text, examples[i].expected, "case %s: %s instead of %s", examples[i].name, text,
                         examples[i].expected);
        cr_expect(resolved.flushed, "case %s", examples[i].name);
        free(text);
        resolved_free(&resolved);
    }
}

#define CHECK(examples) check(examples, sizeof(examples) / sizeof *(examples))

Test(resolve, finds_launches) {
    static const struct example examples[] = {
        {"nothing", {{0}}, ""},
        {"no launch", {GPU('k', 5, 1)}, "k"},
        {"the launch comes before", {LAUNCH(ROW, 1, 1), GPU('k', 5, 1)}, "k launched"},
        {"the launch comes after", {GPU('k', 5, 1), LAUNCH(ROW, 1, 1)}, "k launched"},
        {"a launch of another", {GPU('k', 5, 1), LAUNCH(ROW, 1, 2)}, "k"},
        {"correlation 0 is none", {OP(ROW, 'A', 0, 9), LAUNCH(ROW, 1, 0), GPU('k', 5, 0)}, "k"},
        {"a correlation with the top bit", {LAUNCH(ROW, 1, UINT64_MAX), GPU('k', 5, UINT64_MAX)}, "k launched"},
        {"one launch, many events",
         {GPU('a', 5, 1), GPU('b', 6, 1), GPU('c', 7, 2), LAUNCH(ROW, 1, 1)},
         "a launched; b launched; c"},
        {"the earliest of several",
         {GPU('k', 9, 1), LAUNCH(ROW, 6, 1), LAUNCH(OTHER, 3, 1), OP(ROW, 'A', 0, 9), OP(OTHER, 'B', 0, 9)},
         "k launched op B/B"},
        {"equally early: the first of the file",
         {GPU('k', 9, 1), LAUNCH(OTHER, 3, 1), LAUNCH(ROW, 3, 1), OP(ROW, 'A', 0, 9), OP(OTHER, 'B', 0, 9)},
         "k launched op B/B"},
        {"before time began", {GPU('k', -5, 1), LAUNCH(ROW, -9, 1), OP(ROW, 'A', -10, 3)}, "k launched op A/A"},
    };
    CHECK(examples);
}

Test(resolve, finds_ops_and_stacks_around_the_launch) {
    static const struct example examples[] = {
        {"inside two",
         {LAUNCH(ROW, 3, 1), OP(ROW, 'B', 2, 4), OP(ROW, 'A', 0, 9), GPU('k', 50, 1)},
         "k launched op B/A"},
        {"between two", {LAUNCH(ROW, 5, 1), OP(ROW, 'A', 0, 5), OP(ROW, 'B', 6, 4), GPU('k', 50, 1)}, "k launched"},
        {"at the start of one",
         {LAUNCH(ROW, 5, 1), OP(ROW, 'A', 0, 5), OP(ROW, 'B', 5, 4), GPU('k', 50, 1)},
         "k launched op B/B"},
        {"on another row", {LAUNCH(ROW, 5, 1), OP(OTHER, 'A', 0, 9), GPU('k', 50, 1)}, "k launched"},
        {"not around the GPU event", {LAUNCH(ROW, 5, 1), OP(ROW, 'A', 6, 9), GPU('k', 7, 1)}, "k launched"},
        {"rows do not mix",
         {LAUNCH(ROW, 5, 1), LAUNCH(OTHER, 5, 2), OP(ROW, 'A', 0, 9), OP(OTHER, 'B', 0, 9), FRAME(ROW, 'x', 0, 9),
          FRAME(OTHER, 'y', 0, 9), GPU('k', 50, 1), GPU('l', 51, 2)},
         "k launched op A/A stack x; l launched op B/B stack y"},
        {"a stack",
         {FRAME(ROW, 'z', 3, 3), FRAME(ROW, 'x', 0, 9), FRAME(ROW, 'y', 1, 8), LAUNCH(ROW, 4, 1), GPU('k', 50, 1)},
         "k launched stack xyz"},
        {"a frame that outlived its caller",
         {FRAME(ROW, 'x', 0, 20), FRAME(ROW, 'y', 1, 3), FRAME(ROW, 'z', 2, 9), LAUNCH(ROW, 6, 1), GPU('k', 50, 1)},
         "k launched stack x"},
        {"an op that outlived its caller stays",
         {OP(ROW, 'A', 0, 20), OP(ROW, 'B', 1, 3), OP(ROW, 'C', 2, 9), LAUNCH(ROW, 6, 1), GPU('k', 50, 1)},
         "k launched op C/A"},
        {"two launches of a frame",
         {FRAME(ROW, 'x', 0, 9), FRAME(ROW, 'y', 2, 2), LAUNCH(ROW, 1, 1), LAUNCH(ROW, 3, 2), LAUNCH(ROW, 5, 3),
          GPU('k', 50, 1), GPU('l', 51, 2), GPU('m', 52, 3)},
         "k launched stack x; l launched stack xy; m launched stack x"},
    };
    CHECK(examples);
}

/* That row is many, of which nobody knows which is which. */
Test(resolve, nothing_encloses_on_the_row_beyond_the_ceiling) {
    static const struct example examples[] = {
        {"an op, a frame and a phase",
         {OP(NAME_BEYOND, 'A', 0, 9), FRAME(NAME_BEYOND, 'x', 0, 9), NOTE(NAME_BEYOND, PREFILL, 0, 9),
          LAUNCH(NAME_BEYOND, 3, 1), GPU('k', 50, 1), OP(ROW, 'B', 0, 9), LAUNCH(ROW, 4, 2), GPU('l', 51, 2)},
         "k launched; l launched op B/B"},
        {"a step",
         {NOTE_OF(NAME_BEYOND, NAME_BEYOND, PROFILER_1, 0, 9, 0),
          {.kind = EVENT_LAUNCH, .row = NAME_BEYOND, .process = NAME_BEYOND, .ts_ns = 3, .correlation = 1},
          GPU('k', 50, 1)},
         "k launched"},
        {"on the GPU",
         {GPU_NOTE(NAME_BEYOND, DECODE, 40, 20),
          {.kind = EVENT_KERNEL, .row = NAME_BEYOND, .device = DEVICE, .name_id = 'k', .ts_ns = 50}},
         "k"},
        {"an op found by its External id is the outermost one as far as is known",
         {OP_OF(NAME_BEYOND, 'A', 0, 9, 70), OP(NAME_BEYOND, 'B', 0, 20), LAUNCH(ROW, 3, 1), GPU_OF('k', 50, 1, 70)},
         "k launched id A/A"},
    };
    CHECK(examples);
}

Test(resolve, falls_back_to_external_ids) {
    static const struct example examples[] = {
        {"by its own", {OP_OF(ROW, 'A', 0, 9, 5), GPU_OF('k', 50, 0, 5)}, "k id A/A"},
        {"only when nothing encloses",
         {OP_OF(ROW, 'A', 0, 9, 5), OP(ROW, 'B', 20, 9), LAUNCH(ROW, 21, 1), GPU_OF('k', 50, 1, 5)},
         "k launched op B/B"},
        {"by the launch's",
         {OP_OF(ROW, 'A', 0, 9, 5), LAUNCH_OF(OTHER, 21, 1, 5), GPU('k', 50, 1)},
         "k launched id A/A"},
        {"its own comes first",
         {OP_OF(ROW, 'A', 0, 9, 5), OP_OF(ROW, 'B', 0, 9, 6), LAUNCH_OF(OTHER, 21, 1, 5), GPU_OF('k', 50, 1, 6)},
         "k launched id B/A"},
        {"its own names nothing",
         {OP_OF(ROW, 'A', 0, 9, 5), LAUNCH_OF(OTHER, 21, 1, 5), GPU_OF('k', 50, 1, 6)},
         "k launched id A/A"},
        {"both name nothing",
         {OP_OF(ROW, 'A', 0, 9, 4), LAUNCH_OF(OTHER, 21, 1, 5), GPU_OF('k', 50, 1, 6)},
         "k launched"},
        {"the first of the file, not the earliest",
         {OP_OF(ROW, 'A', 50, 9, 5), OP_OF(ROW, 'B', 0, 9, 5), GPU_OF('k', 50, 0, 5)},
         "k id A/A"},
        {"the outermost around its start",
         {OP_OF(ROW, 'C', 2, 1, 5), OP(ROW, 'B', 1, 5), OP(ROW, 'A', 0, 9), OP(OTHER, 'X', 0, 9),
          GPU_OF('k', 50, 0, 5)},
         "k id C/A"},
        {"an op that encloses nothing", {OP_OF(ROW, 'A', 5, -1, 5), GPU_OF('k', 50, 0, 5)}, "k id A/A"},
        {"id 0 is none", {OP_OF(ROW, 'A', 0, 9, 0), GPU_OF('k', 50, 0, 0)}, "k"},
        {"half of the ids are correlations: used",
         {OP_OF(ROW, 'A', 0, 9, 5), GPU_OF('k', 50, 5, 5), GPU_OF('l', 51, 6, 5)},
         "k id A/A; l id A/A"},
        {"more than half: not used",
         {OP_OF(ROW, 'A', 0, 9, 5), GPU_OF('k', 50, 5, 5), GPU_OF('l', 51, 6, 5), GPU_OF('m', 52, 7, 7)},
         "k; l; m"},
    };
    CHECK(examples);
}

Test(resolve, finds_phases) {
    static const struct example examples[] = {
        {"around the launch", {NOTE(ROW, DECODE, 0, 9), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)}, "k launched decode"},
        {"not around the GPU event", {NOTE(ROW, DECODE, 40, 20), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)}, "k launched"},
        {"the innermost",
         {NOTE(ROW, DECODE, 0, 9), NOTE(ROW, PREFILL, 2, 5), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched prefill"},
        {"the innermost that says one",
         {NOTE(ROW, DECODE, 0, 9), NOTE(ROW, PROFILER_1, 2, 5), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched decode step 0:22"},
        {"on the GPU, without a launch", {GPU_NOTE(STREAM, DECODE, 40, 20), GPU('k', 50, 0)}, "k decode"},
        {"on the GPU, another row", {GPU_NOTE(ROW, DECODE, 40, 20), GPU('k', 50, 0)}, "k"},
        {"on the GPU, the innermost",
         {GPU_NOTE(STREAM, DECODE, 45, 20), GPU_NOTE(STREAM, PREFILL, 40, 30), GPU('k', 50, 0)},
         "k decode"},
        {"the CPU's word comes first",
         {GPU_NOTE(STREAM, DECODE, 40, 20), NOTE(ROW, PREFILL, 0, 9), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched prefill"},
        {"the CPU says nothing",
         {GPU_NOTE(STREAM, DECODE, 40, 20), NOTE(ROW, PREFILL, 0, 2), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched decode"},
    };
    CHECK(examples);
}

Test(resolve, finds_steps) {
    static const struct example examples[] = {
        {"on the launch's row",
         {NOTE(ROW, PROFILER_2, 10, 10), NOTE(ROW, PROFILER_1, 0, 10), LAUNCH(ROW, 3, 1), LAUNCH(ROW, 13, 2),
          LAUNCH(ROW, 20, 3), GPU('k', 50, 1), GPU('l', 51, 2), GPU('m', 52, 3)},
         "k launched step 0:22; l launched step 1:23; m launched"},
        {"the innermost",
         {NOTE(ROW, PROFILER_1, 0, 10), NOTE(ROW, PROFILER_2, 2, 2), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched step 1:23"},
        {"in the launch's process",
         {NOTE(ROW, PROFILER_1, 0, 10), LAUNCH(OTHER, 3, 1), GPU('k', 50, 1)},
         "k launched step 0:22"},
        {"not in another process",
         {NOTE_OF(ROW, ELSEWHERE, PROFILER_1, 0, 10, 0), LAUNCH(OTHER, 3, 1), GPU('k', 50, 1)},
         "k launched"},
        {"its own row comes first",
         {NOTE(ROW, PROFILER_1, 0, 10), NOTE(OTHER, PROFILER_2, 2, 5), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched step 0:22"},
        {"the last one begun in the process",
         {NOTE(ROW, PROFILER_1, 0, 10), NOTE(OTHER, PROFILER_2, 2, 5), LAUNCH(STREAM, 3, 1), GPU('k', 50, 1)},
         "k launched step 1:23"},
        {"the last one begun that is still open",
         {NOTE(ROW, PROFILER_1, 0, 10), NOTE(OTHER, PROFILER_2, 2, 5), LAUNCH(STREAM, 8, 1), GPU('k', 50, 1)},
         "k launched step 0:22"},
        {"no step is open", {NOTE(ROW, PROFILER_1, 0, 10), LAUNCH(OTHER, 10, 1), GPU('k', 50, 1)}, "k launched"},
        {"the highest kind only",
         {NOTE(ROW, PROFILER_1, 0, 10), NOTE(ROW, VLLM_DECODE, 2, 5), LAUNCH(ROW, 3, 1), LAUNCH(ROW, 8, 2),
          GPU('k', 50, 1), GPU('l', 51, 2)},
         "k launched decode step 0:24; l launched"},
        {"the highest kind of both sides",
         {NOTE(ROW, PROFILER_1, 0, 10), GPU_NOTE(STREAM, VLLM_DECODE, 40, 20), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched decode step 0:24"},
        {"on the GPU: the CPU's step by External id",
         {NOTE_OF(ROW, PROCESS, PROFILER_1, 0, 3, 70), NOTE_OF(ROW, PROCESS, PROFILER_1, 4, 3, 71),
          GPU_NOTE_OF(STREAM, PROFILER_1, 40, 20, 70), GPU('k', 50, 0)},
         "k step 0:22"},
        {"on the GPU: the CPU's step by name, the last one begun",
         {NOTE(ROW, PROFILER_1, 0, 3), NOTE(ROW, PROFILER_1, 4, 3), NOTE(ROW, PROFILER_2, 9, 3),
          GPU_NOTE(STREAM, PROFILER_1, 40, 20), GPU('k', 50, 0)},
         "k step 1:22"},
        {"on the GPU: begun before any of the CPU's",
         {NOTE(ROW, PROFILER_1, 45, 3), GPU_NOTE(STREAM, PROFILER_1, 40, 20), GPU('k', 50, 0)},
         "k step 1:22"},
        {"on the GPU only, on two streams: one step by External id",
         {GPU_NOTE_OF(STREAM, VLLM_SILENT, 40, 20, 70),
          GPU_NOTE_OF(OTHER, VLLM_SILENT, 40, 20, 70),
          {.kind = EVENT_MEMCPY, .row = OTHER, .device = DEVICE, .name_id = 'k', .ts_ns = 50},
          GPU('l', 51, 0)},
         "k step 0:25; l step 0:25"},
        {"the launch's step comes before the GPU's",
         {NOTE(ROW, PROFILER_1, 0, 10), GPU_NOTE(STREAM, PROFILER_2, 40, 20), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         "k launched step 0:22"},
    };
    CHECK(examples);
}

/* Device ids sort by number here; which is first is for aggregate/ to say. */
Test(resolve, gives_out_by_device_and_time) {
    static const struct event events[] = {
        {.kind = EVENT_KERNEL, .device = 9, .name_id = 'd', .ts_ns = 7},
        {.kind = EVENT_MEMSET, .device = 8, .name_id = 'b', .ts_ns = 5},
        {.kind = EVENT_MEMCPY, .device = 9, .name_id = 'c', .ts_ns = -7},
        {.kind = EVENT_KERNEL, .device = 8, .name_id = 'a', .ts_ns = 3},
    };
    struct resolved resolved = resolve_events(events, 4, &classes, ALL_MEMORY);
    cr_assert_eq(resolved.gpu_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        cr_expect_eq(resolved.gpu[i].name_id, 'a' + i);
    cr_expect_eq(resolved.gpu[0].kind, EVENT_KERNEL);
    cr_expect_eq(resolved.gpu[1].kind, EVENT_MEMSET);
    cr_expect_eq(resolved.gpu[2].kind, EVENT_MEMCPY);
    resolved_free(&resolved);
}

Test(resolve, what_an_event_is_stays_as_it_was) {
    static const struct event in = {.kind = EVENT_MEMCPY,
                                    .row = STREAM,
                                    .device = DEVICE,
                                    .name_id = 5,
                                    .ts_ns = 1428625731896179123,
                                    .dur_ns = 77,
                                    .correlation = 1};
    struct resolved resolved = resolve_events(&in, 1, &classes, ALL_MEMORY);
    cr_assert_eq(resolved.gpu_count, 1);
    const struct event *out = &resolved.gpu[0];
    cr_expect(out->kind == in.kind && out->device == in.device && out->name_id == in.name_id && out->class_id == 0 &&
              out->ts_ns == in.ts_ns && out->dur_ns == in.dur_ns);
    cr_expect(!out->launched && out->op_method == OP_BY_NONE && out->cpu_op == 0 && out->top_op == 0 &&
              out->stack == PATH_ROOT && out->phase == PHASE_NONE && out->step == STEP_NONE);
    resolved_free(&resolved);
}

Test(resolve, cpu_ops_pass_at_once_and_other_cpu_events_do_not) {
    static const struct event events[] = {OP(ROW, 'A', 0, 9), OP(ROW, 'B', 0, -1), FRAME(ROW, 'x', 0, 9),
                                          NOTE(ROW, DECODE, 0, 9), LAUNCH(ROW, 1, 1)};
    struct resolved resolved = resolve_events(events, 5, &classes, ALL_MEMORY);
    cr_expect_eq(resolved.op_count, 2);
    cr_expect_eq(resolved.gpu_count, 0);
    resolved_free(&resolved);
}

Test(resolve, counts_what_is_wrong) {
    static const struct {
        const char *name;
        struct event events[MOST_EVENTS];
        enum anomaly anomaly;
        uint64_t count;
        size_t gpu_count;
    } trials[] = {
        {"negative", {{.kind = EVENT_KERNEL, .row = STREAM, .dur_ns = -1}}, ANOMALY_NEGATIVE_DURATION, 1, 0},
        {"absurd",
         {{.kind = EVENT_MEMSET, .row = STREAM, .dur_ns = LIMIT_DURATION_NS + 1}},
         ANOMALY_ABSURD_DURATION,
         1,
         0},
        {"just not absurd",
         {{.kind = EVENT_MEMSET, .row = STREAM, .dur_ns = LIMIT_DURATION_NS}},
         ANOMALY_ABSURD_DURATION,
         0,
         1},
        {"no correlation", {GPU('k', 1, 0), GPU('l', 1, 0)}, ANOMALY_NO_CORRELATION, 2, 2},
        {"no correlation is not a lost launch", {GPU('k', 1, 0)}, ANOMALY_NO_LAUNCH, 0, 1},
        {"no launch", {GPU('k', 1, 5), GPU('l', 1, 6), LAUNCH(ROW, 1, 6)}, ANOMALY_NO_LAUNCH, 1, 2},
        {"External ids ignored", {GPU_OF('k', 1, 5, 5)}, ANOMALY_EXTERNAL_IGNORED, 1, 1},
        {"External ids used", {GPU_OF('k', 1, 5, 6)}, ANOMALY_EXTERNAL_IGNORED, 0, 1},
        {"no GPU event: nothing to ignore", {LAUNCH(ROW, 1, 6)}, ANOMALY_EXTERNAL_IGNORED, 0, 0},
        {"steps without events",
         {NOTE(ROW, PROFILER_1, 0, 9), NOTE(ROW, PROFILER_2, 9, 9), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         ANOMALY_STEP_EMPTY,
         1,
         1},
        {"steps of a kind that is not used",
         {NOTE(ROW, PROFILER_1, 0, 9), NOTE(ROW, VLLM_SILENT, 1, 8), LAUNCH(ROW, 3, 1), GPU('k', 50, 1)},
         ANOMALY_STEP_EMPTY,
         0,
         1},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        struct resolved resolved = resolve_events(trials[i].events, length_of(trials[i].events), &classes, ALL_MEMORY);
        cr_expect_eq(resolved.tally.rows[trials[i].anomaly].count, trials[i].count, "case %s", trials[i].name);
        cr_expect_eq(resolved.gpu_count, trials[i].gpu_count, "case %s", trials[i].name);
        resolved_free(&resolved);
    }
}

Test(resolve, names_the_byte_of_what_is_left_out) {
    static const struct event events[] = {
        {.kind = EVENT_KERNEL, .offset = 300, .dur_ns = 1, .correlation = 1},
        {.kind = EVENT_KERNEL, .offset = 500, .dur_ns = -1},
        {.kind = EVENT_KERNEL, .offset = 700, .dur_ns = -1},
    };
    struct resolved resolved = resolve_events(events, 3, &classes, ALL_MEMORY);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NEGATIVE_DURATION].count, 2);
    cr_expect(resolved.tally.rows[ANOMALY_NEGATIVE_DURATION].has_byte);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NEGATIVE_DURATION].first_byte, 500);
    resolved_free(&resolved);
}

#define EPOCH INT64_C(1700000000000000000)

Test(resolve, knows_the_time_without_a_launch) {
    static const struct event events[] = {
        {.kind = EVENT_KERNEL, .ts_ns = 1, .dur_ns = 300, .correlation = 5},
        {.kind = EVENT_MEMCPY, .ts_ns = 2, .dur_ns = 20, .correlation = 6},
        {.kind = EVENT_KERNEL, .ts_ns = 3, .dur_ns = 1, .correlation = 7},
        {.kind = EVENT_KERNEL, .ts_ns = 4, .dur_ns = 4000, .correlation = 0, .offset = 90},
        LAUNCH(ROW, 1, 7),
    };
    struct resolved resolved = resolve_events(events, 5, &classes, ALL_MEMORY);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_LAUNCH].count, 2);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_LAUNCH].gpu_ns, 320);
    cr_expect_not(resolved.tally.rows[ANOMALY_NO_LAUNCH].has_byte);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_CORRELATION].count, 1);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_CORRELATION].gpu_ns, 4000);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_CORRELATION].first_byte, 90);
    resolved_free(&resolved);
}

Test(resolve, leaves_out_what_lies_outside_of_the_trace) {
    static const struct event events[] = {
        GPU('k', EPOCH + 5, 1),  GPU('z', 0, 2),         LAUNCH(ROW, EPOCH + 2, 1),
        LAUNCH(ROW, EPOCH + 3, 2), GPU('l', EPOCH + 6, 3), LAUNCH(ROW, EPOCH + 4, 3),
    };
    struct resolved resolved = resolve_events(events, 6, &classes, ALL_MEMORY);
    cr_assert_eq(resolved.gpu_count, 2);
    cr_expect_eq(resolved.gpu[0].name_id, 'k');
    cr_expect_eq(resolved.gpu[1].name_id, 'l');
    cr_expect_eq(resolved.tally.rows[ANOMALY_OUTSIDE_SPAN].count, 1);
    cr_expect_eq(resolved.tally.rows[ANOMALY_OUTSIDE_SPAN].gpu_ns, 1);
    cr_expect_eq(resolved.tally.rows[ANOMALY_NO_LAUNCH].count, 0);
    resolved_free(&resolved);
}

/* Its events keep their distances, and none begins before its launch; GPU annotations are in its own time. */
Test(resolve, sets_the_clock_of_a_device) {
    static const struct event events[] = {
        NOTE(ROW, PROFILER_1, EPOCH, 100), GPU('k', 5000, 1),          GPU('l', 5030, 2), GPU('m', 5700, 0),
        LAUNCH(ROW, EPOCH + 10, 1),        LAUNCH(ROW, EPOCH + 20, 2), GPU_NOTE(STREAM, DECODE, 5700, 9),
    };
    struct resolved resolved = resolve_events(events, 7, &classes, ALL_MEMORY);
    cr_assert_eq(resolved.gpu_count, 3);
    cr_expect_eq(resolved.gpu[0].ts_ns, EPOCH + 10);
    cr_expect_eq(resolved.gpu[1].ts_ns, EPOCH + 40);
    cr_expect_eq(resolved.gpu[2].ts_ns, EPOCH + 710);
    cr_expect_eq(resolved.gpu[0].step, 0);
    cr_expect_eq(resolved.gpu[1].step, 0);
    cr_expect_eq(resolved.gpu[2].phase, PHASE_DECODE);
    cr_expect_eq(resolved.tally.rows[ANOMALY_CLOCKS_DIFFER].count, 3);
    resolved_free(&resolved);
}

/* Each of them may be, together they may not. */
Test(resolve, no_sum_of_durations_overflows) {
    enum { COUNT = 2000 };
    struct event *events = calloc(COUNT, sizeof *events);
    int64_t total_ns = 0;
    for (int i = 0; i < COUNT; i++)
        events[i] = (struct event){.kind = EVENT_KERNEL, .dur_ns = LIMIT_DURATION_NS};
    struct resolved resolved = resolve_events(events, COUNT, &classes, ALL_MEMORY);
    for (size_t i = 0; i < resolved.gpu_count; i++)
        cr_assert_not(__builtin_add_overflow(total_ns, resolved.gpu[i].dur_ns, &total_ns));
    cr_expect_gt(resolved.gpu_count, 1000);
    cr_expect_eq(resolved.tally.rows[ANOMALY_ABSURD_DURATION].count, COUNT - resolved.gpu_count);
    cr_expect_leq(total_ns, LIMIT_TIME_NS);
    resolved_free(&resolved);
    free(events);
}
