/* Bytes as a trace, with a small budget: there is a reason why they are none, or a summary that adds up and the same
 * by another budget, number of threads and size of chunks; every form of report can be made of it, and a comparison
 * with what half of the bytes give. */
#include "../unit/aggregate/adds_up.h"
#include "../unit/pipeline/pipeline_fixture.h"
#include "../unit/report/json_checker.h"
#include "compare/compare.h"
#include "report/report.h"
#include "target.h"

enum { SMALL_MEMORY = 1 << 20 };

static struct summary *summary_of(struct text json, struct pipeline_way way) {
    const struct options options = pipeline_options();
    struct error error;
    struct summary *summary = pipeline_run(json, &options, way, &error);
    if (!summary) {
        cr_assert_eq(error.code, STATUS_NOT_A_TRACE);
        cr_assert_geq(error.causes, 1);
        return NULL;
    }
    expect_adds_up(summary, "fuzz");
    cr_assert(summary->document.complete || tally_lost(&summary->tally));
    return summary;
}

static char *report_of(struct text json, struct pipeline_way way) {
    struct summary *summary = summary_of(json, way);
    char *report = summary ? pipeline_report(summary, REPORT_JSON) : strdup("");
    summary_free(summary);
    return report;
}

/* One of the other forms: the page takes its time. */
static void check_forms(const struct summary *summary, const char *json, struct seeded *seeded) {
    static const enum report_format formats[] = {REPORT_TEXT, REPORT_CSV, REPORT_TEXT, REPORT_CSV, REPORT_HTML};
    cr_assert(json_checker_accepts(json));
    free(pipeline_report(summary, formats[seeded_below(seeded, sizeof formats / sizeof *formats)]));
}

/* The gaps of operations, kernels and phases each sum to the total; so do the parts of the span. */
static void check_gaps(const struct diff *diff) {
    int64_t operations_ns = 0, kernels_ns = 0, phases_ns = 0;
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        operations_ns += diff->operations[i].amount.gap_ns;
        cr_assert_eq(diff->operations[i].gap_count_ns + diff->operations[i].gap_speed_ns,
                     diff->operations[i].amount.gap_ns);
    }
    for (uint32_t i = 0; i < diff->kernel_count; i++)
        kernels_ns += diff->kernels[i].amount.gap_ns;
    for (uint32_t i = 0; i < diff->phase_count; i++)
        phases_ns += diff->phases[i].amount.gap_ns;
    cr_assert_eq(operations_ns, diff->total.gap_ns);
    cr_assert_eq(kernels_ns, diff->total.gap_ns);
    cr_assert_eq(phases_ns, diff->total.gap_ns);
    cr_assert_eq(diff->compute.gap_ns + diff->exposed_comm.gap_ns + diff->exposed_copy.gap_ns + diff->idle.gap_ns,
                 diff->span.gap_ns);
}

static char *diff_report(const struct diff *diff, enum report_format format) {
    const struct report_options options = {.format = format,
                                           .top = UINT32_MAX,
                                           .layers = true,
                                           .width = 120,
                                           .version = "0",
                                           .base_name = "base",
                                           .test_name = "test"};
    struct error error;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert(out);
    cr_assert_eq(report_diff(out, diff, &options, &error), STATUS_OK);
    fclose(out);
    return text;
}

static void check_comparison(const struct summary *base, const struct summary *test, struct seeded *seeded) {
    static const enum report_format formats[] = {REPORT_TEXT, REPORT_TEXT, REPORT_CSV, REPORT_HTML};
    const struct compare_options options = {.per = COMPARE_PER_AUTO};
    struct error error;
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, base, test, &options, &error), STATUS_OK);
    check_gaps(diff);
    char *json = diff_report(diff, REPORT_JSON);
    cr_assert(json_checker_accepts(json));
    free(json);
    free(diff_report(diff, formats[seeded_below(seeded, sizeof formats / sizeof *formats)]));
    diff_free(diff);
}

static void check_summary(const struct summary *summary, const char *report, struct text json, struct seeded *seeded) {
    struct summary *half =
        summary_of((struct text){json.data, json.size / 2}, (struct pipeline_way){.memory_bytes = SMALL_MEMORY});
    check_forms(summary, report, seeded);
    if (half)
        check_comparison(half, summary, seeded);
    summary_free(half);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text json = target_text(data, size);
    struct seeded seeded = target_seed(data, size);
    const struct pipeline_way other_way = {.chunk_bytes = 1 + seeded_below(&seeded, size + 1),
                                           .memory_bytes = 1,
                                           .threads = seeded_below(&seeded, 8) == 0 ? 2 : 0};
    struct summary *summary = summary_of(json, (struct pipeline_way){.memory_bytes = SMALL_MEMORY});
    char *report = summary ? pipeline_report(summary, REPORT_JSON) : strdup("");
    char *other = report_of(json, other_way);
    cr_assert_str_eq(report, other);
    if (summary && seeded_below(&seeded, 2) == 0)
        check_summary(summary, report, json, &seeded);
    free(other);
    free(report);
    summary_free(summary);
    return 0;
}
