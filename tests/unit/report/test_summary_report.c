#include <criterion/criterion.h>
#include <stdlib.h>

#include "json_checker.h"
#include "report_fixture.h"

TestSuite(summary_report, .timeout = 10);

static char *report(struct report_options options) {
    struct summary *summary = fixture_summary();
    char *printed = fixture_report_summary(summary, &options);
    summary_free(summary);
    return printed;
}

static struct report_options stacks_shown(void) {
    struct report_options options = fixture_options(REPORT_TEXT);
    options.stacks = true;
    return options;
}

static const char text[] =
    "Trace      base.json (3.0 MiB, 12,345 events)\n"
    "Platform   NVIDIA, Card 9000, compute capability 9.0, 132 SMs, 80.0 GiB\n"
    "Model      transformer\n"
    "GPU time   150.0 us in 5 GPU events: 4 kernels, 1 memcpy, 0 memset\n"
    "Span       200.0 us: 75.0% busy, 25.0% idle; 70.0% compute, 0.0% exposed communication, 5.0% exposed\n"
    "           copy\n"
    "\n"
    "Where the time goes\n"
    "operation  share              total us  count  mean us  p50 us  p99 us\n"
    "GEMM       93.3%  █████████▍     140.0      4    35.00   39.68   49.92\n"
    "Copy        6.7%  ▋               10.0      1    10.00   10.00   10.00\n"
    "\n"
    "Top kernels\n"
    "share  total us  count  mean us  p50 us  p99 us  operation  cpu op  kernel\n"
    "60.3%     90.50      2    45.25   40.70   49.92  GEMM       GEMM    GEMM\n"
    "        2× from (most frequent of 2 stacks, innermost first)\n"
    "          nn.Module: Linear_3\n"
    "          GEMM\n"
    "          serve.py(1): main\n"
    "33.0%     49.50      2    24.75   10.05   39.50  GEMM       GEMM    nvjet_tst_64x64\n"
    " 6.7%     10.00      1    10.00   10.00   10.00  Copy       -       Memcpy HtoD (Pinned -> Device)\n"
    "\n"
    "Phases\n"
    "phase    share              total us  count\n"
    "decode   60.3%  ██████         90.50      2\n"
    "prefill  33.0%  ███▎           49.50      2\n"
    "none      6.7%  ▋              10.00      1\n"
    "\n"
    "Steps: 2 (vllm)\n"
    "          mean us  min us  p50 us  p99 us  max us\n"
    "span        77.50   60.00   60.16   94.72   95.00\n"
    "GPU time    70.00   49.50   49.50   90.50   90.50\n"
    "\n"
    "Longest steps\n"
    "start us  span us  GPU time us  events  phase    step\n"
    "   80.00    95.00        90.50       2  decode   execute_context_0(0)_generation_2(2)\n"
    "    0.00    60.00        49.50       2  prefill  execute_context_1(5)_generation_0(0)\n"
    "\n"
    "CPU operators\n"
    "share  GPU time us  GPU events  calls  CPU time us  cpu op\n"
    "93.3%        140.0           4      4        60.00  GEMM\n"
    " 6.7%         10.0           1      0         0.00  (none)\n"
    "\n"
    "Attribution\n"
    "launch     4 found, 1 not (6.7% of GPU time); 1 no_launch: GPU events whose launch is not in the\n"
    "           trace (window clipped at its start?)\n"
    "cpu op     4 around the launch, 0 by External id, 1 without (6.7% of GPU time)\n"
    "stack      2 with, 3 without; 2 distinct Python stacks\n"
    "\n"
    "Diagnostics\n"
    "warning    1 no_launch: GPU events whose launch is not in the trace (window clipped at its start?)\n"
    "           (first at byte 777); GPU time touched: 1.5 us\n"
    "info       3 step_without_gpu_events: steps that own no GPU event are not listed\n";

Test(summary_report, text) {
    char *printed = report(stacks_shown());
    cr_expect_str_eq(printed, text, "got:\n%s", printed);
    free(printed);
}

Test(summary_report, stacks_are_printed_only_when_asked_for) {
    char *printed = report(fixture_options(REPORT_TEXT));
    cr_expect_null(strstr(printed, "Linear_3"));
    free(printed);
}

Test(summary_report, rows_left_out_are_counted) {
    struct report_options options = fixture_options(REPORT_TEXT);
    options.top = 1;
    char *printed = report(options);
    cr_expect_not_null(strstr(printed, "… 2 more (--all)\n"));
    cr_expect_null(strstr(printed, "nvjet"));
    free(printed);
}

/* Whole lines: one a table row, so that every key and its place is seen. */
static const char *const json_lines[] = {
    "\"schema\": \"tracecmp.summary/1\",",
    "\"version\": \"0.1.0\",",
    "\"trace\": {\"name\": \"base.json\", \"bytes\": 3145728, \"bytes_uncompressed\": 31457280, \"compression\": null, "
    "\"source\": \"json\", \"complete\": true, \"events\": 12345, \"platform\": \"NVIDIA\", \"device\": {\"name\": "
    "\"Card 9000\", \"compute_capability\": \"9.0\", \"total_memory_bytes\": 85899345920, \"sm_count\": 132, "
    "\"warp_size\": null}, \"devices\": 8, \"architecture\": \"transformer\", \"architecture_evidence\": "
    "\"1 attention kernel\"},",
    "\"gpu\": {\"events\": 5, \"total_us\": 150, \"kernel\": {\"count\": 4, \"total_us\": 140}, \"memcpy\": "
    "{\"count\": 1, \"total_us\": 10}, \"memset\": {\"count\": 0, \"total_us\": 0}},",
    "\"attribution\": {\"launch\": {\"resolved\": 4, \"unresolved\": 1}, \"cpu_op\": {\"enclosing\": 4, "
    "\"external_id\": 0, \"none\": 1}, \"stack\": {\"with\": 2, \"without\": 3, \"distinct\": 2}},",
    "{\"device\": 0, \"events\": 5, \"span_us\": 200, \"busy_us\": 150, \"idle_us\": 50, \"compute_us\": 140, "
    "\"comm_us\": 0, \"exposed_comm_us\": 0, \"copy_us\": 10, \"exposed_copy_us\": 10}",
    "{\"operation\": \"GEMM\", \"count\": 4, \"total_us\": 140, \"mean_us\": 35, \"min_us\": 10, \"p50_us\": 39.679, "
    "\"p95_us\": 49.919, \"p99_us\": 49.919, \"max_us\": 50, \"stddev_us\": 15.004, \"share\": 0.933333, \"phases\": "
    "{\"decode\": {\"count\": 2, \"total_us\": 90.5}, \"prefill\": {\"count\": 2, \"total_us\": 49.5}}, \"cpu_op\": "
    "\"GEMM\", \"kernels\": [\"_Z7gemm_tnPf\", \"nvjet_tst_64x64\"]},",
    "{\"name\": \"_Z7gemm_tnPf\", \"readable\": \"GEMM\", \"category\": \"kernel\", \"operation\": \"GEMM\", \"rule\": "
    "\"gemm_*_tn\", \"count\": 2, \"total_us\": 90.5, \"mean_us\": 45.25, \"min_us\": 40.5, \"p50_us\": 40.703, "
    "\"p95_us\": 49.919, \"p99_us\": 49.919, \"max_us\": 50, \"stddev_us\": 4.75, \"cpu_op\": \"GEMM\", \"stacks\": "
    "{\"distinct\": 2, \"top\": {\"count\": 2, \"frames\": [\"serve.py(1): main\", \"GEMM\", \"nn.Module: "
    "Linear_3\"]}}},",
    "{\"name\": \"nvjet_tst_64x64\", \"category\": \"kernel\", \"operation\": \"GEMM\", \"rule\": \"nvjet_*\", "
    "\"count\": 2, \"total_us\": 49.5, \"mean_us\": 24.75, \"min_us\": 10, \"p50_us\": 10.047, \"p95_us\": 39.5, "
    "\"p99_us\": 39.5, \"max_us\": 39.5, \"stddev_us\": 14.75, \"cpu_op\": \"GEMM\", \"stacks\": {\"distinct\": 0, "
    "\"top\": null}},",
    "{\"name\": \"Memcpy HtoD (Pinned -> Device)\", \"category\": \"memcpy\", \"operation\": \"Copy\", \"rule\": "
    "\"memcpy\", \"count\": 1, \"total_us\": 10, \"mean_us\": 10, \"min_us\": 10, \"p50_us\": 10, \"p95_us\": 10, "
    "\"p99_us\": 10, \"max_us\": 10, \"stddev_us\": 0, \"cpu_op\": null, \"stacks\": {\"distinct\": 0, \"top\": null}}",
    "{\"name\": \"GEMM\", \"calls\": 4, \"cpu_total_us\": 60, \"gpu_count\": 4, \"gpu_total_us\": 140},",
    "{\"name\": \"(none)\", \"calls\": 0, \"cpu_total_us\": 0, \"gpu_count\": 1, \"gpu_total_us\": 10}",
    "{\"name\": \"(none)\", \"gpu_count\": 5, \"gpu_total_us\": 150}",
    "{\"phase\": \"decode\", \"count\": 2, \"total_us\": 90.5},",
    "\"kind\": \"vllm\",",
    "\"span_us\": {\"count\": 2, \"total_us\": 155, \"mean_us\": 77.5, \"min_us\": 60, \"p50_us\": 60.159, \"p95_us\": "
    "94.719, \"p99_us\": 94.719, \"max_us\": 95, \"stddev_us\": 17.5},",
    "{\"name\": \"execute_context_1(5)_generation_0(0)\", \"phase\": \"prefill\", \"start_us\": 1000, \"span_us\": 60, "
    "\"gpu_us\": 49.5, \"gpu_events\": 2, \"requests\": 0, \"tokens\": 0, \"left_out\": null},",
    "\"method\": \"period\",",
    "\"outside_us\": 19.999,",
    "{\"layer\": 3, \"count\": 2, \"total_us\": 39.501, \"mean_us\": 19.751}",
    "{\"code\": \"no_launch\", \"severity\": \"warning\", \"count\": 1, \"message\": \"GPU events whose launch is not "
    "in the trace (window clipped at its start?)\", \"first_byte\": 777, \"gpu_us\": 1.5},",
    "{\"code\": \"step_without_gpu_events\", \"severity\": \"info\", \"count\": 3, \"message\": \"steps that own no "
    "GPU event are not listed\", \"first_byte\": null, \"gpu_us\": 0}",
};

Test(summary_report, json_rows) {
    char *printed = report(fixture_options(REPORT_JSON));
    cr_expect(json_checker_accepts(printed));
    for (size_t i = 0; i < sizeof json_lines / sizeof *json_lines; i++)
        fixture_expect_line(printed, json_lines[i]);
    free(printed);
}

Test(summary_report, json_keys_keep_their_order) {
    static const char *const keys[] = {"schema",   "version",    "trace",   "gpu",        "attribution",
                                       "timeline", "operations", "kernels", "cpu_ops",    "top_ops",
                                       "phases",   "steps",      "layers",  "diagnostics"};
    char *printed = report(fixture_options(REPORT_JSON));
    fixture_expect_keys(printed, keys, sizeof keys / sizeof *keys);
    free(printed);
}

static const struct {
    enum report_table table;
    const char *csv;
} csv_cases[] = {
    {REPORT_OPERATIONS,
     "operation,count,total_us,mean_us,min_us,p50_us,p95_us,p99_us,max_us,stddev_us,share,cpu_op,kernels\n"
     "GEMM,4,140,35,10,39.679,49.919,49.919,50,15.004,0.933333,GEMM,2\n"
     "Copy,1,10,10,10,10,10,10,10,0,0.0666667,,1\n"},
    {REPORT_KERNELS,
     "name,category,operation,rule,count,total_us,mean_us,min_us,p50_us,p95_us,p99_us,max_us,stddev_us,cpu_op,stacks\n"
     "_Z7gemm_tnPf,kernel,GEMM,gemm_*_tn,2,90.5,45.25,40.5,40.703,49.919,49.919,50,4.75,GEMM,2\n"
     "nvjet_tst_64x64,kernel,GEMM,nvjet_*,2,49.5,24.75,10,10.047,39.5,39.5,39.5,14.75,GEMM,0\n"
     "Memcpy HtoD (Pinned -> Device),memcpy,Copy,memcpy,1,10,10,10,10,10,10,10,0,,0\n"},
    {REPORT_CPU_OPS, "name,calls,cpu_total_us,gpu_count,gpu_total_us\n"
                     "GEMM,4,60,4,140\n"
                     "(none),0,0,1,10\n"},
    {REPORT_PHASES, "phase,count,total_us\n"
                    "decode,2,90.5\n"
                    "prefill,2,49.5\n"
                    "none,1,10\n"},
    {REPORT_STEPS, "name,phase,start_us,span_us,gpu_us,gpu_events,requests,tokens,left_out\n"
                   "execute_context_1(5)_generation_0(0),prefill,1000,60,49.5,2,0,0,\n"
                   "execute_context_0(0)_generation_2(2),decode,1080,95,90.5,2,0,0,\n"},
    {REPORT_LAYERS, "layer,count,total_us,mean_us\n"
                    "0,2,90.5,45.25\n"
                    "3,2,39.501,19.751\n"},
    {REPORT_TIMELINE,
     "device,events,span_us,busy_us,idle_us,compute_us,comm_us,exposed_comm_us,copy_us,exposed_copy_us\n"
     "0,5,200,150,50,140,0,0,10,10\n"},
};

Test(summary_report, csv) {
    for (size_t i = 0; i < sizeof csv_cases / sizeof *csv_cases; i++) {
        struct report_options options = fixture_options(REPORT_CSV);
        options.table = csv_cases[i].table;
        char *printed = report(options);
        cr_expect_str_eq(printed, csv_cases[i].csv, "case %zu: %s", i, printed);
        free(printed);
    }
}
