#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "item_fixture.h"
#include "utf8_checker.h"

TestSuite(item, .timeout = 30);

#define BYTES(literal) {literal, sizeof(literal) - 1}
#define NONE ANOMALY_COUNT

static struct item_fixture fixture;

static void set_up(void) { item_fixture_init(&fixture); }
static void tear_down(void) { item_fixture_fini(&fixture); }

/* Reads an item made like printf. */
#define READ(...) read_made(__VA_ARGS__)
static bool PRINTF_LIKE(1, 2) read_made(const char *format, ...) {
    static char item[4096];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(item, sizeof item, format, arguments);
    va_end(arguments);
    cr_assert_lt(size, (int)sizeof item);
    return item_fixture_read(&fixture, text_from(item));
}

Test(item, the_usual_events_are_read, .init = set_up, .fini = tear_down) {
    cr_assert(READ("{\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"void gemm<1>()\", \"pid\": 0, \"tid\": 7,"
                   "\"ts\": 1700000000123456.789, \"dur\": 12.5,"
                   "\"args\": {\"External id\": 12, \"queued\": 0, \"device\": 3, \"context\": 1, \"stream\": 7,"
                   "\"correlation\": 345, \"grid\": [1, 2, 3], \"est. achieved occupancy %%\": 0}}"));
    cr_expect_eq(fixture.event.kind, EVENT_KERNEL);
    cr_expect(text_equal(item_fixture_name(&fixture), TEXT("void gemm<1>()")));
    cr_expect_eq(fixture.event.ts_ns, INT64_C(1700000000123456789));
    cr_expect_eq(fixture.event.dur_ns, 12500);
    cr_expect_eq(fixture.event.correlation, 345);
    cr_expect_eq(fixture.event.external_id, 12);
    cr_expect(text_equal(item_fixture_device(&fixture), TEXT("3")));
    cr_expect_eq(fixture.event.step, STEP_NONE);
    cr_expect(item_fixture_counted(&fixture, NONE));
}

Test(item, the_category_says_the_kind, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *category;
        int kind; /* -1: not used; -2: and told */
    } cases[] = {
        {"kernel", EVENT_KERNEL},
        {"concurrent_kernel", EVENT_KERNEL},
        {"Kernel", EVENT_KERNEL},
        {"gpu_memcpy", EVENT_MEMCPY},
        {"Memcpy", EVENT_MEMCPY},
        {"gpu_memset", EVENT_MEMSET},
        {"Memset", EVENT_MEMSET},
        {"cuda_runtime", EVENT_LAUNCH},
        {"cuda_driver", EVENT_LAUNCH},
        {"Runtime", EVENT_LAUNCH},
        {"cpu_op", EVENT_CPU_OP},
        {"Operator", EVENT_CPU_OP},
        {"python_function", EVENT_PYTHON},
        {"user_annotation", EVENT_ANNOTATION},
        {"gpu_user_annotation", EVENT_GPU_ANNOTATION},
        {"ac2g", -1},
        {"overhead", -1},
        {"Trace", -1},
        {"cuda_sync", -1},
        {"cpu_instant_event", -1},
        {"KERNEL", -1},
        {"kernels", -1},
        {"kerne", -2},
        {"kornel", -2},
        {"cuda_rvntime", -2},
        {"gpu_memset_", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool used = READ("{\"ph\":\"X\",\"cat\":\"%s\",\"name\":\"n\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1,"
                               "\"args\":{\"correlation\":5}}",
                               cases[i].category);
        cr_expect_eq(used, cases[i].kind >= 0, "case %s", cases[i].category);
        cr_expect(!used || (int)fixture.event.kind == cases[i].kind, "case %s", cases[i].category);
        cr_expect(item_fixture_counted(&fixture, cases[i].kind == -2 ? ANOMALY_WORD_DAMAGED : NONE), "case %s",
                  cases[i].category);
    }
}

Test(item, a_key_one_letter_off_is_told_where_it_is_missing, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *item;
        bool damaged;
    } cases[] = {
        {"\"pid\":0,\"tid\":1,\"dux\":2,\"args\":{\"device\":3,\"correlation\":4}", true},
        {"\"pid\":0,\"tid\":1,\"dur\":2,\"args\":{\"device\":3,\"correlatiom\":4}", true},
        {"\"pid\":0,\"tid\":1,\"dur\":2,\"args\":{\"evice\":3,\"correlation\":4}", true},
        {"\"pid\":0,\"tid\":1,\"dur\":2,\"arks\":{\"device\":3,\"correlation\":4}", true},
        {"\"pid\":0,\"tid\":1,\"tts\":2,\"tdur\":2,\"args\":{\"correlation\":4}", false},
        {"\"id\":0,\"tid\":1,\"dur\":2,\"args\":{\"external id\":3,\"correlation\":4}", false},
        {"\"pid\":0,\"tid\":1,\"dux\":2,\"dur\":2,\"args\":{\"devices\":3,\"correlation\":4}", false},
        {"\"pid\":0,\"tid\":1,\"dur\":2,\"args\":{\"a\":{\"devise\":3},\"correlation\":4}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect(READ("{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"n\",\"ts\":1,%s}", cases[i].item), "case %zu", i);
        cr_expect(item_fixture_counted(&fixture, cases[i].damaged ? ANOMALY_WORD_DAMAGED : NONE), "case %zu", i);
    }
}

Test(item, the_phase_says_whether_it_is_an_event_of_ours, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *phase;
        bool used;
        enum anomaly counted;
    } cases[] = {
        {"\"X\"", true, NONE},          {"\"B\"", false, ANOMALY_BEGIN_END}, {"\"E\"", false, ANOMALY_BEGIN_END},
        {"\"i\"", false, NONE},         {"\"s\"", false, NONE},              {"\"f\"", false, NONE},
        {"\"M\"", false, NONE},         {"\"C\"", false, NONE},              {"\"b\"", false, NONE},
        {"\"XX\"", false, ANOMALY_UNKNOWN_TYPE}, {"\"x\"", false, ANOMALY_UNKNOWN_TYPE},
        {"\"\"", false, ANOMALY_UNKNOWN_TYPE},   {"null", false, ANOMALY_UNKNOWN_TYPE},
        {"1", false, ANOMALY_UNKNOWN_TYPE},      {"[\"X\"]", false, ANOMALY_UNKNOWN_TYPE},
        {"\"\\u0058\"", true, NONE},           {"\",X\"", true, ANOMALY_KEY_REPAIRED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(READ("{\"ph\":%s,\"cat\":\"cpu_op\",\"name\":\"n\",\"ts\":1,\"dur\":1,\"pid\":1,\"tid\":1}",
                          cases[i].phase),
                     cases[i].used, "case %s", cases[i].phase);
        cr_expect(item_fixture_counted(&fixture, cases[i].counted), "case %s", cases[i].phase);
    }
    cr_expect_not(READ("{\"ph\":\"B\",\"cat\":\"ac2g\",\"ts\":1}"));
    cr_expect(item_fixture_counted(&fixture, NONE), "of a category that nobody uses");
}

Test(item, items_without_what_makes_an_event_are_passed_over, .init = set_up, .fini = tear_down) {
    static const char *const items[] = {
        "{}", "{ }", "{\"ph\":\"X\"}", "{\"cat\":\"Trace\"}", "{\"cat\":\"Trace\",\"ts\":1}",
        "{\"ph\":\"X\",\"cat\":7,\"ts\":1}", "{\"ph\":\"X\",\"cat\":[\"kernel\"],\"ts\":1}",
        "{\"ph\":\"X\",\"cat\":null,\"ts\":1}", "{\"ph\":\"X\",\"args\":{\"cat\":\"kernel\"},\"ts\":1}",
        "{\"name\":\"process_name\",\"ph\":\"M\",\"ts\":1,\"pid\":0,\"tid\":0,\"args\":{\"name\":\"python\"}}",
        "{\"ph\":\"s\",\"id\":7,\"pid\":1,\"tid\":1,\"ts\":1,\"cat\":\"ac2g\",\"name\":\"ac2g\"}",
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        cr_expect_not(READ("%s", items[i]), "case %s", items[i]);
        cr_expect(item_fixture_counted(&fixture, NONE), "case %s", items[i]);
    }
}

Test(item, stray_characters_in_keys_and_categories_are_left_out, .init = set_up, .fini = tear_down) {
    static const char *const items[] = {
        "{\"ph\":\"X\",\"ca\\t\":\"kernel\",\"name\":\"n\",\"ts\":1,\"dur\":2,\"pid\":0,\"tid\":1,\"args\":%s}",
        "{\"ph\":\"X\",\"cat\":\"ker\\nel\",\"name\":\"n\",\"ts\":1,\"dur\":2,\"pid\":0,\"tid\":1,\"args\":%s}",
        "{\"ph\":\"X\",\"cat\":\"{kernel\",\"name\":\"n\",\"ts\":1,\"dur\":2,\"pid\":0,\"tid\":1,\"args\":%s}",
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"na,me\":\"n\",\"ts\":1,\"dur\":2,\"pid\":0,\"tid\":1,\"args\":%s}",
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"n\",\"ts\":1,\"du\\r\":2,\"pid\":0,\"tid\":1,\"args\":%s}",
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"n\",\"ts\":1,\"dur\":2,\"pid\":0,\"tid\":1,\"a}rgs\":%s}",
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        cr_assert(READ(items[i], "{\"device\":3,\"co\\rrelation\":4}"), "item %zu", i);
        cr_expect_eq(fixture.event.kind, EVENT_KERNEL, "item %zu", i);
        cr_expect_eq(fixture.event.dur_ns, 2000, "item %zu", i);
        cr_expect_eq(fixture.event.correlation, 4, "item %zu", i);
        cr_expect(text_equal(item_fixture_name(&fixture), TEXT("n")), "item %zu", i);
        cr_expect(item_fixture_counted(&fixture, ANOMALY_KEY_REPAIRED), "item %zu", i);
    }
}

/* An X cpu_op with these fields added. */
#define READ_OP(fields) READ("{\"ph\":\"X\",\"cat\":\"cpu_op\",\"pid\":1,\"tid\":1%s%s}", *(fields) ? "," : "", fields)

Test(item, times_are_exact_or_counted, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *fields;
        bool used;
        int64_t ts, dur;
        enum anomaly counted;
    } cases[] = {
        {"\"ts\":1.0005,\"dur\":0.0015", true, 1000, 2, NONE},
        {"\"ts\":0,\"dur\":0", true, 0, 0, NONE},
        {"\"ts\":-5,\"dur\":1", true, -5000, 1000, NONE},
        {"\"ts\":\"12.5\",\"dur\":\" 3 \"", true, 12500, 3000, NONE},
        {"\"ts\":1e3,\"dur\":1E-3", true, 1000000, 1, NONE},
        {"\"ts\":7", true, 7000, 0, NONE},
        {"\"ts\":7,\"dur\":null", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":\"\"", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":\"long\"", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":NaN", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":Infinity", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":-Infinity", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":N/A", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":12abc", true, 7000, 0, ANOMALY_BAD_NUMBER},
        {"\"ts\":7,\"dur\":[1]", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":{}", true, 7000, 0, ANOMALY_BAD_DURATION},
        {"\"ts\":7,\"dur\":-1", true, 7000, -1000, NONE},
        {"\"ts\":7,\"dur\":18446744073709551.615", true, 7000, LIMIT_TIME_NS, NONE},
        {"\"ts\":7,\"dur\":-1e300", true, 7000, -LIMIT_TIME_NS, NONE},
        {"\"ts\":4500000000000000,\"dur\":1", true, LIMIT_TIME_NS, 1000, NONE},
        {"\"ts\":-4500000000000000,\"dur\":1", true, -LIMIT_TIME_NS, 1000, NONE},
        {"\"ts\":4500000000000000.001,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":-4500000000000000.001,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":1e30,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":null,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":\"\",\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":NaN,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":true,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":[1],\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
        {"\"ts\":0x10,\"dur\":1", false, 0, 0, ANOMALY_NO_TIME},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(READ_OP(cases[i].fields), cases[i].used, "case %s", cases[i].fields);
        if (cases[i].used) {
            cr_expect_eq(fixture.event.ts_ns, cases[i].ts, "case %s", cases[i].fields);
            cr_expect_eq(fixture.event.dur_ns, cases[i].dur, "case %s", cases[i].fields);
        }
        cr_expect(item_fixture_counted(&fixture, cases[i].counted), "case %s", cases[i].fields);
    }
}

Test(item, names_are_valid_text_whatever_they_were, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *title, *field;
        struct text name;
        enum anomaly counted;
    } cases[] = {
        {"plain", "\"name\":\"aten::mm\"", BYTES("aten::mm"), NONE},
        {"escapes", "\"name\":\"a\\\"b\\\\c\\n\\u0041\"", BYTES("a\"b\\c\nA"), NONE},
        {"pair", "\"name\":\"\\ud83d\\ude00\"", BYTES("\xF0\x9F\x98\x80"), NONE},
        {"non-ASCII", "\"name\":\"\xC3\xA9\"", BYTES("\xC3\xA9"), NONE},
        {"brackets", "\"name\":\"}]{[,:\"", BYTES("}]{[,:"), NONE},
        {"lone surrogate", "\"name\":\"\\ud800\"", BYTES("\xEF\xBF\xBD"), ANOMALY_BAD_TEXT},
        {"invalid UTF-8", "\"name\":\"a\xFF\"", BYTES("a\xEF\xBF\xBD"), ANOMALY_BAD_TEXT},
        {"end of line", "\"name\":\"a\nb\"", BYTES("a\nb"), ANOMALY_BAD_TEXT},
        {"empty", "\"name\":\"\"", BYTES("(unnamed)"), NONE},
        {"missing", "\"other\":1", BYTES("(unnamed)"), NONE},
        {"null", "\"name\":null", BYTES("(unnamed)"), NONE},
        {"a string null", "\"name\":\"null\"", BYTES("null"), NONE},
        {"number", "\"name\":12.5", BYTES("12.5"), NONE},
        {"boolean", "\"name\":true", BYTES("true"), NONE},
        {"array", "\"name\":[\"a\"]", BYTES("(unnamed)"), NONE},
        {"object", "\"name\":{\"name\":\"a\"}", BYTES("(unnamed)"), NONE},
        {"only inside args", "\"args\":{\"name\":\"a\"}", BYTES("(unnamed)"), NONE},
        {"twice", "\"name\":\"a\",\"name\":\"b\"", BYTES("b"), NONE},
        {"twice, first nested", "\"name\":[1,{\"name\":2}],\"name\":\"b\"", BYTES("b"), NONE},
        {"escaped key", "\"n\\u0061me\":\"b\"", BYTES("b"), NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(READ("{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,%s}", cases[i].field), "case %s", cases[i].title);
        cr_expect(text_equal(item_fixture_name(&fixture), cases[i].name), "case %s", cases[i].title);
        cr_expect(item_fixture_counted(&fixture, cases[i].counted), "case %s", cases[i].title);
    }
}

Test(item, nul_bytes_do_not_end_an_item, .init = set_up, .fini = tear_down) {
    static const struct {
        struct text item, name;
    } cases[] = {
        {BYTES("{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\0b\"}"), BYTES("a\0b")},
        {BYTES("{\"ph\":\"X\",\"cat\":\"cpu_op\",\0\"ts\":1,\0\"name\":\"c\"}"), BYTES("c")},
        {BYTES("{\"x\":\"\\n\0\",\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"d\"}"), BYTES("d")},
        {BYTES("{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"e\\u0000f\"}"), BYTES("e\0f")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(item_fixture_read(&fixture, cases[i].item), "case %zu", i);
        cr_expect(text_equal(item_fixture_name(&fixture), cases[i].name), "case %zu", i);
    }
}

/* An X kernel with these args. */
#define READ_KERNEL(args) READ("{\"ph\":\"X\",\"cat\":\"kernel\",\"ts\":1,\"pid\":5,\"args\":%s}", args)

Test(item, ids_and_devices_come_from_args, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *args;
        uint64_t correlation, external_id;
        const char *device;
    } cases[] = {
        {"{\"correlation\":1,\"External id\":2,\"device\":0}", 1, 2, "0"},
        {"{\"correlation\":\"17\",\"External id\":\"18\",\"device\":\"19\"}", 17, 18, "19"},
        {"{\"correlation\":-1,\"External id\":-2,\"device\":-3}", UINT64_MAX, UINT64_MAX - 1, "-3"},
        {"{\"correlation\":0,\"External id\":0}", 0, 0, "5"},
        {"{\"correlation\":12.0,\"External id\":1e2}", 12, 100, "5"},
        {"{\"correlation\":18446744073709551615,\"External id\":18446744073709551616}", UINT64_MAX, 0, "5"},
        {"{\"correlation\":null,\"External id\":\"\",\"device\":\"\"}", 0, 0, ""},
        {"{\"correlation\":[1],\"External id\":{\"correlation\":3},\"device\":[0]}", 0, 0, "5"},
        {"{\"correlation\":NaN,\"External id\":N/A}", 0, 0, "5"},
        {"{\"correlation\":1,\"correlation\":2,\"device\":1,\"device\":2}", 2, 0, "2"},
        {"{\"c\\u006frrelation\":4,\"d\\u0065vice\":6}", 4, 0, "6"},
        {"{\"Correlation\":4,\"external id\":5,\"Device\":6,\"correlation \":7}", 0, 0, "5"},
        {"{\"a\":{\"correlation\":4,\"device\":6},\"b\":[{\"External id\":5}]}", 0, 0, "5"},
        {"{\"a\":\"correlation\",\"b\":\"device\",\"correlation\":8}", 8, 0, "5"},
        {"{ \"correlation\" : 9 , \"device\"\n:\n1 }", 9, 0, "1"},
        {"{\"device\":\"\\u0041\"}", 0, 0, "A"},
        {"{}", 0, 0, "5"},
        {"[]", 0, 0, "5"},
        {"null", 0, 0, "5"},
        {"\"correlation\"", 0, 0, "5"},
        {"[{\"correlation\":4}]", 0, 0, "5"},
        {"{\"correlation\":1},\"args\":{\"External id\":2}", 0, 2, "5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(READ_KERNEL(cases[i].args), "case %s", cases[i].args);
        cr_expect_eq(fixture.event.correlation, cases[i].correlation, "case %s", cases[i].args);
        cr_expect_eq(fixture.event.external_id, cases[i].external_id, "case %s", cases[i].args);
        cr_expect(text_equal(item_fixture_device(&fixture), text_from(cases[i].device)), "case %s", cases[i].args);
    }
}

Test(item, a_device_is_known_by_its_text, .init = set_up, .fini = tear_down) {
    cr_assert(READ_KERNEL("{\"device\":1}"));
    const uint32_t number = fixture.event.device;
    cr_assert(READ_KERNEL("{\"device\":2}"));
    cr_expect_neq(fixture.event.device, number);
    cr_assert(READ_KERNEL("{\"device\":\"1\"}"));
    cr_expect_eq(fixture.event.device, number);
    cr_assert(READ_OP("\"ts\":1,\"args\":{\"device\":1}"));
    cr_expect_eq(fixture.event.device, NAME_NONE, "only GPU events have one");
}

/* Items with the same group are on the same row. */
Test(item, rows_are_pid_and_tid_as_they_are_written, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *fields;
        int row, process;
    } cases[] = {
        {"\"pid\":1,\"tid\":23", 0, 0},
        {"\"pid\":12,\"tid\":3", 1, 1},
        {"\"pid\":\"1\",\"tid\":23", 2, 2},
        {"\"pid\":1,\"tid\":\"23\"", 3, 0},
        {"\"pid\":\"1\",\"tid\":\"23\"", 4, 2},
        {"\"tid\":23,\"pid\":1", 0, 0},
        {"\"pid\":1", 5, 0},
        {"\"tid\":23", 6, 3},
        {"\"args\":{}", 7, 3},
        {"\"pid\":-1,\"tid\":-23", 8, 4},
        {"\"pid\":\"Spans\",\"tid\":\"PyTorch Profiler (0)\"", 9, 5},
        {"\"pid\":[1],\"tid\":{}", 7, 3},
        {"\"pid\":1.0,\"tid\":23", 10, 6},
        {"\"pid\":\"\",\"tid\":\"\"", 11, 7},
        {"\"pid\":1,\"tid\":23,\"pid\":12,\"tid\":3", 1, 1},
    };
    enum { CASES = sizeof cases / sizeof *cases };
    uint32_t rows[2 * CASES], processes[2 * CASES];
    for (size_t i = 0; i < 2 * CASES; i++) { /* twice, in another order, so that each comes behind another one */
        const char *fields = cases[i * 7 % CASES].fields;
        cr_assert(READ("{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,%s}", fields), "case %s", fields);
        rows[i] = fixture.event.row;
        processes[i] = fixture.event.process;
    }
    for (size_t i = 0; i < 2 * CASES; i++) {
        for (size_t j = 0; j < i; j++) {
            const size_t a = i * 7 % CASES, b = j * 7 % CASES;
            cr_expect_eq(rows[i] == rows[j], cases[a].row == cases[b].row, "%s and %s", cases[a].fields,
                         cases[b].fields);
            cr_expect_eq(processes[i] == processes[j], cases[a].process == cases[b].process, "%s and %s",
                         cases[a].fields, cases[b].fields);
        }
    }
}

Test(item, a_launch_needs_a_correlation_and_tells_the_platform, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *name;
        bool amd, nvidia;
    } cases[] = {
        {"hipLaunchKernel", true, false}, {"hipMemcpyWithStream", true, false}, {"cudaLaunchKernel", false, true},
        {"cuLaunchKernelEx", false, true}, {"cudaGraphLaunch", false, true},    {"launch", false, false},
        {"hi", false, false},              {"", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int correlation = 0; correlation < 2; correlation++) {
            fixture.document = (struct document){0};
            const bool used = READ("{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"%s\",\"ts\":1,"
                                   "\"args\":{\"correlation\":%d}}",
                                   cases[i].name, correlation);
            cr_expect_eq(used, correlation != 0, "case %s", cases[i].name);
            cr_expect_eq(fixture.document.launches_amd, cases[i].amd, "case %s", cases[i].name);
            cr_expect_eq(fixture.document.launches_nvidia, cases[i].nvidia, "case %s", cases[i].name);
        }
    }
}

Test(item, what_is_not_json_is_counted_and_passed_over, .init = set_up, .fini = tear_down) {
    static const char *const broken[] = {
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\"b\"}", /* a quote too many */
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a \"b\" c\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\\x\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\\u12\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1 \"name\":\"a\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,name:\"a\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"args\":[}}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"args\":[1}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,1}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":foo{}}",
        "{1:2}",
        "{[]}",
        "{\"a\" \"b\"}",
        "{\"",
        "{",
        "",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        cr_expect_not(READ("%s", broken[i]), "case %s", broken[i]);
        cr_expect(item_fixture_counted(&fixture, ANOMALY_ITEM_BROKEN), "case %s", broken[i]);
    }
    cr_expect(READ_OP("\"ts\":1,\"name\":\"next\""), "the one behind it is read");
    cr_expect(text_equal(item_fixture_name(&fixture), TEXT("next")));
}

Test(item, what_is_odd_but_harmless_is_read, .init = set_up, .fini = tear_down) {
    static const char *const items[] = {
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\",}",
        "{ \"ph\" : \"X\" , \"cat\" : \"cpu_op\" , \"ts\" : 1 , \"name\" : \"a\" }",
        "{\n\t\"ph\":\r\n\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\"\n}",
        "{\"name\":\"a\",\"args\":{\"x\":[1,[2],{\"y\":\"}\"}]},\"ts\":1,\"cat\":\"cpu_op\",\"ph\":\"X\"}",
        "{\"\":\"\",\"ph\":\"X\",\"x\":\"\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\",\"args\":{\"est. achieved occupancy %\":NaN}}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\",\"args\":{\"x\":-Infinity,\"y\":N/A}}",
        "{\"x\":NaN,\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\",\"y\":\"NaN\\n\"}",
        "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\",\"args\":{\"x\":[1,]}}",
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        cr_assert(READ("%s", items[i]), "case %s", items[i]);
        cr_expect_eq(fixture.event.ts_ns, 1000, "case %s", items[i]);
        cr_expect(text_equal(item_fixture_name(&fixture), TEXT("a")), "case %s", items[i]);
        cr_expect(item_fixture_counted(&fixture, NONE), "case %s", items[i]);
    }
}

/* An X cpu_op named "a" with `count` times `piece` in its args; free() it. */
static struct text op_with_many(const char *open, const char *piece, size_t count, const char *close) {
    static const char before[] = "{\"ph\":\"X\",\"args\":{\"x\\u0041\":";
    static const char after[] = "},\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"a\"}";
    char *item = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&item, &size);
    fprintf(out, "%s%s", before, open);
    for (size_t i = 0; i < count; i++)
        fputs(piece, out);
    for (size_t i = 0; i < (*open ? 1 : count); i++)
        fputs(close, out);
    fputs(after, out);
    fclose(out);
    return (struct text){item, size};
}

Test(item, long_and_deep_items_have_ceilings, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *title, *open, *piece;
        size_t count;
        const char *close;
        bool used;
    } cases[] = {
        {"many tokens", "[0", ",1", LIMIT_ITEM_TOKENS / 2, "]", true},
        {"too many tokens", "[0", ",1", LIMIT_ITEM_TOKENS, "]", false},
        {"many pairs", "{\"k\":0", ",\"k\":\"v\"", LIMIT_ITEM_TOKENS / 3, "}", true},
        {"deep", "", "[", LIMIT_ITEM_DEPTH - 2, "]", true},
        {"too deep", "", "[", LIMIT_ITEM_DEPTH + 1, "]", false},
        {"deep objects", "0,\"y\":", "", 0, "0", true},
        {"far too deep", "", "[", 500000, "]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct text item = op_with_many(cases[i].open, cases[i].piece, cases[i].count, cases[i].close);
        cr_expect_eq(item_fixture_read(&fixture, item), cases[i].used, "case %s", cases[i].title);
        cr_expect(item_fixture_counted(&fixture, cases[i].used ? NONE : ANOMALY_ITEM_BROKEN), "case %s",
                  cases[i].title);
        free((void *)item.data);
    }
}

Test(item, a_key_of_many_bad_bytes_is_only_a_key_nobody_knows, .init = set_up, .fini = tear_down) {
    enum { KEY = LIMIT_ITEM_BYTES / 2 }; /* three times as long once decoded, more than an item may be */
    static const char before[] = "{\"", after[] = "\":1,\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":\"1\\u0030\"}";
    const size_t size = sizeof before - 1 + KEY + sizeof after - 1;
    char *item = malloc(size);
    memset(item, 0xFF, size);
    memcpy(item, before, sizeof before - 1);
    memcpy(item + size - (sizeof after - 1), after, sizeof after - 1);
    cr_expect_not(item_fixture_read(&fixture, (struct text){item, size}));
    cr_expect(item_fixture_counted(&fixture, ANOMALY_NO_TIME), "an escape in a number is no number");
    free(item);
}

Test(item, another_table_of_names_starts_anew, .init = set_up, .fini = tear_down) {
    struct names *others = names_new(1 << 20);
    cr_assert(READ_KERNEL("{\"device\":1}"));
    item_reader_use(fixture.reader, others, &fixture.tally, &fixture.document);
    cr_assert(READ_KERNEL("{\"device\":1}"));
    cr_expect(text_equal(names_get(others, fixture.event.device), TEXT("1")));
    cr_expect(text_equal(names_get(others, fixture.event.name_id), TEXT("(unnamed)")));
    cr_expect_lt(fixture.event.row, names_count(others));
    names_free(others);
    item_reader_free(NULL);
}

Test(item, python_frames_may_be_left_out, .init = set_up, .fini = tear_down) {
    static const char *const frames[] = {
        "{\"ph\":\"X\",\"cat\":\"python_function\",\"name\":\"a.py(1): f\",\"ts\":1,\"args\":{\"Python id\":1}}",
        "{\"ph\":\"X\",\"name\":\"\\u0061\",\"ts\":1,\"cat\":\"python_function\"}",
    };
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        cr_expect(READ("%s", frames[i]), "case %s", frames[i]);
    item_reader_skip_stacks(fixture.reader);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        cr_expect_not(READ("%s", frames[i]), "case %s", frames[i]);
        cr_expect(item_fixture_counted(&fixture, NONE), "case %s", frames[i]);
    }
    cr_expect(READ_OP("\"ts\":1"));
}

Test(item, a_name_longer_than_the_limit_is_cut_between_characters, .init = set_up, .fini = tear_down) {
    static const struct {
        const char *character; /* as it stands in the item */
        size_t decoded;        /* its bytes */
    } cases[] = {{"x", 1}, {"\xC3\xA9", 2}, {"\\u20ac", 3}, {"\\ud83d\\ude00", 4}};
    static char name[16 * LIMIT_NAME_LENGTH], item[sizeof name + 100];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int more = 0; more < 2; more++) {
            const size_t fitting = LIMIT_NAME_LENGTH / cases[i].decoded, length = strlen(cases[i].character);
            size_t size = 0;
            for (size_t j = 0; j < fitting + (more ? 5 : 0); j++, size += length)
                memcpy(name + size, cases[i].character, length);
            const int written =
                snprintf(item, sizeof item, "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1,\"name\":\"%.*s\"}",
                         (int)size, name);
            cr_assert(item_fixture_read(&fixture, (struct text){item, (size_t)written}));
            cr_expect_eq(item_fixture_name(&fixture).size, fitting * cases[i].decoded, "case %zu", i);
            cr_expect(utf8_is_valid(item_fixture_name(&fixture)), "case %zu", i);
            cr_expect(item_fixture_counted(&fixture, more ? ANOMALY_NAME_CUT : NONE), "case %zu", i);
        }
    }
}
