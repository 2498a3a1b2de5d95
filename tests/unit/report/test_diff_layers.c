#include <criterion/criterion.h>
#include <stdlib.h>

#include "json_checker.h"
#include "report_fixture.h"

TestSuite(diff_layers, .timeout = 10);

static void *take(size_t count, size_t size) {
    void *items = calloc(count, size);
    if (!items)
        abort();
    return items;
}

static uint32_t *list(uint32_t first, uint32_t second) {
    uint32_t *kernels = take(2, sizeof *kernels);
    kernels[0] = first;
    kernels[1] = second;
    return kernels;
}

static struct amount amount_of(int64_t base_ns, int64_t test_ns) {
    return (struct amount){base_ns, test_ns, test_ns - base_ns};
}

/* Layer 3: the first kernel is the same, the other two are one in test, which has another one besides. */
static struct diff_layer aligned_layer(void) {
    struct diff_layer layer = {.layer = 3,
                               .in_base = true,
                               .in_test = true,
                               .amount = amount_of(60000, 57500),
                               .status = DIFF_SIMILAR,
                               .pairs = take(3, sizeof(struct diff_pair)),
                               .pair_count = 3};
    layer.pairs[0] = (struct diff_pair){.operation = TEXT("GEMM"),
                                        .base_kernels = list(0, 0),
                                        .test_kernels = list(0, 0),
                                        .base_count = 1,
                                        .test_count = 1,
                                        .amount = amount_of(40000, 42000),
                                        .base_phase = PHASE_DECODE,
                                        .test_phase = PHASE_DECODE,
                                        .kind = PAIR_SAME};
    layer.pairs[1] = (struct diff_pair){.operation = TEXT("GEMM"),
                                        .base_kernels = list(1, 2),
                                        .test_kernels = list(1, 0),
                                        .base_count = 2,
                                        .test_count = 1,
                                        .amount = amount_of(20000, 15000),
                                        .base_phase = PHASE_DECODE,
                                        .test_phase = PHASE_DECODE,
                                        .kind = PAIR_FUSED};
    layer.pairs[2] = (struct diff_pair){.operation = TEXT("Copy"),
                                        .test_kernels = list(2, 0),
                                        .test_count = 1,
                                        .amount = amount_of(0, 500),
                                        .base_phase = PHASE_DECODE,
                                        .test_phase = PHASE_DECODE,
                                        .kind = PAIR_TEST_ONLY};
    return layer;
}

static char *report(struct report_options options) {
    struct summary *base = fixture_summary(), *test = fixture_summary();
    struct diff *diff = fixture_diff(base, test);
    diff->layers = take(2, sizeof *diff->layers);
    diff->layers[0] = aligned_layer();
    diff->layers[1] =
        (struct diff_layer){.layer = 4, .in_base = true, .amount = amount_of(60000, 0), .status = DIFF_BASE_ONLY};
    diff->layer_count = 2;
    diff->fusions = take(1, sizeof *diff->fusions);
    diff->fusions[0] = (struct diff_fusion){.test_fuses = true,
                                            .fused = list(1, 0),
                                            .fused_count = 1,
                                            .separate = list(1, 2),
                                            .separate_count = 2,
                                            .occurrences = 48,
                                            .confidence = 0.93,
                                            .gap_ns = -240000};
    diff->fusion_count = 1;
    diff->same = take(1, sizeof *diff->same);
    diff->same[0] = (struct diff_same){TEXT("twin"), 2000, 3000, 50000};
    diff->same_count = 1;
    char *printed = fixture_report_diff(diff, &options);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
    return printed;
}

static void expect_part(const char *printed, const char *part) {
    cr_expect_not_null(strstr(printed, part), "expected:\n%s\ngot:\n%s", part, printed);
}

static const char text[] =
    "\n"
    "Fusion: what one side does in fewer kernels\n"
    "side  gap us  times  confidence  separate kernels                in one, or fewer\n"
    "test  -240.0     48       93.0%  nvjet_tst_64x64                 nvjet_tst_64x64\n"
    "                                 Memcpy HtoD (Pinned -> Device)\n"
    "\n"
    "Layer 3, kernel by kernel in the order of time: 60.00 us -> 57.50 us a run\n"
    "base us  test us  gap us  kind       operation  base kernel                test kernel\n"
    "  40.00    42.00  +2.000  same       GEMM       GEMM                       =\n"
    "  20.00    15.00  -5.000  fused      GEMM       nvjet_tst_64x64            nvjet_tst_64x64\n"
    "                                                Memcpy HtoD (Pin… Device)\n"
    "   0.00     0.50  +0.500  test_only  Copy                                  Memcpy HtoD (Pin… Device)\n"
    "\n"
    "Layers: mean of a run\n"
    "layer  base us  test us  gap us  ratio  status\n"
    "    3    60.00    57.50   -2.50  0.958  similar\n"
    "    4    60.00     0.00  -60.00  0.000  base_only\n";

Test(diff_layers, text) {
    struct report_options options = fixture_options(REPORT_TEXT);
    options.layers = true;
    char *printed = report(options);
    expect_part(printed, text);
    free(printed);
}

Test(diff_layers, text_shows_the_widest_pairs_in_the_order_of_time) {
    struct report_options options = fixture_options(REPORT_TEXT);
    options.top = 2;
    char *printed = report(options);
    const char *same = strstr(printed, "  same  "), *fused = strstr(printed, "  fused  ");
    cr_assert_not_null(same);
    cr_assert_not_null(fused);
    cr_expect_lt(same, fused);
    cr_expect_null(strstr(printed, "test_only  Copy"), "%s", printed);
    expect_part(fused, "… 1 more (--all)");
    cr_expect_null(strstr(printed, "Layers: mean of a run"), "only with --layers");
    free(printed);
}

static const char *const json_parts[] = {
    "{\"layer\": 3, \"base_us\": 60, \"test_us\": 57.5, \"gap_us\": -2.5, \"ratio\": 0.958333, \"status\": "
    "\"similar\", \"pairs\": [",
    "\"base_kernels\": [\"_Z7gemm_tnPf\"], \"test_kernels\": [\"_Z7gemm_tnPf\"], \"base_us\": 40, \"test_us\": 42, "
    "\"gap_us\": 2, \"kind\": \"same\"}",
    "{\"operation\": \"GEMM\", \"base_phase\": \"decode\", \"test_phase\": \"decode\", \"base_kernels\": "
    "[\"nvjet_tst_64x64\", ",
    "\"base_kernels\": [], \"test_kernels\": [\"Memcpy HtoD (Pinned -> Device)\"], \"base_us\": 0, \"test_us\": 0.5, ",
    "{\"layer\": 4, \"base_us\": 60, \"test_us\": 0, \"gap_us\": -60, \"ratio\": 0, \"status\": \"base_only\", "
    "\"pairs\": []}",
    "{\"side\": \"test\", \"fused\": [\"nvjet_tst_64x64\"], \"separate\": [\"nvjet_tst_64x64\", \"Memcpy HtoD (Pinned "
    "-> Device)\"], ",
    "\"occurrences\": 48, \"confidence\": 0.93, \"gap_us\": -240}",
    "{\"name\": \"twin\", \"base_mean_us\": 2, \"test_mean_us\": 3, \"ratio\": 1.5, \"gap_us\": 50}",
};

Test(diff_layers, json) {
    char *printed = report(fixture_options(REPORT_JSON));
    cr_expect(json_checker_accepts(printed));
    for (size_t i = 0; i < sizeof json_parts / sizeof *json_parts; i++)
        expect_part(printed, json_parts[i]);
    free(printed);
}

Test(diff_layers, csv) {
    struct report_options options = fixture_options(REPORT_CSV);
    options.table = REPORT_LAYERS;
    char *printed = report(options);
    cr_expect_str_eq(printed, "layer,status,base_us,test_us,gap_us,ratio\n"
                              "3,similar,60,57.5,-2.5,0.958333\n"
                              "4,base_only,60,0,-60,0\n");
    free(printed);
}
