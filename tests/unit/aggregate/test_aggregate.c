#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "adds_up.h"
#include "aggregate/aggregate.h"
#include "base/limits.h"

TestSuite(aggregate, .timeout = 20);

/* Kernel classes. */
enum { COPY, GEMM_A, GEMM_B, NORM, REDUCE, KERNELS };
static const struct {
    const char *name, *operation;
    enum event_kind kind;
    bool collective;
} kernel_names[KERNELS] = {
    [GEMM_A] = {"gemm_a", "GEMM", EVENT_KERNEL, false},      [GEMM_B] = {"gemm_b", "GEMM", EVENT_KERNEL, false},
    [NORM] = {"norm", "Norm", EVENT_KERNEL, false},          [REDUCE] = {"nccl", "Collective", EVENT_KERNEL, true},
    [COPY] = {"gemm_a", "Memory Copy", EVENT_MEMCPY, false},
};

/* Annotation classes. */
enum { STEP_A, STEP_B, STEPS };
static const struct {
    const char *name;
    enum phase phase;
} step_names[STEPS] = {{"step a", PHASE_DECODE}, {"step b", PHASE_NONE}};

struct bench {
    struct summary *summary;
    struct kernel_class kernels[KERNELS];
    struct annotation_class notes[STEPS];
    struct classes classes;
    struct stage *stage;
};

static uint32_t name_id(const struct bench *bench, const char *name) {
    uint32_t id;
    struct error error;
    cr_assert_eq(names_intern(bench->summary->names, text_from(name), &id, &error), STATUS_OK);
    return id;
}

static const char *name_of(const struct bench *bench, uint32_t id) {
    static char text[100];
    const struct text name = names_get(bench->summary->names, id);
    snprintf(text, sizeof text, "%.*s", (int)name.size, name.data);
    return text;
}

static void bench_start(struct bench *bench, const struct aggregate_options *options) {
    *bench = (struct bench){.summary = summary_new()};
    cr_assert(bench->summary);
    for (int i = 0; i < KERNELS; i++) {
        const uint32_t name = name_id(bench, kernel_names[i].name);
        bench->kernels[i] = (struct kernel_class){name,
                                                  name,
                                                  name_id(bench, kernel_names[i].operation),
                                                  name_id(bench, "a rule"),
                                                  kernel_names[i].kind,
                                                  kernel_names[i].collective};
    }
    for (int i = 0; i < STEPS; i++)
        bench->notes[i] = (struct annotation_class){
            .name = name_id(bench, step_names[i].name), .phase = step_names[i].phase, .step = STEP_KIND_VLLM};
    bench->classes = (struct classes){bench->kernels, bench->notes, KERNELS, STEPS, 0};
    bench->stage = aggregate_new(bench->summary, &bench->classes, options);
    cr_assert(bench->stage);
}

static void bench_push(const struct bench *bench, struct event event) {
    struct error error;
    cr_assert_eq(stage_push(bench->stage, &event, &error), STATUS_OK);
}

/* Ends the input; what must always hold is checked at once. */
static const struct summary *bench_end(struct bench *bench, const char *name) {
    struct error error;
    cr_assert_eq(stage_flush(bench->stage, &error), STATUS_OK);
    stage_free(bench->stage);
    bench->stage = NULL;
    expect_adds_up(bench->summary, name);
    return bench->summary;
}

static void bench_free(struct bench *bench) {
    stage_free(bench->stage);
    summary_free(bench->summary);
}

static const struct aggregate_options everything = {0};

/* A GPU event of a class; all else as when nothing was found. */
static struct event gpu_event(const struct bench *bench, uint32_t class_id, int64_t ts_ns, int64_t dur_ns) {
    return (struct event){.kind = kernel_names[class_id].kind,
                          .class_id = class_id,
                          .name_id = bench->kernels[class_id].name,
                          .device = name_id(bench, "0"),
                          .ts_ns = ts_ns,
                          .dur_ns = dur_ns,
                          .step = STEP_NONE};
}

static void push_gpu(const struct bench *bench, uint32_t class_id, int64_t ts_ns, int64_t dur_ns) {
    bench_push(bench, gpu_event(bench, class_id, ts_ns, dur_ns));
}

static void push_with_op(const struct bench *bench, uint32_t class_id, int64_t dur_ns, const char *op,
                         const char *top) {
    struct event event = gpu_event(bench, class_id, 0, dur_ns);
    event.launched = true;
    event.op_method = OP_BY_ENCLOSING;
    event.cpu_op = name_id(bench, op);
    event.top_op = name_id(bench, top);
    bench_push(bench, event);
}

static void push_with_stack(const struct bench *bench, uint32_t class_id, const char *const *frames) {
    struct event event = gpu_event(bench, class_id, 0, 1);
    struct error error;
    for (size_t i = 0; frames[i]; i++)
        cr_assert_eq(paths_child(bench->summary->paths, event.stack, name_id(bench, frames[i]), &event.stack, &error),
                     STATUS_OK);
    bench_push(bench, event);
}

static void push_in_step(const struct bench *bench, uint32_t step, uint32_t class_id, int64_t ts_ns, int64_t dur_ns) {
    struct event event = gpu_event(bench, NORM, ts_ns, dur_ns);
    event.step = step;
    event.step_class = class_id;
    event.phase = step_names[class_id].phase;
    bench_push(bench, event);
}

static void push_cpu_op(const struct bench *bench, const char *name, int64_t dur_ns) {
    bench_push(bench,
               (struct event){.kind = EVENT_CPU_OP, .name_id = name_id(bench, name), .dur_ns = dur_ns, .calls = 1});
}

Test(aggregate, an_empty_trace_has_no_rows) {
    struct bench bench;
    bench_start(&bench, &everything);
    const struct summary *summary = bench_end(&bench, "empty");
    cr_expect_eq(summary->gpu_all.count, 0);
    cr_expect_eq(summary->kernel_count + summary->operation_count + summary->phase_count + summary->timeline_count +
                     summary->cpu_op_count + summary->top_op_count + summary->step_count,
                 0);
    cr_expect_eq(summary->tally.rows[ANOMALY_EMPTY_TRACE].count, 1);
    cr_expect_eq(summary->platform, PLATFORM_UNKNOWN);
    cr_expect_str_eq(summary->architecture, "unknown");
    bench_free(&bench);
}

Test(aggregate, cpu_ops_alone_are_listed) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_cpu_op(&bench, "aten::mm", 5);
    push_cpu_op(&bench, "aten::mm", 7);
    push_cpu_op(&bench, "aten::mm", 0);
    push_cpu_op(&bench, "aten::add", INT64_MAX);
    push_cpu_op(&bench, "aten::add", INT64_MAX);
    const struct summary *summary = bench_end(&bench, "cpu only");
    cr_assert_eq(summary->cpu_op_count, 2);
    cr_expect_str_eq(name_of(&bench, summary->cpu_ops[0].name), "aten::add");
    cr_expect_eq(summary->cpu_ops[0].calls, 2);
    cr_expect_eq(summary->cpu_ops[0].cpu_total_ns, INT64_MAX, "a sum that would overflow");
    cr_expect_eq(summary->cpu_ops[1].calls, 3);
    cr_expect_eq(summary->cpu_ops[1].cpu_total_ns, 12);
    cr_expect_eq(summary->top_op_count, 0);
    bench_free(&bench);
}

Test(aggregate, kernels_are_sorted_by_time_then_name) {
    static const uint32_t expected[] = {NORM, COPY, GEMM_B, REDUCE}; /* "gemm_a" of 8 ns is a copy here */
    struct bench bench;
    bench_start(&bench, &everything);
    push_gpu(&bench, REDUCE, 0, 5);
    push_gpu(&bench, GEMM_B, 1, 5);
    push_gpu(&bench, COPY, 2, 8);
    push_gpu(&bench, NORM, 3, 6);
    push_gpu(&bench, NORM, 4, 3);
    const struct summary *summary = bench_end(&bench, "order");
    cr_assert_eq(summary->kernel_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct kernel_class *class = &bench.kernels[expected[i]];
        const struct kernel_row *row = &summary->kernels[i];
        cr_expect(row->name == class->name && row->kind == class->kind && row->operation == class->operation &&
                      row->rule == class->rule && row->readable == class->readable,
                  "place %zu", i);
    }
    cr_expect_eq(summary->kernels[0].stats.min_ns, 3);
    cr_expect_eq(summary->kernels[0].stats.max_ns, 6);
    cr_expect_eq(summary->gpu[EVENT_KERNEL].total_ns, 19);
    cr_expect_eq(summary->gpu[EVENT_MEMCPY].total_ns, 8);
    cr_expect_eq(summary->gpu[EVENT_MEMSET].count, 0);
    bench_free(&bench);
}

Test(aggregate, one_name_of_two_kinds_is_two_kernels) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_gpu(&bench, COPY, 0, 5);
    push_gpu(&bench, GEMM_A, 1, 5);
    const struct summary *summary = bench_end(&bench, "kinds");
    cr_assert_eq(summary->kernel_count, 2);
    cr_expect_eq(summary->kernels[0].name, summary->kernels[1].name);
    cr_expect_eq(summary->kernels[0].kind, EVENT_KERNEL);
    cr_expect_eq(summary->kernels[1].kind, EVENT_MEMCPY);
    bench_free(&bench);
}

Test(aggregate, operations_hold_their_kernels) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_gpu(&bench, GEMM_A, 0, 4);
    push_gpu(&bench, NORM, 1, 9);
    push_gpu(&bench, GEMM_B, 2, 6);
    push_gpu(&bench, REDUCE, 3, 9);
    const struct summary *summary = bench_end(&bench, "operations");
    static const char *const expected[] = {"GEMM", "Collective", "Norm"};
    cr_assert_eq(summary->operation_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(name_of(&bench, summary->operations[i].operation), expected[i], "place %zu", i);
    cr_assert_eq(summary->operations[0].kernel_count, 2);
    cr_expect_eq(summary->kernels[summary->operations[0].kernels[0]].name, bench.kernels[GEMM_B].name);
    cr_expect_eq(summary->operations[0].stats.min_ns, 4);
    cr_expect_eq(summary->operations[0].stats.max_ns, 6);
    bench_free(&bench);
}

Test(aggregate, the_cpu_op_with_the_most_time) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_with_op(&bench, GEMM_A, 5, "mm", "linear");
    push_with_op(&bench, GEMM_A, 2, "addmm", "linear");
    push_with_op(&bench, GEMM_A, 4, "addmm", "linear");
    push_with_op(&bench, GEMM_B, 4, "mm", "bmm");
    for (uint32_t class_id = GEMM_A; class_id < KERNELS; class_id++)
        push_gpu(&bench, class_id, 0, 50); /* none is no cpu_op, however long */
    push_with_op(&bench, REDUCE, 3, "b", "b");
    push_with_op(&bench, REDUCE, 3, "a", "b");
    const struct summary *summary = bench_end(&bench, "ops");
    static const struct {
        uint32_t class_id;
        const char *op;
    } expected[] = {{GEMM_A, "addmm"}, {GEMM_B, "mm"}, {REDUCE, "a"}, {NORM, ""}};
    for (size_t i = 0; i < 4; i++)
        for (uint32_t k = 0; k < summary->kernel_count; k++)
            if (summary->kernels[k].name == bench.kernels[expected[i].class_id].name)
                cr_expect_str_eq(name_of(&bench, summary->kernels[k].cpu_op), expected[i].op, "case %zu", i);
    cr_expect_str_eq(name_of(&bench, summary->operations[0].cpu_op), "mm", "9 ns of both kernels against 6");
    bench_free(&bench);
}

Test(aggregate, cpu_op_tables) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_cpu_op(&bench, "mm", 100);
    push_cpu_op(&bench, "linear", 200);
    push_cpu_op(&bench, "view", 300);
    push_with_op(&bench, GEMM_A, 5, "mm", "linear");
    push_with_op(&bench, GEMM_B, 6, "mm", "linear");
    push_with_op(&bench, NORM, 7, "linear", "linear");
    push_gpu(&bench, NORM, 0, 9);
    const struct summary *summary = bench_end(&bench, "tables");
    static const struct {
        const char *name;
        uint64_t calls, gpu_count;
        int64_t cpu_ns, gpu_ns;
    } expected[] = {{"mm", 1, 2, 100, 11}, {"", 0, 1, 0, 9}, {"linear", 1, 1, 200, 7}, {"view", 1, 0, 300, 0}};
    cr_assert_eq(summary->cpu_op_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct cpu_op_row *row = &summary->cpu_ops[i];
        cr_expect_str_eq(name_of(&bench, row->name), expected[i].name, "place %zu", i);
        cr_expect(row->calls == expected[i].calls && row->cpu_total_ns == expected[i].cpu_ns &&
                      row->gpu_count == expected[i].gpu_count && row->gpu_total_ns == expected[i].gpu_ns,
                  "place %zu", i);
    }
    cr_assert_eq(summary->top_op_count, 2);
    cr_expect_str_eq(name_of(&bench, summary->top_ops[0].name), "linear");
    cr_expect_eq(summary->top_ops[0].gpu_total_ns, 18);
    cr_expect_eq(summary->top_ops[0].calls, 0);
    cr_expect_eq(summary->attribution.op_enclosing, 3);
    cr_expect_eq(summary->attribution.op_none, 1);
    cr_expect_eq(summary->attribution.op_none_ns, 9);
    cr_expect_eq(summary->attribution.unlaunched_ns, 9);
    bench_free(&bench);
}

static void expect_stack(const struct bench *bench, const struct kernel_row *row, const char *const *frames,
                         uint64_t count, uint64_t distinct) {
    uint32_t depth = 0, node = row->stack_top;
    while (frames[depth])
        depth++;
    cr_expect_eq(paths_depth(bench->summary->paths, node), depth);
    for (; depth > 0; node = paths_caller(bench->summary->paths, node))
        cr_expect_str_eq(name_of(bench, paths_name(bench->summary->paths, node)), frames[--depth]);
    cr_expect_eq(row->stack_top_count, count);
    cr_expect_eq(row->stacks_distinct, distinct);
}

Test(aggregate, the_most_frequent_stack) {
    static const char *const none[] = {NULL}, *const b[] = {"b", NULL}, *const ba[] = {"b", "a", NULL},
                             *const ac[] = {"a", "c", NULL}, *const abc[] = {"ab", "c", NULL};
    struct bench bench;
    bench_start(&bench, &everything);
    /* The longer names come first so that a tie is not decided by who was first. */
    const char *const *pushes[] = {abc, b, ba, b, ac, abc, ac, none, none, none};
    for (size_t i = 0; i < sizeof pushes / sizeof *pushes; i++)
        push_with_stack(&bench, GEMM_A, pushes[i]);
    push_with_stack(&bench, NORM, ba);
    push_with_stack(&bench, NORM, b);
    push_with_stack(&bench, NORM, b);
    push_gpu(&bench, REDUCE, 0, 1);
    const struct summary *summary = bench_end(&bench, "stacks");
    cr_assert_eq(summary->kernel_count, 3);
    expect_stack(&bench, &summary->kernels[0], ac, 2, 4); /* "a\nc" before "ab\nc" and "b", twice each */
    expect_stack(&bench, &summary->kernels[1], b, 2, 2);
    expect_stack(&bench, &summary->kernels[2], none, 0, 0);
    cr_expect_eq(summary->attribution.distinct_stacks, 4);
    cr_expect_eq(summary->attribution.with_stack, 10);
    cr_expect_eq(summary->attribution.without_stack, 4);
    bench_free(&bench);
}

Test(aggregate, equally_frequent_stacks_go_by_their_text) {
    enum { STACKS = 31, STRIDE = 12 };
    struct bench bench;
    bench_start(&bench, &everything);
    for (int i = 0; i < STACKS; i++) {
        char frame[10];
        snprintf(frame, sizeof frame, "f%02d", (i * STRIDE + 5) % STACKS);
        push_with_stack(&bench, NORM, (const char *[]){"main", frame, NULL});
    }
    const struct summary *summary = bench_end(&bench, "ties");
    expect_stack(&bench, &summary->kernels[0], (const char *[]){"main", "f00", NULL}, 1, STACKS);
    bench_free(&bench);
}

Test(aggregate, phases_that_have_events) {
    static const struct {
        enum phase phase;
        int64_t dur_ns;
    } pushes[] = {{PHASE_DECODE, 5}, {PHASE_NONE, 4}, {PHASE_PREFILL, 5}, {PHASE_NONE, 3}};
    struct bench bench;
    bench_start(&bench, &everything);
    for (size_t i = 0; i < 4; i++) {
        struct event event = gpu_event(&bench, NORM, 0, pushes[i].dur_ns);
        event.phase = pushes[i].phase;
        bench_push(&bench, event);
    }
    const struct summary *summary = bench_end(&bench, "phases");
    cr_assert_eq(summary->phase_count, 3);
    cr_expect_eq(summary->phases[0].phase, PHASE_NONE);
    cr_expect_eq(summary->phases[0].cell.total_ns, 7);
    cr_expect_eq(summary->phases[0].cell.step_count, 0);
    cr_expect_eq(summary->phases[1].phase, PHASE_PREFILL);
    cr_expect_eq(summary->phases[2].phase, PHASE_DECODE);
    bench_free(&bench);
}

Test(aggregate, steps_by_their_start) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_in_step(&bench, 2, STEP_B, 10, 50); /* the first to end is not the last to begin */
    push_in_step(&bench, 2, STEP_B, 12, 3);
    push_in_step(&bench, 0, STEP_A, 70, 10);
    push_gpu(&bench, NORM, 80, 1);
    push_in_step(&bench, 0, STEP_A, 90, 10);
    const struct summary *summary = bench_end(&bench, "steps");
    cr_assert_eq(summary->step_count, 2, "step 1 has no events");
    const struct step_row *first = &summary->steps[0], *second = &summary->steps[1];
    cr_expect_str_eq(name_of(&bench, first->name), "step b");
    cr_expect(first->phase == PHASE_NONE && first->start_ns == 10 && first->span_ns == 50 && first->gpu_ns == 53 &&
              first->gpu_events == 2);
    cr_expect_str_eq(name_of(&bench, second->name), "step a");
    cr_expect(second->phase == PHASE_DECODE && second->start_ns == 70 && second->span_ns == 30 && second->gpu_ns == 20);
    cr_expect_str_eq(summary->step_kind, "vllm");
    cr_expect_eq(summary->step_span.total_ns, 80);
    cr_expect_eq(summary->step_span.min_ns, 30);
    cr_expect_eq(summary->step_gpu.max_ns, 53);
    for (uint32_t i = 0; i < summary->phase_count; i++) {
        const struct phase_cell *cell = &summary->phases[i].cell;
        const bool decode = summary->phases[i].phase == PHASE_DECODE;
        cr_expect(cell->step_count == 2 && cell->step_ns == (decode ? 20 : 53));
    }
    bench_free(&bench);
}

/* That shares add up to steps and kernels is checked at the end of every bench. */
Test(aggregate, shares_of_steps_that_take_turns) {
    struct bench bench;
    bench_start(&bench, &everything);
    for (int i = 0; i < 6; i++)
        push_in_step(&bench, i % 2 == 0 ? 3 : 1, i % 2 == 0 ? STEP_A : STEP_B, 10 * i, 4);
    const struct summary *summary = bench_end(&bench, "turns");
    const struct step_detail *detail = &summary->step_detail;
    cr_assert(detail->complete);
    cr_assert_eq(detail->share_count, 2);
    cr_expect(detail->shares[0].step == 0 && detail->shares[0].phase == PHASE_DECODE && detail->shares[0].ns == 12);
    cr_expect(detail->shares[1].step == 1 && detail->shares[1].phase == PHASE_NONE && detail->shares[1].count == 3);
    cr_expect(detail->parts[0].compute_ns == 12 && detail->parts[0].idle_ns == 32);
    bench_free(&bench);
}

/* Step A runs on two devices: 5 of 5 ns busy on one, 5 of 10 on the other. */
Test(aggregate, parts_of_a_step_are_summed_over_devices) {
    struct bench bench;
    bench_start(&bench, &everything);
    push_in_step(&bench, 0, STEP_A, 100, 5);
    push_in_step(&bench, 1, STEP_B, 200, 5);
    static const int64_t starts[] = {100, 107};
    for (int i = 0; i < 2; i++) {
        struct event event = gpu_event(&bench, NORM, starts[i], i == 0 ? 2 : 3);
        event.device = name_id(&bench, "1");
        event.step = 0;
        event.step_class = STEP_A;
        bench_push(&bench, event);
    }
    const struct summary *summary = bench_end(&bench, "two devices");
    cr_expect(summary->step_detail.parts[0].compute_ns == 10 && summary->step_detail.parts[0].idle_ns == 5);
    cr_expect(summary->step_detail.parts[1].compute_ns == 5 && summary->step_detail.parts[1].idle_ns == 0);
    bench_free(&bench);
}

Test(aggregate, beyond_the_ceiling_no_step_is_detailed) {
    for (uint32_t last = LIMIT_STEPS_DETAILED - 1; last <= LIMIT_STEPS_DETAILED; last++) {
        struct bench bench;
        bench_start(&bench, &everything);
        push_in_step(&bench, 0, STEP_A, 100, 5);
        push_in_step(&bench, last, STEP_A, 200, 5);
        push_in_step(&bench, 0, STEP_A, 300, 5);
        const struct summary *summary = bench_end(&bench, "many steps");
        cr_expect_eq(summary->step_detail.complete, last < LIMIT_STEPS_DETAILED);
        cr_expect_eq(summary->step_count, 2);
        bench_free(&bench);
    }
}

Test(aggregate, devices_are_sorted_numbers_first) {
    static const char *const devices[] = {"x", "10", "GPU 1", "2", "", "02"}; /* as resolve/ may give them */
    static const char *const expected[] = {"2", "02", "10", "", "GPU 1", "x"};
    struct bench bench;
    bench_start(&bench, &everything);
    for (size_t i = 0; i < 6; i++) {
        struct event event = gpu_event(&bench, NORM, 100 * (int64_t)(6 - i), 7);
        event.device = name_id(&bench, devices[i]);
        bench_push(&bench, event);
        event.ts_ns += 10;
        bench_push(&bench, event);
    }
    const struct summary *summary = bench_end(&bench, "devices");
    cr_assert_eq(summary->timeline_count, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_str_eq(name_of(&bench, summary->timeline[i].device), expected[i], "place %zu", i);
        cr_expect_eq(summary->timeline[i].events, 2);
        cr_expect_eq(summary->timeline[i].span_ns, 17);
        cr_expect_eq(summary->timeline[i].busy_ns, 14);
    }
    bench_free(&bench);
}

Test(aggregate, one_phase_leaves_the_others_out_of_every_figure) {
    static const struct aggregate_options decode = {.one_phase = true, .phase = PHASE_DECODE};
    struct bench bench;
    bench_start(&bench, &decode);
    push_cpu_op(&bench, "mm", 5);
    push_gpu(&bench, GEMM_A, 0, 100);
    push_in_step(&bench, 0, STEP_B, 200, 100);
    push_in_step(&bench, 1, STEP_A, 400, 30);
    const struct summary *summary = bench_end(&bench, "decode");
    cr_expect_eq(summary->gpu_all.count, 1);
    cr_expect_eq(summary->gpu_all.total_ns, 30);
    cr_expect_eq(summary->kernel_count, 1);
    cr_expect_eq(summary->phase_count, 1);
    cr_expect_eq(summary->step_count, 1);
    cr_assert_eq(summary->timeline_count, 1);
    cr_expect_eq(summary->timeline[0].span_ns, 30);
    bench_free(&bench);
}

Test(aggregate, a_phase_nobody_has_is_not_an_empty_trace) {
    static const struct aggregate_options mixed = {.one_phase = true, .phase = PHASE_MIXED};
    struct bench bench;
    bench_start(&bench, &mixed);
    push_gpu(&bench, GEMM_A, 0, 100);
    const struct summary *summary = bench_end(&bench, "mixed");
    cr_expect_eq(summary->gpu_all.count, 0);
    cr_expect_eq(summary->timeline_count, 0);
    cr_expect_eq(summary->tally.rows[ANOMALY_EMPTY_TRACE].count, 0);
    cr_expect_eq(summary->tally.rows[ANOMALY_EMPTY_PHASE].count, 1);
    bench_free(&bench);
}

Test(aggregate, platform_by_document_then_launches_then_kernels) {
    static const struct {
        const char *name;
        struct document document;
        enum platform platform;
    } cases[] = {
        {"nothing said", {.says_amd = false}, PLATFORM_UNKNOWN},
        {"a version of AMD's", {.says_amd = true}, PLATFORM_AMD},
        {"a version of NVIDIA's", {.says_nvidia = true}, PLATFORM_NVIDIA},
        {"HIP calls CUDA names", {.says_amd = true, .launches_nvidia = true}, PLATFORM_AMD},
        {"hip launches", {.launches_amd = true}, PLATFORM_AMD},
        {"cuda launches", {.launches_nvidia = true}, PLATFORM_NVIDIA},
        {"both say nothing", {.launches_nvidia = true, .launches_amd = true}, PLATFORM_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        bench_start(&bench, &everything);
        bench.summary->document = cases[i].document;
        push_gpu(&bench, NORM, 0, 1);
        cr_expect_eq(bench_end(&bench, cases[i].name)->platform, cases[i].platform, "case %s", cases[i].name);
        bench_free(&bench);
    }
}

Test(aggregate, platform_and_architecture_by_names) {
    static const struct {
        const char *kernel, *operation;
        enum platform platform;
        const char *architecture;
    } cases[] = {
        {"Cijk_Alik_Bljk", "Dense GEMM", PLATFORM_AMD, "unknown"},
        {"nvjet_tst_64x64", "Dense GEMM", PLATFORM_NVIDIA, "unknown"},
        {"kernel", "Attention (Decode)", PLATFORM_UNKNOWN, "transformer"},
        {"kernel", "SSM", PLATFORM_UNKNOWN, "ssm"},
        {"kernel", "Attend", PLATFORM_UNKNOWN, "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        bench_start(&bench, &everything);
        bench.kernels[NORM].name = name_id(&bench, cases[i].kernel);
        bench.kernels[NORM].operation = name_id(&bench, cases[i].operation);
        push_gpu(&bench, NORM, 0, 1);
        const struct summary *summary = bench_end(&bench, cases[i].kernel);
        cr_expect_eq(summary->platform, cases[i].platform, "case %s", cases[i].kernel);
        cr_expect_str_eq(summary->architecture, cases[i].architecture, "case %s", cases[i].operation);
        bench_free(&bench);
    }
}

static struct event random_event(struct bench *bench, struct seeded *seed, int64_t ts_ns) {
    static const char *const ops[] = {"", "mm", "addmm", "view"};
    struct event event =
        gpu_event(bench, (uint32_t)seeded_below(seed, KERNELS), ts_ns, (int64_t)seeded_below(seed, 40));
    struct error error;
    event.launched = seeded_below(seed, 3) > 0;
    event.op_method = event.launched ? (enum op_method)seeded_below(seed, 3) : OP_BY_NONE;
    if (event.op_method != OP_BY_NONE) {
        event.cpu_op = name_id(bench, ops[1 + seeded_below(seed, 3)]);
        event.top_op = name_id(bench, ops[1 + seeded_below(seed, 3)]);
    }
    for (uint64_t depth = seeded_below(seed, 4); depth-- > 0;)
        cr_assert_eq(
            paths_child(bench->summary->paths, event.stack, 2 + (uint32_t)seeded_below(seed, 3), &event.stack, &error),
            STATUS_OK);
    event.phase = (enum phase)seeded_below(seed, PHASES);
    if (seeded_below(seed, 2) == 0) {
        event.step = (uint32_t)seeded_below(seed, 6);
        event.step_class = event.step % STEPS;
    }
    return event;
}

Test(aggregate, random_events_add_up) {
    enum { ROUNDS = 300 };
    struct seeded seed = {4};
    for (int round = 0; round < ROUNDS; round++) {
        struct bench bench;
        char name[20];
        uint64_t count = 0;
        int64_t total_ns = 0;
        bench_start(&bench, &everything);
        for (uint32_t device = 0; device < 2; device++) {
            int64_t ts = 0;
            for (uint64_t left = seeded_below(&seed, 80); left-- > 0; ts += (int64_t)seeded_below(&seed, 30)) {
                struct event event = random_event(&bench, &seed, ts);
                event.device = name_id(&bench, device == 0 ? "0" : "1");
                bench_push(&bench, event);
                count++;
                total_ns += event.dur_ns;
            }
        }
        snprintf(name, sizeof name, "round %d", round);
        const struct summary *summary = bench_end(&bench, name);
        cr_assert_eq(summary->gpu_all.count, count, "round %d", round);
        cr_assert_eq(summary->gpu_all.total_ns, total_ns, "round %d", round);
        bench_free(&bench);
    }
}
