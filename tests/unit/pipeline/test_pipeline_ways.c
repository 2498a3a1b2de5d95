#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../aggregate/adds_up.h"
#include "../base/seeded.h"
#include "made_trace.h"
#include "pipeline_fixture.h"

TestSuite(pipeline_ways, .timeout = 120);

static const struct pipeline_way in_one_piece = {.threads = 0};

static struct summary *run(struct text json, struct pipeline_way way, const char *name) {
    const struct options options = pipeline_options();
    struct error error;
    struct summary *summary = pipeline_run(json, &options, way, &error);
    cr_assert(summary, "case %s: %s", name, error.cause[0].text);
    expect_adds_up(summary, name);
    return summary;
}

static char *report(struct text json, struct pipeline_way way, enum report_format format, const char *name) {
    struct summary *summary = run(json, way, name);
    char *text = pipeline_report(summary, format);
    summary_free(summary);
    return text;
}

/* The other tests here say little of a trace in which nothing happens. */
Test(pipeline_ways, the_made_trace_has_a_bit_of_everything) {
    struct text json = made_trace(1, 300);
    struct summary *summary = run(json, in_one_piece, "whole");
    cr_expect_geq(summary->document.items, 2000);
    cr_expect(summary->document.complete);
    cr_expect_not(tally_lost(&summary->tally));
    for (int kind = 0; kind < EVENT_GPU_KINDS; kind++)
        cr_expect_gt(summary->gpu[kind].count, 10, "kind %d", kind);
    cr_expect(summary->attribution.unlaunched > 10 && summary->attribution.op_enclosing > 50 &&
              summary->attribution.op_external_id > 10 && summary->attribution.op_none > 10);
    cr_expect(summary->attribution.distinct_stacks > 20 && summary->attribution.without_stack > 10);
    cr_expect_eq(summary->phase_count, PHASES);
    cr_expect_geq(summary->step_count, 10);
    cr_expect_eq(summary->timeline_count, 2);
    cr_expect_gt(summary->timeline[0].exposed_comm_ns, 0);
    cr_expect_gt(summary->timeline[0].exposed_copy_ns, 0);
    cr_expect_geq(summary->operation_count, 5);
    cr_expect_eq(summary->platform, PLATFORM_AMD);
    summary_free(summary);
    free((char *)json.data);
}

Test(pipeline_ways, chunks_are_invisible) {
    static const size_t chunks[] = {1, 2, 3, 7, 64, 4096};
    static const enum report_format formats[] = {REPORT_JSON, REPORT_TEXT, REPORT_CSV, REPORT_HTML};
    struct text json = made_trace(2, 200);
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        char *whole = report(json, in_one_piece, formats[f], "whole");
        for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
            char *cut = report(json, (struct pipeline_way){.chunk_bytes = chunks[i]}, formats[f], "chunks");
            cr_expect_str_eq(cut, whole, "format %zu, chunks of %zu bytes", f, chunks[i]);
            free(cut);
        }
        free(whole);
    }
    free((char *)json.data);
}

/* Wherever a document is cut, what is left gives one report. */
Test(pipeline_ways, chunks_are_invisible_in_a_cut_document) {
    struct text json = made_trace(3, 20);
    for (size_t size = json.size / 2; size < json.size; size += 97) {
        const struct text cut = {json.data, size};
        char *whole = report(cut, in_one_piece, REPORT_JSON, "cut");
        char *pieces = report(cut, (struct pipeline_way){.chunk_bytes = 5}, REPORT_JSON, "cut in pieces");
        cr_expect_str_eq(pieces, whole, "cut at %zu", size);
        free(whole);
        free(pieces);
    }
    free((char *)json.data);
}

/* The report, or why there is none; to be freed. */
static char *outcome(struct text json, struct pipeline_way way) {
    const struct options options = pipeline_options();
    struct error error;
    char *text;
    struct summary *summary = pipeline_run(json, &options, way, &error);
    if (!summary) {
        cr_assert_geq(
            asprintf(&text, "%d at %llu: %s", (int)error.code, (unsigned long long)error.offset, error.cause[0].text),
            0);
        return text;
    }
    expect_adds_up(summary, "damaged");
    text = pipeline_report(summary, REPORT_JSON);
    summary_free(summary);
    return text;
}

static void damage(struct text json, struct seeded *seed) {
    static const char bytes[] = "\"\\{}[],: \n0X9-.eB\xFF\x00";
    for (uint64_t i = 1 + seeded_below(seed, 3); i-- > 0;)
        ((char *)json.data)[seeded_below(seed, json.size)] = bytes[seeded_below(seed, sizeof bytes)];
}

/* However a document is damaged. */
Test(pipeline_ways, chunks_are_invisible_in_a_damaged_document) {
    struct seeded seed = {7};
    for (unsigned round = 0; round < 300; round++) {
        struct text json = made_trace(round, 4);
        damage(json, &seed);
        char *whole = outcome(json, in_one_piece);
        char *pieces = outcome(json, (struct pipeline_way){.chunk_bytes = 1 + seeded_below(&seed, 300)});
        cr_expect_str_eq(pieces, whole, "round %u", round);
        free(whole);
        free(pieces);
        free((char *)json.data);
    }
}

/* Large enough for records to go to disk and for every thread to have something to do. */
Test(pipeline_ways, memory_and_threads_are_invisible) {
    static const struct pipeline_way ways[] = {
        {.chunk_bytes = 1 << 16, .memory_bytes = 1},
        {.chunk_bytes = 1 << 16, .threads = 1},
        {.chunk_bytes = 100001, .threads = 3},
        {.memory_bytes = 1, .threads = 2},
    };
    struct text json = made_trace(4, 3000);
    char *plain = report(json, in_one_piece, REPORT_JSON, "plain");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *other = report(json, ways[i], REPORT_JSON, "another way");
        cr_expect_str_eq(other, plain, "way %zu", i);
        free(other);
    }
    free(plain);
    free((char *)json.data);
}

Test(pipeline_ways, threads_are_invisible_in_a_damaged_document) {
    struct seeded seed = {8};
    for (unsigned round = 0; round < 6; round++) {
        struct text json = made_trace(round, 1200);
        damage(json, &seed);
        char *plain = outcome(json, in_one_piece);
        char *threads = outcome(json, (struct pipeline_way){.chunk_bytes = 50000, .threads = 3});
        cr_expect_str_eq(threads, plain, "round %u", round);
        free(plain);
        free(threads);
        free((char *)json.data);
    }
}

/* The order of the events in the file says nothing of when they happened. */
Test(pipeline_ways, the_same_trace_twice_is_the_same_report) {
    struct text first = made_trace(5, 100), again = made_trace(5, 100), other = made_trace(6, 100);
    char *one = report(first, in_one_piece, REPORT_JSON, "first");
    char *two = report(again, in_one_piece, REPORT_JSON, "again");
    char *three = report(other, in_one_piece, REPORT_JSON, "other");
    cr_expect_str_eq(one, two);
    cr_expect_str_neq(one, three, "another seed is another trace");
    free(one);
    free(two);
    free(three);
    free((char *)first.data);
    free((char *)again.data);
    free((char *)other.data);
}
