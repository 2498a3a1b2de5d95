#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../pipeline/made_trace.h"
#include "../pipeline/pipeline_fixture.h"
#include "base/limits.h"
#include "index/format.h"
#include "index_image.h"

TestSuite(index, .timeout = 300);

static const struct identity source = {.size = 5, .inode = 6, .mtime_ns = 7, .ctime_ns = 8, .hash = 9};

/* Kernels of as many names, each launched by nobody. The text is owned by the caller. */
static struct text made_kernels(int events, int names) {
    char *json = malloc((size_t)events * 160 + 2), *at = json;
    cr_assert(json);
    for (int i = 0; i < events; i++)
        at += sprintf(at,
                      "%s{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k%d\",\"pid\":0,\"tid\":7,\"ts\":%d,\"dur\":%d,"
                      "\"args\":{\"device\":0,\"stream\":7}}",
                      i == 0 ? "[" : ",", i % names, i * 1000, 7 * i % 1001);
    at += sprintf(at, "]");
    return (struct text){json, (size_t)(at - json)};
}

/* A report that does not say where it came from. */
static char *report_of(struct summary *summary) {
    summary->document.from_index = false;
    char *report = pipeline_report(summary, REPORT_JSON);
    summary_free(summary);
    return report;
}

static char *report_from_trace(struct text json, const struct options *options) {
    struct error error;
    struct summary *summary = pipeline_run(json, options, (struct pipeline_way){.threads = 0}, &error);
    cr_assert(summary);
    summary->document.bytes = json.size;
    return report_of(summary);
}

static char *report_from_index(struct index_image image, const struct options *options) {
    struct error error;
    struct summary *summary;
    cr_assert_eq(index_image_play(image, &source, options, &summary, &error), STATUS_OK, "%s", error.cause[0].text);
    cr_assert(summary && summary->document.from_index);
    return report_of(summary);
}

Test(index, gives_the_report_of_its_trace) {
    struct options all = pipeline_options(), bare = pipeline_options(), decode = pipeline_options();
    struct options any_step = pipeline_options(), some_steps = pipeline_options(), no_steps = pipeline_options();
    bare.collect_stacks = false;
    decode.aggregate = (struct aggregate_options){.one_phase = true, .phase = PHASE_DECODE};
    any_step.step_regex = ".";
    some_steps.step_regex = "[13579]";
    some_steps.collect_stacks = false;
    no_steps.step_regex = "^no annotation is called so$";
    const struct options *const all_of_them[] = {&all, &bare, &decode, &any_step, &some_steps, &no_steps};
    for (uint64_t seed = 1; seed <= 6; seed++) {
        const struct text json = made_trace(seed, seed == 6 ? 2000 : 100);
        struct index_image image = index_image_of(json, &source);
        cr_assert(image.bytes, "seed %d", (int)seed);
        for (size_t i = 0; i < sizeof all_of_them / sizeof *all_of_them; i++) {
            char *wanted = report_from_trace(json, all_of_them[i]), *got = report_from_index(image, all_of_them[i]);
            cr_expect(strcmp(wanted, got) == 0, "seed %d, options %zu", (int)seed, i);
            free(wanted);
            free(got);
        }
        index_image_free(&image);
        free((void *)json.data);
    }
}

Test(index, of_a_trace_without_gpu_events) {
    const struct options options = pipeline_options();
    const struct text json =
        TEXT("{\"traceEvents\":[{\"ph\":\"X\",\"cat\":\"cpu_op\",\"name\":\"a\",\"ts\":1,\"dur\":2}]}");
    struct index_image image = index_image_of(json, &source);
    char *wanted = report_from_trace(json, &options), *got = report_from_index(image, &options);
    cr_expect_str_eq(wanted, got);
    free(wanted);
    free(got);
    index_image_free(&image);
}

Test(index, is_not_made_of_a_damaged_trace) {
    static const char *const damaged[] = {
        "{\"traceEvents\":[{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"ts\":1,\"dur\":2}",
        "[{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"ts\":1,\"dur\":2}] x",
        "[{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k\",\"dur\":2}]",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        cr_expect_null(index_image_of(text_from(damaged[i]), &source).bytes, "%s", damaged[i]);
}

Test(index, belongs_to_one_state_of_its_trace) {
    const struct options options = pipeline_options();
    struct identity others[5];
    struct index_image image = index_image_of(TEXT("[]"), &source);
    for (int i = 0; i < 5; i++)
        others[i] = source;
    others[0].size++;
    others[1].inode++;
    others[2].mtime_ns--;
    others[3].ctime_ns++;
    others[4].hash++;
    for (int i = 0; i < 5; i++) {
        struct error error;
        struct summary *summary;
        cr_expect_eq(index_image_play(image, &others[i], &options, &summary, &error), STATUS_OK, "difference %d", i);
        cr_expect_null(summary, "difference %d", i);
    }
    index_image_free(&image);
}

/* A step may be said by an annotation on the GPU alone, by one of the launch's process on another thread, or by one
 * that says nothing else; annotations may overlap without nesting. */
Test(index, finds_steps_of_any_kind_anew) {
    static const char json[] =
        "[{\"ph\":\"X\",\"cat\":\"user_annotation\",\"name\":\"outer\",\"pid\":1,\"tid\":1,\"ts\":0,\"dur\":100,"
        "\"args\":{\"External id\":9}},"
        "{\"ph\":\"X\",\"cat\":\"user_annotation\",\"name\":\"crossing\",\"pid\":1,\"tid\":1,\"ts\":40,\"dur\":100},"
        "{\"ph\":\"X\",\"cat\":\"user_annotation\",\"name\":\"ProfilerStep#1\",\"pid\":1,\"tid\":2,\"ts\":5,\"dur\":60}"
        ","
        "{\"ph\":\"X\",\"cat\":\"gpu_user_annotation\",\"name\":\"outer\",\"pid\":0,\"tid\":7,\"ts\":400,\"dur\":90,"
        "\"args\":{\"External id\":9}},"
        "{\"ph\":\"X\",\"cat\":\"gpu_user_annotation\",\"name\":\"lonely\",\"pid\":0,\"tid\":7,\"ts\":300,\"dur\":90},"
        "{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"cudaLaunchKernel\",\"pid\":1,\"tid\":1,\"ts\":50,\"dur\":1,"
        "\"args\":{\"correlation\":1}},"
        "{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"cudaLaunchKernel\",\"pid\":1,\"tid\":3,\"ts\":60,\"dur\":1,"
        "\"args\":{\"correlation\":2}},"
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"a\",\"pid\":0,\"tid\":7,\"ts\":200,\"dur\":10,"
        "\"args\":{\"device\":0,\"stream\":7,\"correlation\":1}},"
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"b\",\"pid\":0,\"tid\":7,\"ts\":210,\"dur\":10,"
        "\"args\":{\"device\":0,\"stream\":7,\"correlation\":2}},"
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"c\",\"pid\":0,\"tid\":7,\"ts\":310,\"dur\":10,"
        "\"args\":{\"device\":0,\"stream\":7}},"
        "{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"d\",\"pid\":0,\"tid\":7,\"ts\":410,\"dur\":10,"
        "\"args\":{\"device\":0,\"stream\":7}}]";
    static const char *const patterns[] = {"outer", "crossing", "Profiler", "lonely", "outer|lonely", "o", "^none$"};
    struct index_image image = index_image_of(text_from(json), &source);
    cr_assert(image.bytes);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct options options = pipeline_options();
        options.step_regex = patterns[i];
        char *wanted = report_from_trace(text_from(json), &options), *got = report_from_index(image, &options);
        cr_expect_str_eq(wanted, got, "%s", patterns[i]);
        cr_expect_eq(strstr(wanted, "\"kind\": \"user\"") != NULL, i + 1 < sizeof patterns / sizeof *patterns, "%s",
                     patterns[i]);
        free(wanted);
        free(got);
    }
    index_image_free(&image);
}

/* More events at one time than the layers put in an order of their own: the trace must say. */
Test(index, leaves_steps_to_the_trace_where_too_much_begins_at_once) {
    char json[LIMIT_TIES * 160], *at = json;
    for (int i = 0; i <= LIMIT_TIES; i++)
        at += sprintf(at,
                      "%s{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"k%d\",\"pid\":0,\"tid\":%d,\"ts\":5,\"dur\":1,"
                      "\"args\":{\"device\":0,\"stream\":%d}}",
                      i == 0 ? "[" : ",", i, i, i);
    sprintf(at, "]");
    struct options options = pipeline_options();
    struct index_image image = index_image_of(text_from(json), &source);
    struct summary *summary;
    struct error error;
    free(report_from_index(image, &options));
    options.step_regex = ".";
    cr_expect_eq(index_image_play(image, &source, &options, &summary, &error), STATUS_LIMIT);
    index_image_free(&image);
}

static const struct index_part *part_of(struct index_image image, enum index_section section) {
    return &((const struct index_header *)(const void *)image.bytes)->parts[section];
}

static void expect_refused(struct index_image image, const struct options *options, const char *what, size_t at) {
    struct error error = {0};
    struct summary *summary;
    const enum status status = index_image_play(image, &source, options, &summary, &error);
    cr_expect(!summary, "%s %zu", what, at);
    cr_expect(status == STATUS_BAD_INDEX, "%s %zu: status %d", what, at, (int)status);
    summary_free(summary);
}

/* Sections that are not needed, and so not looked at. */
static const enum index_section for_steps_anew[] = {SECTION_LAUNCHES, SECTION_ANNOTATIONS, SECTION_THREADS, SECTIONS};
static const enum index_section for_usual_steps[] = {SECTION_STEPS, SECTION_TOTALS, SECTION_BUCKETS, SECTIONS};
static const enum index_section none[] = {SECTIONS};

static const struct asked {
    const struct options options;
    const enum index_section *unneeded; /* SECTIONS behind the last one */
} asked[] = {
    {{.collect_stacks = true}, for_steps_anew},
    {{.collect_stacks = true, .step_regex = "."}, for_usual_steps},
    {{.collect_stacks = true, .command = COMMAND_INDEX}, none},
};
enum { ASKED = sizeof asked / sizeof *asked, ALL_CHECKED = ASKED - 1 };

static bool is_needed(struct index_image image, size_t at, const enum index_section *unneeded) {
    for (; *unneeded != SECTIONS; unneeded++)
        if (at - part_of(image, *unneeded)->offset < part_of(image, *unneeded)->length)
            return false;
    return true;
}

/* reports: by what is asked, of the image as it was. */
static void expect_noticed(struct index_image image, size_t at, size_t k, char *const *reports) {
    image.bytes[at] ^= (unsigned char)(1 << at % 8);
    if (is_needed(image, at, asked[k].unneeded)) {
        expect_refused(image, &asked[k].options, "another byte", at);
    } else {
        char *report = report_from_index(image, &asked[k].options);
        cr_expect_str_eq(report, reports[k], "byte %zu, which is not needed", at);
        free(report);
    }
    image.bytes[at] ^= (unsigned char)(1 << at % 8);
}

static void expect_changes_are_noticed(struct text json) {
    enum { SOME = 5 }; /* each byte is changed where all are checked, some of them for other reports too */
    struct index_image image = index_image_of(json, &source);
    char *reports[ASKED];
    cr_assert(image.bytes);
    for (int k = 0; k < ASKED; k++)
        reports[k] = report_from_index(image, &asked[k].options);
    for (size_t i = 0; i < image.size; i++) {
        expect_noticed(image, i, ALL_CHECKED, reports);
        if (i % SOME == 0)
            expect_noticed(image, i, i / SOME % ALL_CHECKED, reports);
        expect_refused((struct index_image){image.bytes, i}, &asked[i % ASKED].options, "cut at", i);
    }
    struct index_image longer = {calloc(1, image.size + 1), image.size + 1};
    cr_assert(longer.bytes);
    memcpy(longer.bytes, image.bytes, image.size);
    for (int k = 0; k < ASKED; k++) {
        expect_refused(longer, &asked[k].options, "longer", image.size + 1);
        free(reports[k]);
    }
    index_image_free(&longer);
    index_image_free(&image);
    free((void *)json.data);
}

Test(index, any_other_byte_and_any_other_length_is_noticed) {
    expect_changes_are_noticed(made_trace(3, 4));
}

Test(index, any_other_byte_and_any_other_length_is_noticed_with_totals) {
    expect_changes_are_noticed(made_kernels(100, 3));
}

/* With right checksums another byte may make a sound index of something else; all that counts is that nothing is
 * followed blindly, which the sanitizers see, and that what comes out is a report. */
static void expect_changes_are_survived(struct text json) {
    static const unsigned char changes[] = {0x01, 0x80, 0xFF};
    const struct options usual = pipeline_options();
    struct options stepped = pipeline_options();
    stepped.step_regex = ".";
    struct index_image image = index_image_of(json, &source), changed = {malloc(image.size), image.size};
    size_t refused = 0;
    cr_assert(image.bytes && changed.bytes);
    for (size_t i = 0; i < image.size * sizeof changes; i++) {
        struct error error = {0};
        struct summary *summary;
        memcpy(changed.bytes, image.bytes, image.size);
        changed.bytes[i / sizeof changes] ^= changes[i % sizeof changes];
        index_image_seal(changed);
        const enum status status = index_image_play(changed, &source, i % 2 == 0 ? &usual : &stepped, &summary, &error);
        refused += status != STATUS_OK;
        cr_expect(status == STATUS_OK || status == STATUS_BAD_INDEX || status == STATUS_LIMIT, "byte %zu: %s",
                  i / sizeof changes, error.cause[0].text);
        if (summary)
            free(report_of(summary));
    }
    cr_expect_gt(refused, image.size / 2);
    index_image_free(&changed);
    index_image_free(&image);
    free((void *)json.data);
}

Test(index, with_right_checksums_another_byte_is_refused_or_makes_a_report) {
    expect_changes_are_survived(made_trace(3, 4));
}

Test(index, with_right_checksums_and_totals_another_byte_is_refused_or_makes_a_report) {
    expect_changes_are_survived(made_kernels(100, 3));
}

Test(index, of_another_version_says_so) {
    static const struct {
        const char *name;
        size_t byte;
    } cases[] = {
        {"version", offsetof(struct index_header, version)},
        {"byte order", offsetof(struct index_header, byte_order)},
        {"program", offsetof(struct index_header, tool)},
        {"diagnostics", offsetof(struct index_header, diagnostics)},
    };
    const struct options options = pipeline_options();
    struct index_image image = index_image_of(TEXT("[]"), &source);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        struct summary *summary;
        image.bytes[cases[i].byte]++;
        index_image_seal(image);
        cr_expect_eq(index_image_play(image, &source, &options, &summary, &error), STATUS_BAD_INDEX, "%s",
                     cases[i].name);
        cr_expect(strstr(error.cause[0].text, "version"), "%s", cases[i].name);
        image.bytes[cases[i].byte]--;
    }
    index_image_free(&image);
}

Test(index, has_totals_where_origins_have_many_events) {
    const struct options usual = pipeline_options();
    struct options decode = pipeline_options();
    decode.aggregate = (struct aggregate_options){.one_phase = true, .phase = PHASE_DECODE};
    for (int names = 1; names <= 300; names += 23) {
        const struct text json = made_kernels(600, names);
        struct index_image image = index_image_of(json, &source);
        cr_assert(image.bytes);
        const uint64_t rows = part_of(image, SECTION_TOTALS)->rows;
        cr_expect_eq(rows, names < 150 ? part_of(image, SECTION_ORIGINS)->rows : 0, "%d kernels", names);
        cr_expect_geq(part_of(image, SECTION_BUCKETS)->rows, rows, "%d kernels", names);
        for (int i = 0; i < 2; i++) {
            const struct options *options = i == 0 ? &usual : &decode;
            char *wanted = report_from_trace(json, options), *got = report_from_index(image, options);
            cr_expect_str_eq(wanted, got, "%d kernels", names);
            free(wanted);
            free(got);
        }
        index_image_free(&image);
        free((void *)json.data);
    }
}

Test(index, whose_totals_are_not_those_of_its_events_is_refused) {
    enum { LEAST_DUR = 8 + 8 + 8 * EVENT_DUR };
    const struct options options = pipeline_options();
    const struct text json = made_kernels(600, 5);
    struct index_image image = index_image_of(json, &source);
    cr_assert_gt(part_of(image, SECTION_TOTALS)->rows, 0);
    image.bytes[part_of(image, SECTION_EVENTS)->offset + LEAST_DUR]++;
    index_image_seal(image);
    expect_refused(image, &options, "longer events", 0);
    index_image_free(&image);
    free((void *)json.data);
}

/* Each event has its launch, in the same block. */
Test(index, whose_launches_are_not_as_many_as_its_events_is_refused) {
    static const struct {
        size_t byte; /* of the section; SIZE_MAX: of the header, how many rows it has */
        int change;
    } cases[] = {{SIZE_MAX, 1}, {SIZE_MAX, -1}, {0, 1}, {0, -1}};
    const struct text json = made_kernels(600, 5);
    struct index_image image = index_image_of(json, &source);
    const struct index_part *part = part_of(image, SECTION_LAUNCHES);
    const size_t rows = (size_t)((const unsigned char *)&part->rows - image.bytes);
    cr_assert_eq(part->rows, part_of(image, SECTION_EVENTS)->rows);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char *byte = &image.bytes[cases[i].byte == SIZE_MAX ? rows : part->offset + cases[i].byte];
        *byte = (unsigned char)(*byte + cases[i].change);
        index_image_seal(image);
        expect_refused(image, &asked[1].options, "launches", i);
        free(report_from_index(image, &asked[0].options));
        *byte = (unsigned char)(*byte - cases[i].change);
    }
    index_image_free(&image);
    free((void *)json.data);
}
