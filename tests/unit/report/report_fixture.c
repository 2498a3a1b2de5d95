#include "report_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(enum status status) {
    if (status != STATUS_OK)
        abort();
}

static void *take(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

static uint32_t name_of(struct summary *summary, struct text text) {
    struct error error = {.code = STATUS_OK};
    uint32_t id = NAME_NONE;
    must(names_intern(summary->names, text, &id, &error));
    return id;
}

static uint32_t stack_of(struct summary *summary, const struct text *frames, size_t count) {
    struct error error = {.code = STATUS_OK};
    uint32_t node = PATH_ROOT;
    for (size_t i = 0; i < count; i++)
        must(paths_child(summary->paths, node, name_of(summary, frames[i]), &node, &error));
    return node;
}

static void add_times(struct stats *stats, const int64_t *times, size_t count) {
    struct error error = {.code = STATUS_OK};
    for (size_t i = 0; i < count; i++)
        must(stats_add(stats, times[i], &error));
}

static void fill_document(struct summary *summary) {
    summary->document = (struct document){
        .device = {.present = true,
                   .name = "Card 9000",
                   .major = 9,
                   .minor = 0,
                   .total_memory_bytes = 85899345920,
                   .sm_count = 132,
                   .warp_size = -1},
        .device_entries = 8,
        .bytes = 3145728,
        .bytes_uncompressed = 31457280,
        .items = 12345,
        .complete = true,
    };
    summary->platform = PLATFORM_NVIDIA;
    summary->architecture = "transformer";
    snprintf(summary->architecture_evidence, sizeof summary->architecture_evidence, "1 attention kernel");
    summary->timeline = take(1, sizeof *summary->timeline);
    summary->timeline_count = 1;
    summary->timeline[0] = (struct timeline_row){.device = name_of(summary, TEXT("0")),
                                                 .events = 5,
                                                 .start_ns = 1000000,
                                                 .span_ns = 200000,
                                                 .busy_ns = 150000,
                                                 .compute_ns = 140000,
                                                 .copy_ns = 10000,
                                                 .exposed_copy_ns = 10000};
}

static void fill_kernels(struct summary *summary, struct text name) {
    static const int64_t wide[] = {50000, 40500}, narrow[] = {39500, 10000}, copy[] = {10000};
    const struct text frames[] = {TEXT("serve.py(1): main"), name, TEXT("nn.Module: Linear_3")};
    const uint32_t gemm = name_of(summary, name), linear = name_of(summary, name);
    summary->kernels = take(3, sizeof *summary->kernels);
    summary->kernel_count = 3;
    summary->kernels[0] = (struct kernel_row){.name = name_of(summary, TEXT("_Z7gemm_tnPf")),
                                              .readable = name_of(summary, name),
                                              .operation = gemm,
                                              .rule = name_of(summary, TEXT("gemm_*_tn")),
                                              .phases = {[PHASE_DECODE] = {.count = 2, .total_ns = 90500}},
                                              .cpu_op = linear,
                                              .stacks_distinct = 2,
                                              .stack_top = stack_of(summary, frames, 3),
                                              .stack_top_count = 2};
    summary->kernels[1] = (struct kernel_row){.name = name_of(summary, TEXT("nvjet_tst_64x64")),
                                              .operation = gemm,
                                              .rule = name_of(summary, TEXT("nvjet_*")),
                                              .phases = {[PHASE_PREFILL] = {.count = 2, .total_ns = 49500}},
                                              .cpu_op = linear};
    summary->kernels[1].readable = summary->kernels[1].name;
    summary->kernels[2] = (struct kernel_row){.name = name_of(summary, TEXT("Memcpy HtoD (Pinned -> Device)")),
                                              .kind = EVENT_MEMCPY,
                                              .operation = name_of(summary, TEXT("Copy")),
                                              .rule = name_of(summary, TEXT("memcpy")),
                                              .phases = {[PHASE_NONE] = {.count = 1, .total_ns = 10000}}};
    summary->kernels[2].readable = summary->kernels[2].name;
    add_times(&summary->kernels[0].stats, wide, 2);
    add_times(&summary->kernels[1].stats, narrow, 2);
    add_times(&summary->kernels[2].stats, copy, 1);
}

static void fill_operations(struct summary *summary) {
    struct error error = {.code = STATUS_OK};
    summary->operations = take(2, sizeof *summary->operations);
    summary->operation_count = 2;
    struct operation_row *gemm = &summary->operations[0], *copy = &summary->operations[1];
    *gemm = (struct operation_row){
        .operation = summary->kernels[0].operation,
        .phases = {[PHASE_DECODE] = {.count = 2, .total_ns = 90500}, [PHASE_PREFILL] = {.count = 2, .total_ns = 49500}},
        .cpu_op = summary->kernels[0].cpu_op,
        .kernels = take(2, sizeof(uint32_t)),
        .kernel_count = 2};
    *copy = (struct operation_row){.operation = summary->kernels[2].operation,
                                   .phases = {[PHASE_NONE] = {.count = 1, .total_ns = 10000}},
                                   .kernels = take(1, sizeof(uint32_t)),
                                   .kernel_count = 1};
    gemm->kernels[1] = 1;
    copy->kernels[0] = 2;
    must(stats_merge(&gemm->stats, &summary->kernels[0].stats, &error));
    must(stats_merge(&gemm->stats, &summary->kernels[1].stats, &error));
    must(stats_merge(&copy->stats, &summary->kernels[2].stats, &error));
    summary->gpu_all = (struct gpu_total){.count = 5, .total_ns = 150000};
    summary->gpu[EVENT_KERNEL] = (struct gpu_total){.count = 4, .total_ns = 140000};
    summary->gpu[EVENT_MEMCPY] = (struct gpu_total){.count = 1, .total_ns = 10000};
}

static void fill_layers(struct summary *summary) {
    struct layers *layers = &summary->layers;
    layers->rows = take(2, sizeof *layers->rows);
    layers->rows[0] = (struct layer_row){.layer = 0, .count = 2, .total_ns = 90500};
    layers->rows[1] = (struct layer_row){.layer = 3, .count = 2, .total_ns = 39501};
    layers->row_count = 2;
    layers->method = LAYERS_PERIOD;
    layers->outside_ns = 19999;
}

static void fill_ops_and_phases(struct summary *summary) {
    summary->cpu_ops = take(2, sizeof *summary->cpu_ops);
    summary->cpu_op_count = 2;
    summary->cpu_ops[0] = (struct cpu_op_row){summary->kernels[0].cpu_op, 4, 60000, 4, 140000};
    summary->cpu_ops[1] = (struct cpu_op_row){NAME_NONE, 0, 0, 1, 10000};
    summary->top_ops = take(1, sizeof *summary->top_ops);
    summary->top_op_count = 1;
    summary->top_ops[0] = (struct cpu_op_row){NAME_NONE, 0, 0, 5, 150000};
    summary->phases[0] = (struct phase_row){PHASE_DECODE, {.count = 2, .total_ns = 90500}};
    summary->phases[1] = (struct phase_row){PHASE_PREFILL, {.count = 2, .total_ns = 49500}};
    summary->phases[2] = (struct phase_row){PHASE_NONE, {.count = 1, .total_ns = 10000}};
    summary->phase_count = 3;
    summary->attribution.launched = 4;
    summary->attribution.unlaunched = 1;
    summary->attribution.unlaunched_ns = summary->attribution.op_none_ns = 10000;
    summary->attribution.op_enclosing = 4;
    summary->attribution.op_none = 1;
    summary->attribution.with_stack = 2;
    summary->attribution.without_stack = 3;
    summary->attribution.distinct_stacks = 2;
}

static void fill_steps(struct summary *summary) {
    static const int64_t spans[] = {60000, 95000}, times[] = {49500, 90500};
    summary->step_kind = "vllm";
    summary->steps = take(2, sizeof *summary->steps);
    summary->step_count = 2;
    summary->steps[0] = (struct step_row){.name = name_of(summary, TEXT("execute_context_1(5)_generation_0(0)")),
                                          .phase = PHASE_PREFILL,
                                          .start_ns = 1000000,
                                          .span_ns = 60000,
                                          .gpu_ns = 49500,
                                          .gpu_events = 2};
    summary->steps[1] = (struct step_row){.name = name_of(summary, TEXT("execute_context_0(0)_generation_2(2)")),
                                          .phase = PHASE_DECODE,
                                          .start_ns = 1080000,
                                          .span_ns = 95000,
                                          .gpu_ns = 90500,
                                          .gpu_events = 2};
    add_times(&summary->step_span, spans, 2);
    add_times(&summary->step_gpu, times, 2);
}

struct summary *fixture_summary_named(struct text name) {
    struct summary *summary = summary_new();
    if (!summary)
        abort();
    fill_document(summary);
    fill_kernels(summary, name);
    fill_operations(summary);
    fill_ops_and_phases(summary);
    fill_layers(summary);
    fill_steps(summary);
    tally_add_gpu(&summary->tally, ANOMALY_NO_LAUNCH, 777, 1500);
    tally_add_times(&summary->tally, ANOMALY_STEP_EMPTY, 3);
    return summary;
}

struct summary *fixture_summary(void) {
    return fixture_summary_named(TEXT("GEMM"));
}

static struct amount amount_of(int64_t base_ns, int64_t test_ns) {
    return (struct amount){.base_ns = base_ns, .test_ns = test_ns, .gap_ns = test_ns - base_ns};
}

static void fill_diff_rows(struct diff *diff, const struct operation_row *gemm[2], const struct operation_row *copy) {
    diff->operations = take(3, sizeof *diff->operations);
    diff->operation_count = 3;
    diff->operations[0] = (struct diff_operation){.name = names_get(diff->base->names, gemm[0]->operation),
                                                  .base = gemm[0],
                                                  .test = gemm[1],
                                                  .amount = amount_of(140000, 165000),
                                                  .gap_count_ns = 5000,
                                                  .gap_speed_ns = 20000,
                                                  .share_of_gap = 25000.0 / 19500.0,
                                                  .status = DIFF_SLOWER,
                                                  .phases = {{PHASE_DECODE, amount_of(140000, 165000)}},
                                                  .phase_count = 1,
                                                  .kernels = take(1, sizeof(uint32_t)),
                                                  .kernel_count = 1};
    diff->operations[1] = (struct diff_operation){.name = TEXT("Copy"),
                                                  .base = copy,
                                                  .amount = amount_of(10000, 0),
                                                  .gap_count_ns = -10000,
                                                  .share_of_gap = -10000.0 / 19500.0,
                                                  .status = DIFF_BASE_ONLY};
    diff->operations[2] = (struct diff_operation){.name = TEXT("Norm"),
                                                  .test = copy,
                                                  .amount = amount_of(0, 4500),
                                                  .gap_count_ns = 4500,
                                                  .share_of_gap = 4500.0 / 19500.0,
                                                  .status = DIFF_TEST_ONLY};
    const struct kernel_row *row = &diff->base->kernels[0];
    diff->kernels = take(1, sizeof *diff->kernels);
    diff->kernel_count = 1;
    diff->kernels[0] = (struct diff_kernel){.name = names_get(diff->base->names, row->name),
                                            .readable = names_get(diff->base->names, row->readable),
                                            .operation = names_get(diff->base->names, row->operation),
                                            .base = row,
                                            .test = &diff->test->kernels[0],
                                            .amount = amount_of(90500, 115500),
                                            .status = DIFF_SLOWER};
}

struct diff *fixture_diff(const struct summary *base, const struct summary *test) {
    struct diff *diff = take(1, sizeof *diff);
    const struct operation_row *gemm[] = {&base->operations[0], &test->operations[0]};
    diff->base = base;
    diff->test = test;
    diff->total = amount_of(150000, 169500);
    diff->span = amount_of(200000, 210000);
    diff->compute = amount_of(140000, 169500);
    diff->exposed_copy = amount_of(10000, 0);
    diff->idle = amount_of(50000, 40500);
    fill_diff_rows(diff, gemm, &base->operations[1]);
    diff->phases[0] = (struct diff_phase){PHASE_DECODE, amount_of(150000, 169500)};
    diff->phase_count = 1;
    diff->warnings[0] = (struct diff_warning){.code = "platform", .message = "the platforms differ"};
    diff->warning_count = 1;
    return diff;
}

struct report_options fixture_options(enum report_format format) {
    return (struct report_options){.format = format,
                                   .table = REPORT_OPERATIONS,
                                   .top = 10,
                                   .width = 100,
                                   .version = "0.1.0",
                                   .base_name = "base.json",
                                   .test_name = "test.json"};
}

char *fixture_report_summary(const struct summary *summary, const struct report_options *options) {
    struct error error = {.code = STATUS_OK};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    must(report_summary(out, summary, options, &error));
    fclose(out);
    return text;
}

char *fixture_report_diff(const struct diff *diff, const struct report_options *options) {
    struct error error = {.code = STATUS_OK};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    must(report_diff(out, diff, options, &error));
    fclose(out);
    return text;
}

/* The line of `text` that begins with `start` (after blanks), as a string to be freed; NULL when there is none. */
static char *find_line(const char *text, const char *start) {
    while (text && *text != '\0') {
        const char *word = text + strspn(text, " ");
        const size_t size = strcspn(word, "\n");
        if (strncmp(word, start, strlen(start)) == 0)
            return strndup(word, size);
        text = word[size] == '\0' ? NULL : word + size + 1;
    }
    return NULL;
}

void fixture_expect_line(const char *text, const char *line) {
    char *found = find_line(text, line);
    cr_expect_not_null(found, "no line %s", line);
    cr_expect(!found || strcmp(found, line) == 0, "got %s", found);
    free(found);
}

void fixture_expect_keys(const char *document, const char *const *keys, size_t count) {
    const char *at = document;
    for (size_t i = 0; at && i < count; i++) {
        char key[64];
        snprintf(key, sizeof key, "\n \"%s\": ", keys[i]);
        at = strstr(at, key);
        cr_expect_not_null(at, "key %s", keys[i]);
    }
    cr_expect_eq(document[strlen(document) - 1], '\n');
}
