#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "json_checker.h"
#include "report/display.h"
#include "report_fixture.h"

TestSuite(report, .timeout = 20);

static const char *const nasty[] = {
    "plain",
    "",
    "\033]0;title\007\033[2J",
    "line\nbreak\ttab\r",
    "\"quoted\\\" , comma",
    "invalid \xff\xfe\xc3 bytes",
    "ünïcödé 漢字漢字 😀 \xe2\x80\xae reversed",
    "void a::b::c<d::e<f, 1, 2>, g::h<i::j<k> > >(l::m, n)::{lambda(int)#1}",
    "void at::native::f<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
};
enum { NASTY = sizeof nasty / sizeof *nasty };

/* Numbers as wide as they can be. */
static void make_huge(struct summary *summary) {
    summary->kernels[0].stats.total_ns = summary->operations[0].stats.total_ns = INT64_MAX;
    summary->kernels[0].stats.count = summary->operations[0].stats.count = UINT64_MAX;
    summary->kernels[0].stats.min_ns = summary->kernels[0].stats.max_ns = INT64_MAX;
    summary->timeline[0].start_ns = INT64_MIN;
    summary->timeline[0].span_ns = summary->steps[0].span_ns = summary->steps[1].start_ns = INT64_MAX;
    summary->gpu_all = (struct gpu_total){.count = UINT64_MAX, .total_ns = 1};
    summary->cpu_ops[0] = (struct cpu_op_row){NAME_NONE, UINT64_MAX, INT64_MAX, UINT64_MAX, INT64_MAX};
    summary->phases[0].cell = (struct phase_cell){.count = UINT64_MAX, .total_ns = INT64_MAX};
    summary->document.bytes = summary->document.items = UINT64_MAX;
}

static void make_huge_gaps(struct diff *diff) {
    const struct amount huge = {.base_ns = INT64_MAX, .test_ns = INT64_MAX, .gap_ns = INT64_MIN};
    diff->total = diff->span = diff->idle = diff->phases[0].amount = huge;
    diff->operations[0].amount = diff->kernels[0].amount = huge;
    diff->operations[0].gap_count_ns = diff->operations[0].gap_speed_ns = INT64_MIN;
    diff->operations[0].share_of_gap = -1e300;
}

static struct text long_name(char *memory, size_t size) {
    memset(memory, 'x', size);
    return (struct text){memory, size};
}

static void expect_narrow(const char *report, size_t width, const char *name) {
    while (*report != '\0') {
        const size_t size = strcspn(report, "\n");
        const struct text line = {report, size};
        cr_expect(display_columns(line) <= width, "name %s, width %zu: %.*s", name, width, (int)size, report);
        cr_expect(size == 0 || report[size - 1] != ' ', "trailing blank, name %s, width %zu: %.*s|", name, width,
                  (int)size, report);
        report += size + (report[size] == '\n');
    }
}

/* display_columns counts an escape or a control character as several columns: none may be there either. */
static void check_widths(struct text name, bool huge) {
    struct report_options options = fixture_options(REPORT_TEXT);
    struct summary *base = fixture_summary_named(name), *test = fixture_summary();
    struct diff *diff = fixture_diff(base, test);
    char path[200] = "";
    if (huge) {
        make_huge(base);
        make_huge_gaps(diff);
    }
    memcpy(path, name.data, name.size < 199 ? name.size : 199);
    options.base_name = path;
    options.stacks = true;
    for (unsigned width = 60; width <= 200; width += width < 100 ? 1 : 20) {
        options.width = width;
        char *summary_report = fixture_report_summary(base, &options),
             *diff_report = fixture_report_diff(diff, &options);
        expect_narrow(summary_report, width, path);
        expect_narrow(diff_report, width, path);
        cr_expect_null(strchr(summary_report, '\033'), "name %s", path);
        cr_expect_null(strchr(diff_report, '\033'), "name %s", path);
        free(summary_report);
        free(diff_report);
    }
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(report, text_keeps_its_width_and_sends_no_escapes) {
    char memory[3000];
    for (unsigned i = 0; i < NASTY; i++)
        check_widths(text_from(nasty[i]), i % 2 == 1);
    check_widths(long_name(memory, sizeof memory), false);
    check_widths(long_name(memory, sizeof memory), true);
}

static void check_json(struct text name) {
    const struct report_options options = fixture_options(REPORT_JSON);
    struct summary *base = fixture_summary_named(name), *test = fixture_summary();
    struct diff *diff = fixture_diff(base, test);
    char *summary_report = fixture_report_summary(base, &options), *diff_report = fixture_report_diff(diff, &options);
    cr_expect(json_checker_accepts(summary_report), "name %.*s", (int)name.size, name.data);
    cr_expect(json_checker_accepts(diff_report), "name %.*s", (int)name.size, name.data);
    free(summary_report);
    free(diff_report);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(report, json_parses_whatever_the_names) {
    char memory[3000];
    for (unsigned i = 0; i < NASTY; i++)
        check_json(text_from(nasty[i]));
    check_json(long_name(memory, sizeof memory));
}

Test(report, an_empty_summary_can_be_reported) {
    struct summary *empty = summary_new();
    tally_add_times(&empty->tally, ANOMALY_EMPTY_TRACE, 1);
    struct report_options options = fixture_options(REPORT_TEXT);
    char *text = fixture_report_summary(empty, &options);
    cr_expect_not_null(strstr(text, "the trace has no GPU events"));
    cr_expect_null(strstr(text, "Where the time goes"));
    free(text);
    options.format = REPORT_JSON;
    text = fixture_report_summary(empty, &options);
    cr_expect(json_checker_accepts(text));
    cr_expect_not_null(strstr(text, "\"device\": null"));
    cr_expect_not_null(strstr(text, "\"kind\": null"));
    cr_expect_not_null(strstr(text, "\"timeline\": []"));
    free(text);
    summary_free(empty);
}

/* The text takes part of the report, and then nothing more. */
static ssize_t write_a_little(void *cookie, const char *bytes, size_t size) {
    size_t *room = cookie;
    (void)bytes;
    if (*room >= size) {
        *room -= size;
        return (ssize_t)size;
    }
    errno = ENOSPC;
    return 0;
}

Test(report, a_failing_write_is_an_error) {
    static const enum report_format formats[] = {REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_HTML};
    struct summary *summary = fixture_summary();
    struct diff *diff = fixture_diff(summary, summary);
    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct report_options options = fixture_options(formats[i]);
        size_t room = 10;
        struct error error = {.code = STATUS_OK};
        FILE *out = fopencookie(&room, "w", (cookie_io_functions_t){.write = write_a_little});
        setvbuf(out, NULL, _IONBF, 0);
        cr_expect_eq(report_summary(out, summary, &options, &error), STATUS_IO, "format %u", i);
        cr_expect_eq(report_diff(out, diff, &options, &error), STATUS_IO, "format %u", i);
        cr_expect_not_null(strstr(error.cause[0].text, strerror(ENOSPC)), "%s", error.cause[0].text);
        fclose(out);
    }
    diff_free(diff);
    summary_free(summary);
}
