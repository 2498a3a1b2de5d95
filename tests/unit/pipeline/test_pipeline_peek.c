#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../aggregate/adds_up.h"
#include "made_trace.h"
#include "pipeline_fixture.h"

TestSuite(pipeline_peek, .timeout = 120);

enum { PIECE = 20011 };

static struct summary *run(struct text json, struct pipeline_way way) {
    const struct options options = pipeline_options();
    struct error error;
    struct summary *summary = pipeline_run(json, &options, way, &error);
    cr_assert(summary, "%s", error.cause[0].text);
    return summary;
}

static void only_look(void *self, const struct summary *summary, size_t bytes) {
    (void)bytes;
    cr_expect_eq(summary->tally.rows[ANOMALY_GROWING].count, 1);
    ++*(unsigned *)self;
}

static const struct pipeline_way ways[] = {
    {.chunk_bytes = PIECE},
    {.chunk_bytes = PIECE, .memory_bytes = 64 << 10},
    {.chunk_bytes = PIECE, .threads = 2},
    {.chunk_bytes = 700001, .threads = 3, .memory_bytes = 1},
    {.chunk_bytes = 1 << 20, .threads = 1},
};
enum { WAYS = sizeof ways / sizeof *ways };

Test(pipeline_peek, looking_on_the_way_changes_no_report) {
    static const enum report_format formats[] = {REPORT_JSON, REPORT_TEXT, REPORT_CSV, REPORT_HTML};
    struct text json = made_trace(11, 400);
    struct summary *plain = run(json, (struct pipeline_way){.threads = 0});
    for (size_t w = 0; w < WAYS; w++) {
        unsigned looks = 0;
        struct pipeline_way way = ways[w];
        way.peek = only_look;
        way.peek_self = &looks;
        struct summary *looked_at = run(json, way);
        cr_expect_eq(looks, (json.size + way.chunk_bytes - 1) / way.chunk_bytes);
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
            char *wanted = pipeline_report(plain, formats[f]), *got = pipeline_report(looked_at, formats[f]);
            cr_expect_str_eq(got, wanted, "way %zu, format %zu", w, f);
            free(wanted);
            free(got);
        }
        summary_free(looked_at);
    }
    summary_free(plain);
    free((char *)json.data);
}

/* All of the JSON but its diagnostics, where the end of a cut document is one. */
static char *figures(const struct summary *summary) {
    char *report = pipeline_report(summary, REPORT_JSON);
    char *end = strstr(report, "\"diagnostics\"");
    cr_assert(end);
    *end = 0;
    return report;
}

static void same_as_the_cut_document(void *self, const struct summary *summary, size_t bytes) {
    const struct text *json = self;
    if (json->data[0] == '{' && bytes < 1000)
        return; /* traceEvents may not have begun */
    struct summary *cut = run((struct text){json->data, bytes}, (struct pipeline_way){.threads = 0});
    char *wanted = figures(cut), *got = figures(summary);
    cr_expect_str_eq(got, wanted, "at byte %zu", bytes);
    expect_adds_up(summary, "a look on the way");
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (i != ANOMALY_GROWING && i != ANOMALY_TRUNCATED && i != ANOMALY_ARRAY_OPEN)
            cr_expect_eq(summary->tally.rows[i].count, cut->tally.rows[i].count, "%s at byte %zu",
                         anomaly_get((enum anomaly)i)->code, bytes);
    free(wanted);
    free(got);
    summary_free(cut);
}

Test(pipeline_peek, a_look_tells_what_a_document_cut_there_tells) {
    struct text json = made_trace(12, 100);
    for (size_t w = 0; w < WAYS; w++) {
        struct pipeline_way way = ways[w];
        way.peek = same_as_the_cut_document;
        way.peek_self = &json;
        summary_free(run(json, way));
    }
    free((char *)json.data);
}

static void remember_complete(void *self, const struct summary *summary, size_t bytes) {
    char *seen = self;
    seen[bytes - 1] = summary->document.complete ? 'y' : '-';
}

/* An array may stay open between its items; an object may not. */
Test(pipeline_peek, complete_is_what_could_end_here) {
    static const struct {
        const char *json, *complete;
    } cases[] = {
        {"[{},{}] ", "y-yy-yyy"},
        {"{\"traceEvents\":[{}]} ", "-------------------yy"},
        {"{\"ph\":\"X\"}\n{} ", "---------yy-yy"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char seen[32] = "";
        summary_free(run(text_from(cases[i].json),
                         (struct pipeline_way){.chunk_bytes = 1, .peek = remember_complete, .peek_self = seen}));
        cr_expect_str_eq(seen, cases[i].complete, "%s", cases[i].json);
    }
}
