#include "document_log.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/pool.h"
#include "tokenize/split.h"
#include "tokenize/tokenize.h"

/* NUL as 0, so that a log is a string. */
static void print_text(FILE *log, struct text text) {
    for (size_t i = 0; i < text.size; i++)
        fputc(text.data[i] ? text.data[i] : '0', log);
}

static void print_tally(FILE *log, const struct tally *tally) {
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (tally->rows[i].count > 0)
            fprintf(log, " %s*%lu@%lu", anomaly_get((enum anomaly)i)->code, (unsigned long)tally->rows[i].count,
                    (unsigned long)tally->rows[i].first_byte);
}

static void print_end(FILE *log, enum status status, bool complete, uint64_t items, const struct error *error) {
    if (status == STATUS_NOT_A_TRACE && error->has_offset)
        fprintf(log, "| not a trace at %lu", (unsigned long)error->offset);
    else if (status != STATUS_OK)
        fprintf(log, "| status %d", (int)status);
    else
        fprintf(log, "| %s %lu", complete ? "whole" : "cut", (unsigned long)items);
}

/* Each chunk is a copy of its own, so that a sanitizer sees a step outside of it. */
static enum status push_all(struct chunk_sink sink, struct text document, size_t chunk_bytes, struct error *error) {
    const size_t most = chunk_bytes > 0 ? chunk_bytes : document.size + 1;
    enum status status = STATUS_OK;
    for (size_t at = 0; at < document.size && status == STATUS_OK; at += most) {
        const size_t left = document.size - at, size = left < most ? left : most;
        char *copy = malloc(size);
        memcpy(copy, document.data + at, size);
        status = sink.push(sink.self, &(struct chunk){copy, size, at}, error);
        free(copy);
    }
    return status == STATUS_OK ? sink.end(sink.self, error) : status;
}

struct document_file {
    struct chunk_file file; /* first */
    struct text document;
    atomic_uint reads;
};

/* Now and then it reads less than there is. */
static size_t read_document(const struct chunk_file *file, uint64_t offset, char *to, size_t size) {
    struct document_file *from = (struct document_file *)file;
    const size_t left = from->document.size - offset, whole = size < left ? size : left;
    const size_t some = atomic_fetch_add(&from->reads, 1) % 7 == 6 ? whole / 2 : whole;
    memcpy(to, from->document.data + offset, some);
    return some;
}

/* The first chunk_bytes as a chunk of their own; then the tokenizer reads by itself what it will, interrupted now and
 * then, and is given as many bytes again where it will not. */
static enum status push_fetched(struct tokenizer *tokenizer, struct text document, size_t chunk_bytes,
                                struct error *error) {
    const struct chunk_sink sink = tokenizer_sink(tokenizer);
    struct document_file file = {.file = {read_document, document.size}, .document = document};
    uint64_t taken;
    for (size_t at = 0, turn = 0; at < document.size; turn++) {
        const size_t left = document.size - at, size = chunk_bytes > 0 && chunk_bytes < left ? chunk_bytes : left;
        TRY(sink.push(sink.self, &(struct chunk){document.data + at, size, at}, error));
        at += size;
        do {
            TRY(sink.fetch(sink.self, turn % 5 == 4 ? NULL : &file.file, at, &taken, error));
            at += taken;
        } while (taken > 0 && turn++ % 11 != 10);
        TRY(sink.fetch(sink.self, NULL, at, &taken, error));
        cr_assert_eq(taken, 0);
    }
    return sink.end(sink.self, error);
}

static enum status log_item(void *self, struct text span, uint64_t offset, struct error *error) {
    (void)error;
    fprintf(self, "%lu:", (unsigned long)offset);
    print_text(self, span);
    fputc(' ', self);
    return STATUS_OK;
}

static enum status log_head(void *self, struct text key, struct text value, struct error *error) {
    (void)error;
    print_text(self, key);
    fputc('=', self);
    print_text(self, value);
    fputc(' ', self);
    return STATUS_OK;
}

static bool wants(void *self, struct text key) {
    (void)self;
    return key.size > 0 && key.data[0] == 'w';
}

static enum status push_to_splitter(void *self, const struct chunk *chunk, struct error *error) {
    return splitter_push(self, chunk, error);
}

static enum status end_splitter(void *self, struct error *error) { return splitter_end(self, error); }

struct text split_log(struct text document, size_t chunk_bytes) {
    char *data = NULL;
    size_t size = 0;
    FILE *log = open_memstream(&data, &size);
    struct tally tally = {0};
    struct error error = {0};
    const struct split_sink sink = {{log_item, NULL, log}, log_head, wants, log};
    struct splitter *splitter = splitter_new(&sink, &tally);
    cr_assert(log && splitter);
    const struct chunk_sink chunks = {push_to_splitter, end_splitter, splitter, NULL};
    const enum status status = push_all(chunks, document, chunk_bytes, &error);
    print_end(log, status, splitter_complete(splitter), splitter_items(splitter), &error);
    print_tally(log, &tally);
    splitter_free(splitter);
    fclose(log);
    return (struct text){data, size};
}

struct logger {
    struct stage stage;
    const struct names *names;
    FILE *log;
};

static enum status log_event(struct stage *self, struct event *event, struct error *error) {
    const struct logger *logger = (struct logger *)self;
    const uint32_t names[] = {event->name_id, event->row, event->process, event->device};
    (void)error;
    fprintf(logger->log, "%lu: kind %d ts %ld dur %ld correlation %lu external %lu", (unsigned long)event->offset,
            (int)event->kind, (long)event->ts_ns, (long)event->dur_ns, (unsigned long)event->correlation,
            (unsigned long)event->external_id);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fprintf(logger->log, " %u '", names[i]);
        print_text(logger->log, names_get(logger->names, names[i]));
        fputc('\'', logger->log);
    }
    fputc('\n', logger->log);
    return STATUS_OK;
}

static enum status log_flush(struct stage *self, struct error *error) {
    (void)error;
    fputs("flush ", ((struct logger *)self)->log);
    return STATUS_OK;
}

static void print_document(FILE *log, const struct document *document) {
    fprintf(log, " '%s' warp %ld devices %u amd %d %d nvidia %d %d bytes %lu", document->device.name,
            (long)document->device.warp_size, document->device_entries, document->says_amd, document->launches_amd,
            document->says_nvidia, document->launches_nvidia, (unsigned long)document->bytes_uncompressed);
}

enum { NAME_BYTES = 200 << 10, ROWS = 24 }; /* so few that long documents reach them */

static enum status push_copies(struct tokenizer *tokenizer, struct text document, size_t chunk_bytes,
                               struct error *error) {
    return push_all(tokenizer_sink(tokenizer), document, chunk_bytes, error);
}

typedef enum status push_document(struct tokenizer *tokenizer, struct text document, size_t chunk_bytes,
                                  struct error *error);

static struct text log_with(struct pool *pool, push_document *push, struct text document, size_t chunk_bytes) {
    static const struct stage_ops ops = {"log", log_event, NULL, log_flush, NULL};
    char *data = NULL;
    size_t size = 0;
    struct names *names = names_new(NAME_BYTES);
    struct logger logger = {{&ops, NULL}, names, open_memstream(&data, &size)};
    struct tally tally = {0};
    struct document properties = {0};
    struct error error = {0};
    struct tokenizer *tokenizer = tokenizer_new(names, &tally, &properties, pool, &logger.stage);
    cr_assert(logger.log && names && tokenizer);
    names_limit_rows(names, ROWS);
    const enum status status = push(tokenizer, document, chunk_bytes, &error);
    print_end(logger.log, status, properties.complete, properties.items, &error);
    if (status == STATUS_OK)
        print_document(logger.log, &properties);
    fprintf(logger.log, " names beyond %lu rows beyond %lu", (unsigned long)names_beyond(names),
            (unsigned long)names_rows_beyond(names));
    print_tally(logger.log, &tally);
    tokenizer_free(tokenizer);
    names_free(names);
    fclose(logger.log);
    return (struct text){data, size};
}

struct text event_log(struct text document, size_t chunk_bytes) {
    return log_with(NULL, push_copies, document, chunk_bytes);
}

static struct text threaded_log(push_document *push, struct text document, size_t chunk_bytes) {
    struct pool *pool = pool_new(3);
    cr_assert(pool);
    const struct text log = log_with(pool, push, document, chunk_bytes);
    pool_free(pool);
    return log;
}

struct text threaded_event_log(struct text document, size_t chunk_bytes) {
    return threaded_log(push_copies, document, chunk_bytes);
}

struct text fetched_event_log(struct text document, size_t chunk_bytes) {
    return threaded_log(push_fetched, document, chunk_bytes);
}

bool document_log_is_same_for_all_chunks(document_log *log, struct text document) {
    static const size_t sizes[] = {1, 2, 3, 5, 7, 64, 150, 400};
    const struct text whole = log(document, 0);
    bool same = true;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct text cut = log(document, sizes[i]);
        same = same && text_equal(cut, whole);
        free((void *)cut.data);
    }
    free((void *)whole.data);
    return same;
}
