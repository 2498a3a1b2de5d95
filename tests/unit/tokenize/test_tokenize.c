#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "document_log.h"
#include "made_document.h"
#include "tokenize/tokenize.h"

TestSuite(tokenize, .timeout = 60);

Test(tokenize, a_document_becomes_its_events_and_its_properties) {
    static const char document[] =
        "{\"deviceProperties\": [{\"name\": \"NVIDIA B200\", \"warpSize\": 32}], \"traceEvents\": [\n"
        "{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 0, \"ts\": 1},\n"
        "{\"ph\": \"X\", \"cat\": \"cuda_runtime\", \"name\": \"cudaLaunchKernel\", \"pid\": 9, \"tid\": 9,"
        " \"ts\": 5.25, \"dur\": 2, \"args\": {\"correlation\": 3}},\n"
        "{\"ph\": \"X\", \"cat\": \"kernel\", \"name\": \"gemm\", \"pid\": 0, \"tid\": 7, \"ts\": 6, \"dur\": 1.5,"
        " \"args\": {\"device\": 0, \"correlation\": 3}}\n"
        "], \"roctracer_version\": 4}";
    static const char *const parts[] = {
        "kind 3 ts 5250 dur 2000 correlation 3 external 0 0 '' ", "kind 0 ts 6000 dur 1500 correlation 3 external 0 ",
        " 'gemm' ", " '0'\n", "flush | whole 3 'NVIDIA B200' warp 32 devices 1 amd 1 0 nvidia 1 1 bytes",
    };
    const struct text log = event_log(text_from(document), 0);
    const char *at = log.data;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at = at ? strstr(at, parts[i]) : NULL;
        cr_expect_not_null(at, "'%s' in its place in: %s", parts[i], log.data);
    }
    free((void *)log.data);
}

Test(tokenize, chunks_are_invisible) {
    static struct made_document document;
    struct seeded seeded = {31};
    for (int i = 0; i < 150; i++) {
        made_document(&document, &seeded);
        if (i % 3 > 0)
            made_document_damage(&document, &seeded);
        cr_assert(document_log_is_same_for_all_chunks(event_log, made_document_text(&document)), "document %d: %.*s", i,
                  (int)document.size, document.data);
    }
}

static void expect_same_by_threads(struct text document, size_t chunk_bytes, const char *name) {
    const struct text one = event_log(document, 0), many = threaded_event_log(document, chunk_bytes);
    const struct text fetched = fetched_event_log(document, chunk_bytes);
    cr_expect(text_equal(one, many), "case %s, chunks of %zu", name, chunk_bytes);
    cr_expect(text_equal(one, fetched), "case %s, fetched but for %zu", name, chunk_bytes);
    free((void *)one.data);
    free((void *)many.data);
    free((void *)fetched.data);
}

/* Made items up to about so many bytes, free() its data. */
static struct text long_document(struct seeded *seeded, size_t bytes, const char *before, const char *after) {
    static struct made_document item;
    char *data = malloc(bytes + MADE_ITEM_BYTES + strlen(before) + strlen(after));
    size_t size = strlen(before);
    memcpy(data, before, size);
    while (size < bytes) {
        item.size = 0;
        made_item(&item, seeded);
        if (size + item.size + 2 > bytes)
            break;
        memcpy(data + size, item.data, item.size);
        size += item.size;
        memcpy(data + size, ",\n", 2);
        size += 2;
    }
    memcpy(data + size - 2, after, strlen(after));
    return (struct text){data, size - 2 + strlen(after)};
}

/* Writes one of the bytes over the document at so many places. */
static void spoil(struct text document, struct seeded *seeded, unsigned places, const char *bytes) {
    for (unsigned i = 0; i < places; i++)
        ((char *)document.data)[seeded_below(seeded, document.size)] = bytes[seeded_below(seeded, strlen(bytes))];
}

Test(tokenize, threads_are_invisible) {
    static const struct {
        const char *name, *before, *after;
        size_t bytes;
        unsigned places; /* spoiled, each with one of: */
        const char *spoilers;
    } cases[] = {
        {"object", "{\"wa\":1,\"traceEvents\":[", "],\"deviceProperties\":[{\"warpSize\":64}]}", 3 << 20, 0, ""},
        {"array", "[", "]", 5 << 19, 0, ""},
        {"open array", "[", "", 5 << 19, 0, ""},
        {"lines", "{\"ph\":\"X\"}\n", "\n", 3 << 19, 0, ""},
        {"cut", "{\"traceEvents\":[", "", 5 << 19, 0, ""},
        {"spoiled here and there", "{\"traceEvents\":[", "]}", 3 << 20, 300, "x,:0"},
        {"unbalanced late", "{\"traceEvents\":[", "]}", 3 << 20, 2, "}"},
        {"spoiled often", "{\"traceEvents\":[", "]}", 3 << 20, 2000, "{}[]\"\\,x"},
        {"trailing bytes", "[", "] [{\"ph\":1},\n{\"ph\":1}]", 5 << 19, 0, ""},
        {"no trace", "{\"a\":[", "]}", 3 << 19, 0, ""},
        {"less than a block", "[", "]", 10000, 0, ""},
    };
    struct seeded seeded = {32};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct text document = long_document(&seeded, cases[i].bytes, cases[i].before, cases[i].after);
        spoil(document, &seeded, cases[i].places, cases[i].spoilers);
        expect_same_by_threads(document, 65536, cases[i].name);
        free((void *)document.data);
    }
}

/* 30 threads come three times, of which the log's table takes 24: the last six are one, and so are their processes. */
Test(tokenize, threads_beyond_the_ceiling_are_one) {
    char *document = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&document, &size);
    fputs("{\"traceEvents\": [", out);
    for (int i = 0; i < 90; i++)
        fprintf(out, "%s{\"ph\":\"X\",\"cat\":\"cpu_op\",\"name\":\"op_%d\",\"pid\":%d,\"tid\":5,\"ts\":%d,\"dur\":1}",
                i > 0 ? ",\n" : "", i, i % 30, i);
    fputs("]}", out);
    fclose(out);
    const struct text text = {document, size}, log = event_log(text, 0);
    cr_expect(strstr(log.data, "rows beyond 18"), "%s", log.data);
    cr_expect(strstr(log.data, "names beyond 0"), "%s", log.data);
    cr_expect(strstr(log.data, "'op_83' 72 'nn2305' 73 'n23'"), "%s", log.data);
    cr_expect(strstr(log.data, "'op_84' 1 '(names beyond the limit)' 1 '(names beyond the limit)'"), "%s", log.data);
    cr_expect(document_log_is_same_for_all_chunks(event_log, text));
    expect_same_by_threads(text, 500, "rows");
    free((void *)log.data);
    free(document);
}

/* The second array, and the keys between, lie within one block. */
Test(tokenize, keys_between_two_arrays_are_read_by_threads_too) {
    static const char between[] = "],\"deviceProperties\":[{\"name\":\"between\"}],\"traceEvents\":[{\"ph\":\"X\"}";
    struct seeded seeded = {33};
    const struct text document = long_document(&seeded, 4 << 20, "{\"traceEvents\":[", "]}");
    char *hole = memmem(document.data + (5 << 19), 1 << 19, ",\n{", 3);
    cr_assert_not_null(hole);
    const size_t at = (size_t)(hole - document.data);
    char *joined = malloc(document.size + sizeof between);
    memcpy(joined, document.data, at);
    memcpy(joined + at, between, sizeof between - 1);
    memcpy(joined + at + sizeof between - 1, document.data + at, document.size - at);
    expect_same_by_threads((struct text){joined, document.size + sizeof between - 1}, 100000, "between");
    free(joined);
    free((void *)document.data);
}

struct counting_stage {
    struct stage stage;
    unsigned events, flushes, fail_at;
};

static enum status count_event(struct stage *self, struct event *event, struct error *error) {
    struct counting_stage *counting = (struct counting_stage *)self;
    (void)event;
    return ++counting->events == counting->fail_at ? FAIL(error, STATUS_LIMIT, "enough") : STATUS_OK;
}

static enum status count_flush(struct stage *self, struct error *error) {
    (void)error;
    ((struct counting_stage *)self)->flushes++;
    return STATUS_OK;
}

#define EVENT "{\"ph\":\"X\",\"cat\":\"cpu_op\",\"ts\":1}"

Test(tokenize, the_next_stage_is_flushed_once_and_its_failure_ends_all) {
    static const struct {
        const char *document;
        unsigned fail_at;
        enum status status;
        unsigned events, flushes;
    } cases[] = {
        {"[" EVENT "," EVENT "]", 0, STATUS_OK, 2, 1},
        {"[" EVENT "," EVENT "]", 1, STATUS_LIMIT, 1, 0},
        {"[" EVENT ",{\"ph\":\"X\",\"cat\":", 0, STATUS_OK, 1, 1},
        {"[]", 0, STATUS_OK, 0, 1},
        {"{}", 0, STATUS_NOT_A_TRACE, 0, 0},
        {"", 0, STATUS_NOT_A_TRACE, 0, 0},
    };
    static const struct stage_ops ops = {"count", count_event, NULL, count_flush, NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct counting_stage counting = {.stage = {&ops, NULL}, .fail_at = cases[i].fail_at};
        struct tally tally = {0};
        struct document properties = {0};
        struct error error = {0};
        struct names *names = names_new(LIMIT_NAME_BYTES);
        struct tokenizer *tokenizer = tokenizer_new(names, &tally, &properties, NULL, &counting.stage);
        const struct chunk_sink sink = tokenizer_sink(tokenizer);
        const struct chunk chunk = {cases[i].document, strlen(cases[i].document), 0};
        enum status status = sink.push(sink.self, &chunk, &error);
        status = status == STATUS_OK ? sink.end(sink.self, &error) : status;
        cr_expect_eq(status, cases[i].status, "case %s", cases[i].document);
        cr_expect_eq(counting.events, cases[i].events, "case %s", cases[i].document);
        cr_expect_eq(counting.flushes, cases[i].flushes, "case %s", cases[i].document);
        tokenizer_free(tokenizer);
        names_free(names);
    }
    tokenizer_free(NULL);
}
