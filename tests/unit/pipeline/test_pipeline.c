#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../aggregate/adds_up.h"
#include "base/limits.h"
#include "pipeline_fixture.h"

TestSuite(pipeline, .timeout = 20);

/* Pieces of documents; what comes after the name goes on inside the event. */
#define EVENT(cat, tid, ts, dur, rest)                                                                                 \
    "{\"ph\":\"X\",\"cat\":\"" cat "\",\"pid\":1,\"tid\":" tid ",\"ts\":" ts ",\"dur\":" dur rest "}"
#define NAMED(name) ",\"name\":\"" name "\""
#define GPU(name, ts, dur, corr)                                                                                       \
    EVENT("kernel", "7", ts, dur, NAMED(name) ",\"args\":{\"device\":0,\"correlation\":" corr "}")
#define KERNEL GPU("k", "10", "2.5", "5")
#define LAUNCH_BY(name) EVENT("cuda_runtime", "3", "1", "1", NAMED(name) ",\"args\":{\"correlation\":5}")
#define LAUNCH LAUNCH_BY("launch")
#define PAIR LAUNCH "," KERNEL
#define DOCUMENT(events) "{\"traceEvents\":[" events "]}"
#define WITH_KEY(key) "{" key ",\"traceEvents\":[" PAIR "]}"

static const struct {
    const char *name, *json;
    uint64_t gpu_events;
    int64_t total_ns;
    enum platform platform;
    bool complete, lost;
    const char *codes;
} documents[] = {
    {"no events", DOCUMENT(""), 0, 0, PLATFORM_UNKNOWN, true, false, "no_gpu_events "},
    {"an empty array", "[]", 0, 0, PLATFORM_UNKNOWN, true, false, "no_gpu_events "},
    {"a pair", DOCUMENT(PAIR), 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"the launch last", DOCUMENT(KERNEL "," LAUNCH), 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"an array", "[" PAIR "]", 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"an array that stays open", "[" PAIR, 1, 2500, PLATFORM_UNKNOWN, true, false, "array_not_closed "},
    {"an object a line", LAUNCH "\n" KERNEL "\n", 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"a byte order mark", "\xEF\xBB\xBF" DOCUMENT(PAIR), 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"a trailing comma", DOCUMENT(PAIR ","), 1, 2500, PLATFORM_UNKNOWN, true, false, ""},
    {"a missing comma", DOCUMENT(LAUNCH KERNEL), 1, 2500, PLATFORM_UNKNOWN, true, false, "missing_comma "},
    {"cut behind an event", "{\"traceEvents\":[" PAIR, 1, 2500, PLATFORM_UNKNOWN, false, true, "truncated "},
    {"cut inside an event", "{\"traceEvents\":[" PAIR ",{\"ph\":", 1, 2500, PLATFORM_UNKNOWN, false, true,
     "truncated "},
    {"an array cut inside an event", "[" PAIR ",{\"ph\":", 1, 2500, PLATFORM_UNKNOWN, false, true, "truncated "},
    {"bytes behind the end", DOCUMENT(PAIR) "x", 1, 2500, PLATFORM_UNKNOWN, true, true, "trailing_bytes "},
    {"quotes inside a name", DOCUMENT(GPU("a \"b\" c", "1", "2", "5") "," PAIR), 1, 2500, PLATFORM_UNKNOWN, true, true,
     "item_not_json "},
    {"an item that is no object", DOCUMENT("7," PAIR), 1, 2500, PLATFORM_UNKNOWN, true, false, "item_not_object "},
    {"no ts", DOCUMENT(PAIR "," GPU("n", "null", "1", "5")), 1, 2500, PLATFORM_UNKNOWN, true, true, "no_timestamp "},
    {"ts is not a number", DOCUMENT(PAIR "," GPU("n", "NaN", "1", "5")), 1, 2500, PLATFORM_UNKNOWN, true, true,
     "no_timestamp "},
    {"numbers in strings", DOCUMENT(LAUNCH "," GPU("k", "\"10\"", "\"2.5\"", "\"5\"")), 1, 2500, PLATFORM_UNKNOWN, true,
     false, ""},
    {"dur is not a number", DOCUMENT(LAUNCH "," GPU("k", "10", "\"N/A\"", "5")), 1, 0, PLATFORM_UNKNOWN, true, true,
     "gpu_duration_unknown "},
    {"dur is negative", DOCUMENT(PAIR "," GPU("n", "10", "-1", "5")), 1, 2500, PLATFORM_UNKNOWN, true, false,
     "negative_duration "},
    {"dur is near 2^64 ns", DOCUMENT(PAIR "," GPU("n", "10", "18446744073709551", "5")), 1, 2500, PLATFORM_UNKNOWN,
     true, false, "implausible_duration "},
    {"begin and end", DOCUMENT(PAIR ",{\"ph\":\"B\",\"cat\":\"kernel\",\"ts\":1},{\"ph\":\"E\",\"cat\":\"kernel\"}"), 1,
     2500, PLATFORM_UNKNOWN, true, true, "begin_end_events "},
    {"no correlation", DOCUMENT(EVENT("gpu_memcpy", "7", "1", "2", NAMED("c"))), 1, 2000, PLATFORM_UNKNOWN, true, false,
     "no_correlation "},
    {"correlation 0", DOCUMENT(GPU("k", "1", "2", "0")), 1, 2000, PLATFORM_UNKNOWN, true, false, "no_correlation "},
    {"no launch", DOCUMENT(KERNEL), 1, 2500, PLATFORM_UNKNOWN, true, false, "no_launch "},
    {"a name that is not UTF-8", DOCUMENT(LAUNCH "," GPU("k\xFF", "10", "2.5", "5")), 1, 2500, PLATFORM_UNKNOWN, true,
     false, "invalid_text "},
    {"External ids that are correlations",
     DOCUMENT(LAUNCH "," EVENT("kernel", "7", "10", "2", NAMED("k") ",\"args\":{\"correlation\":5,\"External id\":5}")),
     1, 2000, PLATFORM_UNKNOWN, true, false, "external_id_ignored "},
    {"a step without events", DOCUMENT(PAIR "," EVENT("user_annotation", "3", "50", "9", NAMED("ProfilerStep#1"))), 1,
     2500, PLATFORM_UNKNOWN, true, false, "step_without_gpu_events "},
    {"events nobody needs",
     DOCUMENT(PAIR ",{\"ph\":\"s\",\"cat\":\"ac2g\"},{\"ph\":\"M\"},{}," EVENT("overhead", "1", "2", "3", "")), 1, 2500,
     PLATFORM_UNKNOWN, true, false, ""},
    {"all GPU kinds, old names too",
     DOCUMENT(PAIR "," EVENT("Memset", "7", "20", "1", ",\"args\":{\"correlation\":5}") "," EVENT(
         "concurrent_kernel", "7", "30", "1", NAMED("k") ",\"args\":{\"correlation\":5}")),
     3, 4500, PLATFORM_UNKNOWN, true, false, ""},
    {"warps of 64", WITH_KEY("\"deviceProperties\":[{\"warpSize\":64}]"), 1, 2500, PLATFORM_AMD, true, false, ""},
    {"roctracer", WITH_KEY("\"roctracer_version\":4"), 1, 2500, PLATFORM_AMD, true, false, ""},
    {"cupti", WITH_KEY("\"cupti_version\":24"), 1, 2500, PLATFORM_NVIDIA, true, false, ""},
    {"a device's name", WITH_KEY("\"deviceProperties\":[{\"name\":\"NVIDIA H100\"}]"), 1, 2500, PLATFORM_NVIDIA, true,
     false, ""},
    {"a key behind the events", "{\"traceEvents\":[" PAIR "],\"roctracer_version\":4}", 1, 2500, PLATFORM_AMD, true,
     false, ""},
    {"a hip launch", DOCUMENT(LAUNCH_BY("hipLaunchKernel") "," KERNEL), 1, 2500, PLATFORM_AMD, true, false, ""},
    {"a cuda launch", DOCUMENT(LAUNCH_BY("cudaLaunchKernel") "," KERNEL), 1, 2500, PLATFORM_NVIDIA, true, false, ""},
    {"a Tensile kernel", DOCUMENT(LAUNCH "," GPU("Cijk_Ailk", "10", "2.5", "5")), 1, 2500, PLATFORM_AMD, true, false,
     ""},
};

Test(pipeline, documents_give_what_they_hold) {
    const struct options options = pipeline_options();
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const char *name = documents[i].name;
        struct summary *summary = pipeline_summary(documents[i].json, &options);
        expect_adds_up(summary, name);
        cr_expect_eq(summary->gpu_all.count, documents[i].gpu_events, "case %s", name);
        cr_expect_eq(summary->gpu_all.total_ns, documents[i].total_ns, "case %s", name);
        cr_expect_eq(summary->platform, documents[i].platform, "case %s: %d", name, (int)summary->platform);
        cr_expect_eq(summary->document.complete, documents[i].complete, "case %s: complete", name);
        cr_expect_eq(tally_lost(&summary->tally), documents[i].lost, "case %s: lost", name);
        cr_expect_str_eq(pipeline_codes(summary), documents[i].codes, "case %s: %s", name, pipeline_codes(summary));
        cr_expect_eq(summary->document.bytes_uncompressed, strlen(documents[i].json), "case %s", name);
        summary_free(summary);
    }
}

Test(pipeline, what_is_no_trace_is_an_error) {
    static const char *const texts[] = {"",
                                        " \n",
                                        "hello",
                                        "7",
                                        "\"text\"",
                                        "{}",
                                        "{\"a\":[{\"ph\":\"X\"}]}",
                                        "]",
                                        "\xEF\xBB\xBF",
                                        "{\"traceEvents\":7}",
                                        "{\"traceEvents\"",
                                        "{"};
    const struct options options = pipeline_options();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error;
        struct summary *summary =
            pipeline_run(text_from(texts[i]), &options, (struct pipeline_way){.threads = 0}, &error);
        cr_expect_null(summary, "case %s", texts[i]);
        cr_expect_eq(error.code, STATUS_NOT_A_TRACE, "case %s", texts[i]);
        summary_free(summary);
    }
}

/* One kernel with all there is to know of it, and a copy that nobody launched. */
#define OP(name, ts, dur) EVENT("cpu_op", "3", ts, dur, NAMED(name))
#define FRAME(name, ts, dur) EVENT("python_function", "3", ts, dur, NAMED(name))
#define LOOSE_COPY                                                                                                     \
    EVENT("gpu_memcpy", "8", "11", "4", NAMED("Memcpy DtoH (Device -> Host)") ",\"args\":{\"device\":1,\"stream\":8}")
static const char known_origin[] =
    DOCUMENT(KERNEL "," OP("aten::mm", "0.75", "2") "," FRAME("forward", "0.5", "3") "," FRAME("main", "0", "9") "," OP(
        "aten::linear", "0.5", "3") "," EVENT("user_annotation", "3", "0", "9",
                                              NAMED("execute_context_0(0)_generation_4(4)")) "," LAUNCH "," LOOSE_COPY);

static struct text name_of(const struct summary *summary, uint32_t id) {
    return names_get(summary->names, id);
}

#define EXPECT_NAME(summary, id, expected) cr_expect(text_equal(name_of(summary, id), TEXT(expected)))

Test(pipeline, a_kernel_learns_where_it_comes_from) {
    const struct options options = pipeline_options();
    struct summary *summary = pipeline_summary(known_origin, &options);
    expect_adds_up(summary, "origin");
    cr_assert_eq(summary->kernel_count, 2);
    const struct kernel_row *copy = &summary->kernels[0], *kernel = &summary->kernels[1];
    cr_expect_eq(copy->kind, EVENT_MEMCPY);
    cr_expect_eq(copy->cpu_op, NAME_NONE);
    cr_expect_eq(copy->stack_top, PATH_ROOT);
    EXPECT_NAME(summary, kernel->name, "k");
    EXPECT_NAME(summary, kernel->cpu_op, "aten::mm");
    cr_expect_eq(kernel->phases[PHASE_DECODE].step_ns, 2500);
    cr_assert_eq(paths_depth(summary->paths, kernel->stack_top), 2);
    EXPECT_NAME(summary, paths_name(summary->paths, kernel->stack_top), "forward");
    EXPECT_NAME(summary, paths_name(summary->paths, paths_caller(summary->paths, kernel->stack_top)), "main");
    EXPECT_NAME(summary, summary->top_ops[1].name, "aten::linear");
    cr_assert_eq(summary->step_count, 1);
    EXPECT_NAME(summary, summary->steps[0].name, "execute_context_0(0)_generation_4(4)");
    cr_expect_eq(summary->steps[0].phase, PHASE_DECODE);
    cr_assert_eq(summary->timeline_count, 2);
    EXPECT_NAME(summary, summary->timeline[0].device, "0");
    EXPECT_NAME(summary, summary->timeline[1].device, "1");
    cr_expect_eq(summary->timeline[1].exposed_copy_ns, 4000);
    summary_free(summary);
}

Test(pipeline, stacks_can_be_left_out) {
    struct options options = pipeline_options();
    options.collect_stacks = false;
    struct summary *summary = pipeline_summary(known_origin, &options);
    expect_adds_up(summary, "no stacks");
    cr_expect_eq(summary->attribution.with_stack, 0);
    cr_expect_eq(summary->attribution.op_enclosing, 1);
    summary_free(summary);
}

Test(pipeline, one_phase_only) {
    struct options options = pipeline_options();
    options.aggregate = (struct aggregate_options){.one_phase = true, .phase = PHASE_DECODE};
    struct summary *summary = pipeline_summary(known_origin, &options);
    expect_adds_up(summary, "decode");
    cr_expect_eq(summary->gpu_all.count, 1);
    cr_expect_eq(summary->gpu_all.total_ns, 2500);
    summary_free(summary);
}

Test(pipeline, steps_of_the_users_choice) {
    struct options options = pipeline_options();
    options.step_regex = "^my [a-z]+$";
    struct summary *summary =
        pipeline_summary(DOCUMENT(EVENT("user_annotation", "3", "0", "9", NAMED("my step")) "," EVENT(
                             "user_annotation", "3", "0.5", "8", NAMED("ProfilerStep#1")) "," PAIR),
                         &options);
    expect_adds_up(summary, "user steps");
    cr_assert_eq(summary->step_count, 1);
    EXPECT_NAME(summary, summary->steps[0].name, "my step");
    cr_expect_str_eq(summary->step_kind, "user");
    summary_free(summary);
}

/* Times at both ends of what a time can be, and far more than one event can last. */
Test(pipeline, extreme_times_add_up_all_the_same) {
    static const char *const times[] = {"-9223372036854775.8", "-4500000000000000", "-1e-3", "0", "4499999999999999",
                                        "4500000000000000",    "9223372036854775",  "1e400"};
    static const char *const categories[] = {"kernel", "gpu_memcpy",      "cuda_runtime",
                                             "cpu_op", "python_function", "user_annotation"};
    enum { TIMES = sizeof times / sizeof *times, CATEGORIES = sizeof categories / sizeof *categories };
    const struct options options = pipeline_options();
    char *json;
    size_t size;
    FILE *out = open_memstream(&json, &size);
    fputs("[", out);
    for (int i = 0; i < TIMES * TIMES * CATEGORIES; i++)
        fprintf(out,
                "{\"ph\":\"X\",\"cat\":\"%s\",\"name\":\"ProfilerStep#1\",\"ts\":%s,\"dur\":%s,"
                "\"args\":{\"correlation\":%d}},",
                categories[i % CATEGORIES], times[i / CATEGORIES % TIMES], times[i / CATEGORIES / TIMES], 1 + i % 5);
    fputs("]", out);
    fclose(out);
    struct summary *summary = pipeline_summary(json, &options);
    expect_adds_up(summary, "extreme times");
    cr_expect_gt(summary->gpu_all.count, 0);
    free(pipeline_report(summary, REPORT_JSON));
    summary_free(summary);
    free(json);
}
