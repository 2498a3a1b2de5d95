#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "json_checker.h"
#include "report_fixture.h"

TestSuite(page_html, .timeout = 20);

static const char *const hostile[] = {"<script>alert(1)</script>", "</script>", "<!--", "a\xE2\x80\xA8z\xE2\x80\xA9",
                                      "]]>&\"'\\"};

static char *page_of(const char *name, bool compared) {
    const struct report_options options = fixture_options(REPORT_HTML);
    struct summary *summary = fixture_summary_named(text_from(name));
    struct diff *diff = fixture_diff(summary, summary);
    char *page = compared ? fixture_report_diff(diff, &options) : fixture_report_summary(summary, &options);
    diff_free(diff);
    summary_free(summary);
    return page;
}

/* The content of the data element, to be freed; NULL when there is none. */
static char *data_of(const char *page, const char *id) {
    char start[64];
    snprintf(start, sizeof start, "<script type=\"application/json\" id=\"%s\">", id);
    const char *found = strstr(page, start);
    const char *end = found ? strstr(found, "</script>") : NULL;
    return end ? strndup(found + strlen(start), (size_t)(end - found) - strlen(start)) : NULL;
}

static size_t count_of(const char *page, const char *text) {
    size_t count = 0;
    for (const char *at = strstr(page, text); at; at = strstr(at + 1, text))
        count++;
    return count;
}

/* Nothing of a name can end the data or begin a comment; three elements of ours end. */
Test(page_html, names_stay_text) {
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        for (int compared = 0; compared < 2; compared++) {
            char *page = page_of(hostile[i], compared);
            cr_expect_eq(count_of(page, "</script"), 3, "case %s", hostile[i]);
            cr_expect_eq(count_of(page, "<!--"), 0, "case %s", hostile[i]);
            cr_expect_eq(count_of(page, "\xE2\x80\xA8") + count_of(page, "\xE2\x80\xA9"), 0, "case %s", hostile[i]);
            free(page);
        }
}

Test(page_html, data_is_json) {
    static const char *const ids[] = {"report", "drawn"};
    for (int compared = 0; compared < 2; compared++) {
        char *page = page_of(hostile[0], compared);
        for (size_t i = 0; i < 2; i++) {
            char *data = data_of(page, ids[i]);
            cr_assert_not_null(data, "case %s", ids[i]);
            cr_expect(json_checker_accepts(data), "case %s", ids[i]);
            free(data);
        }
        free(page);
    }
}

/* Stacks are not in the page twice: the document has numbers, the data their text. */
Test(page_html, frames_by_number) {
    char *page = page_of("GEMM", false);
    char *report = data_of(page, "report"), *drawn = data_of(page, "drawn");
    cr_expect_null(strstr(report, "nn.Module: Linear_3"));
    cr_expect_not_null(strstr(report, "\"frames\": ["));
    cr_expect_not_null(strstr(drawn, ": \"nn.Module: Linear_3\""));
    free(report);
    free(drawn);
    free(page);
}

/* No address of any kind but data: in the page. */
Test(page_html, needs_nothing) {
    char *page = page_of("GEMM", true);
    cr_expect_eq(count_of(page, "http"), count_of(page, "http-equiv") + count_of(page, "http://www.w3.org/2000/svg"));
    cr_expect_eq(count_of(page, "src="), 0);
    cr_expect_eq(count_of(page, "@import") + count_of(page, "url("), 0);
    free(page);
}
