#include <criterion/criterion.h>
#include <stdlib.h>

#include "json_checker.h"
#include "report_fixture.h"

TestSuite(diff_report, .timeout = 10);

static char *report(struct report_options options) {
    struct summary *base = fixture_summary(), *test = fixture_summary();
    struct diff *diff = fixture_diff(base, test);
    char *printed = fixture_report_diff(diff, &options);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
    return printed;
}

static const char text[] =
    "Base  base.json (NVIDIA, Card 9000, 150.0 us of GPU time, 2 steps)\n"
    "Test  test.json (NVIDIA, Card 9000, 150.0 us of GPU time, 2 steps)\n"
    "\n"
    "Test is 13.0% slower: 150.0 us -> 169.5 us of GPU time (+19.50 us).\n"
    "Some operations take 29.50 us more, others 10.00 us less:\n"
    "  GEMM +25.00 us, 84.7% of what is added: +20.00 us by slower launches, +5.00 us by more of them\n"
    "  Copy -10.00 us: only in base\n"
    "  Norm +4.50 us, 15.3% of what is added: only in test\n"
    "\n"
    "Warnings\n"
    "platform: the platforms differ\n"
    "\n"
    "Span\n"
    "part                   base us  test us  gap us  ratio\n"
    "span                     200.0    210.0  +10.00  1.050\n"
    "compute                  140.0    169.5  +29.50  1.211\n"
    "exposed communication      0.0      0.0    0.00      -\n"
    "exposed copy              10.0      0.0  -10.00  0.000\n"
    "idle                      50.0     40.5   -9.50  0.810\n"
    "\n"
    "Operations, widest gap first\n"
    "operation  base us  test us  gap us  ratio  launches us  speed us  status\n"
    "GEMM         140.0    165.0  +25.00  1.179        +5.00    +20.00  slower\n"
    "Copy          10.0      0.0  -10.00  0.000       -10.00      0.00  base_only\n"
    "Norm           0.0      4.5   +4.50      -        +4.50      0.00  test_only\n"
    "\n"
    "Kernels, widest gap first\n"
    "base us  test us  gap us  ratio  status  operation  kernel\n"
    "   90.5    115.5  +25.00  1.276  slower  GEMM       GEMM\n"
    "\n"
    "Phases\n"
    "phase   base us  test us  gap us  ratio\n"
    "decode    150.0    169.5  +19.50  1.130\n";

Test(diff_report, text) {
    char *printed = report(fixture_options(REPORT_TEXT));
    cr_expect_str_eq(printed, text, "got:\n%s", printed);
    free(printed);
}

static char *text_of(struct diff *diff, bool color) {
    struct report_options options = fixture_options(REPORT_TEXT);
    options.color = color;
    return fixture_report_diff(diff, &options);
}

Test(diff_report, verdicts) {
    static const struct {
        int64_t base_ns, test_ns;
        bool per_step;
        const char *verdict;
    } cases[] = {
        {45650000, 51310000, false, "Test is 12.4% slower: 45.65 ms -> 51.31 ms of GPU time (+5.66 ms).\n"},
        {2000000, 1000000, true, "Test is 50.0% faster: 2.00 ms -> 1.00 ms of GPU time per step (-1.00 ms).\n"},
        {2000000, 1000, false, "Test takes 1/2000 of base's time: 2.00 ms -> 1.00 us of GPU time (-2.00 ms).\n"},
        {1000000, 14600000, false, "Test takes 14.6 times as long as base: 1.00 ms -> 14.60 ms of GPU time"},
        {5000, 0, false, "Test has no GPU time to compare with: 5.00 us -> 0.00 us of GPU time (-5.00 us).\n"},
        {5000, 5000, false, "Test takes as long as base: 5.00 us -> 5.00 us of GPU time (0.00 us).\n"},
        {0, 5000, false, "Base has no GPU time to compare with: 0.00 us -> 5.00 us of GPU time (+5.00 us).\n"},
    };
    struct summary *summary = fixture_summary();
    struct diff *diff = fixture_diff(summary, summary);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        diff->total = (struct amount){cases[i].base_ns, cases[i].test_ns, cases[i].test_ns - cases[i].base_ns};
        diff->per_step = cases[i].per_step;
        char *printed = text_of(diff, false);
        cr_expect_not_null(strstr(printed, cases[i].verdict), "case %zu:\n%s", i, printed);
        cr_expect_eq(strstr(printed, "Every amount is a mean per step") != NULL, cases[i].per_step, "case %zu", i);
        free(printed);
    }
    diff_free(diff);
    summary_free(summary);
}

Test(diff_report, color_only_when_asked_for) {
    struct summary *summary = fixture_summary();
    struct diff *diff = fixture_diff(summary, summary);
    char *plain = text_of(diff, false), *colored = text_of(diff, true);
    cr_expect_null(strchr(plain, '\033'));
    cr_expect_not_null(strstr(colored, "\033[31mslower\033[0m"));
    cr_expect_not_null(strstr(colored, "\033[32mbase_only\033[0m"));
    free(plain);
    free(colored);
    diff_free(diff);
    summary_free(summary);
}

/* Whole lines: one a table row, so that every key and its place is seen. */
static const char *const json_lines[] = {
    "\"schema\": \"tracecmp.compare/1\",",
    "\"per\": \"total\",",
    "\"steps\": {\"base\": 2, \"test\": 2},",
    "\"total\": {\"base_us\": 150, \"test_us\": 169.5, \"gap_us\": 19.5, \"ratio\": 1.13, \"ci95_us\": null},",
    "\"span\": {\"base_us\": 200, \"test_us\": 210, \"gap_us\": 10, \"gap_compute_us\": 29.5, \"gap_exposed_comm_us\": "
    "0, \"gap_exposed_copy_us\": -10, \"gap_idle_us\": -9.5},",
    "{\"operation\": \"GEMM\", \"base\": {\"count\": 4, \"total_us\": 140, \"mean_us\": 35, \"min_us\": 10, "
    "\"p50_us\": 39.679, \"p95_us\": 49.919, \"p99_us\": 49.919, \"max_us\": 50, \"stddev_us\": 15.004}, \"test\": "
    "{\"count\": 4, \"total_us\": 140, \"mean_us\": 35, \"min_us\": 10, \"p50_us\": 39.679, \"p95_us\": 49.919, "
    "\"p99_us\": 49.919, \"max_us\": 50, \"stddev_us\": 15.004}, \"base_us\": 140, \"test_us\": 165, \"gap_us\": 25, "
    "\"ratio\": 1.17857, \"share_of_gap\": "
    "1.28205, \"gap_count_us\": 5, \"gap_speed_us\": 20, \"ci95_us\": null, \"status\": \"slower\", \"phases\": "
    "[{\"phase\": \"decode\", \"base_us\": 140, \"test_us\": 165, \"gap_us\": 25, \"ratio\": 1.17857}], \"kernels\": "
    "[\"_Z7gemm_tnPf\"], \"base_cpu_op\": \"GEMM\", \"test_cpu_op\": \"GEMM\"},",
    "{\"operation\": \"Copy\", \"base\": {\"count\": 1, \"total_us\": 10, \"mean_us\": 10, \"min_us\": 10, \"p50_us\": "
    "10, \"p95_us\": 10, \"p99_us\": 10, \"max_us\": 10, \"stddev_us\": 0}, \"test\": null, \"base_us\": 10, "
    "\"test_us\": 0, \"gap_us\": -10, "
    "\"ratio\": 0, \"share_of_gap\": -0.512821, \"gap_count_us\": -10, \"gap_speed_us\": 0, \"ci95_us\": null, "
    "\"status\": \"base_only\", \"phases\": [], \"kernels\": [], \"base_cpu_op\": null, \"test_cpu_op\": null},",
    "{\"operation\": \"Norm\", \"base\": null, \"test\": {\"count\": 1, \"total_us\": 10, \"mean_us\": 10, \"min_us\": "
    "10, \"p50_us\": 10, \"p95_us\": 10, \"p99_us\": 10, \"max_us\": 10, \"stddev_us\": 0}, \"base_us\": 0, "
    "\"test_us\": 4.5, \"gap_us\": 4.5, "
    "\"ratio\": null, \"share_of_gap\": 0.230769, \"gap_count_us\": 4.5, \"gap_speed_us\": 0, \"ci95_us\": null, "
    "\"status\": \"test_only\", \"phases\": [], \"kernels\": [], \"base_cpu_op\": null, \"test_cpu_op\": null}",
    "{\"name\": \"_Z7gemm_tnPf\", \"readable\": \"GEMM\", \"operation\": \"GEMM\", \"base\": {\"count\": 2, "
    "\"total_us\": 90.5, \"mean_us\": 45.25, \"min_us\": 40.5, \"p50_us\": 40.703, \"p95_us\": 49.919, \"p99_us\": "
    "49.919, \"max_us\": 50, \"stddev_us\": 4.75}, \"test\": {\"count\": 2, \"total_us\": 90.5, \"mean_us\": 45.25, "
    "\"min_us\": 40.5, \"p50_us\": 40.703, \"p95_us\": 49.919, \"p99_us\": 49.919, \"max_us\": 50, \"stddev_us\": "
    "4.75}, \"base_us\": 90.5, \"test_us\": 115.5, \"gap_us\": 25, \"ratio\": 1.27624, \"ci95_us\": null, \"status\": "
    "\"slower\"}",
    "{\"phase\": \"decode\", \"base_us\": 150, \"test_us\": 169.5, \"gap_us\": 19.5, \"ratio\": 1.13}",
    "\"layers\": [],",
    "\"fusion\": [],",
    "\"same_kernels\": [],",
    "{\"code\": \"platform\", \"message\": \"the platforms differ\"}",
};

Test(diff_report, json_rows) {
    char *printed = report(fixture_options(REPORT_JSON));
    cr_expect(json_checker_accepts(printed));
    for (size_t i = 0; i < sizeof json_lines / sizeof *json_lines; i++)
        fixture_expect_line(printed, json_lines[i]);
    free(printed);
}

Test(diff_report, json_keys_keep_their_order) {
    static const char *const keys[] = {"schema", "version", "base",   "test",         "per",
                                       "steps",  "total",   "span",   "operations",   "kernels",
                                       "phases", "layers",  "fusion", "same_kernels", "warnings"};
    char *printed = report(fixture_options(REPORT_JSON));
    fixture_expect_keys(printed, keys, sizeof keys / sizeof *keys);
    free(printed);
}

static const struct {
    enum report_table table;
    const char *csv;
} csv_cases[] = {
    {REPORT_OPERATIONS, "operation,status,base_us,test_us,gap_us,ratio,share_of_gap,gap_count_us,gap_speed_us,base_"
                        "count,base_mean_us,test_count,test_mean_us,base_cpu_op,test_cpu_op\n"
                        "GEMM,slower,140,165,25,1.17857,1.28205,5,20,4,35,4,35,GEMM,GEMM\n"
                        "Copy,base_only,10,0,-10,0,-0.512821,-10,0,1,10,0,,,\n"
                        "Norm,test_only,0,4.5,4.5,,0.230769,4.5,0,0,,1,10,,\n"},
    {REPORT_KERNELS,
     "name,operation,status,base_us,test_us,gap_us,ratio,base_count,base_mean_us,test_count,test_mean_us\n"
     "_Z7gemm_tnPf,GEMM,slower,90.5,115.5,25,1.27624,2,45.25,2,45.25\n"},
    {REPORT_CPU_OPS, "cpu_op,base_us,test_us,gap_us,ratio\n"},
    {REPORT_PHASES, "phase,base_us,test_us,gap_us,ratio\n"
                    "decode,150,169.5,19.5,1.13\n"},
    {REPORT_STEPS, "step,base_us,test_us,gap_us,ratio\n"},
    {REPORT_LAYERS, "layer,status,base_us,test_us,gap_us,ratio\n"},
    {REPORT_TIMELINE, "part,base_us,test_us,gap_us,ratio\n"
                      "span,200,210,10,1.05\n"
                      "compute,140,169.5,29.5,1.21071\n"
                      "exposed_comm,0,0,0,\n"
                      "exposed_copy,10,0,-10,0\n"
                      "idle,50,40.5,-9.5,0.81\n"},
};

Test(diff_report, csv) {
    for (size_t i = 0; i < sizeof csv_cases / sizeof *csv_cases; i++) {
        struct report_options options = fixture_options(REPORT_CSV);
        options.table = csv_cases[i].table;
        char *printed = report(options);
        cr_expect_str_eq(printed, csv_cases[i].csv, "case %zu: %s", i, printed);
        free(printed);
    }
}
