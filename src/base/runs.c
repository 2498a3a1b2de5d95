#include "base/runs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/sort.h"

enum {
    WRITE_BYTES = 256 << 10,
    READ_BYTES = 32 << 10,
    RECORD_WORDS = SORT_RECORD_MAX / 8,
    ENCODED_MAX = RECORD_WORDS * 10, /* a 64-bit varint takes at most 10 bytes */
    RUNS_MAX = 1 << 24,
};

struct runs {
    int file;
    size_t words;
    uint64_t written; /* bytes in the file; more may wait in pending */
    struct run {
        uint64_t start, end;
    } *list;
    size_t count, capacity;
    uint64_t last[RECORD_WORDS]; /* the record before, while a run is written */
    size_t pending_size;
    unsigned char pending[WRITE_BYTES];
};

/*  bytes |....ccccccccuuuu....|      c: read, not yet decoded
 *              ^at     ^filled                            */
struct run_reader {
    const struct runs *runs; /* borrowed */
    uint64_t next, end;      /* file bytes not yet read */
    size_t at, filled;
    uint64_t record[RECORD_WORDS];
    unsigned char bytes[READ_BYTES];
};

static int open_unlinked(const char *directory) {
    const int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return file;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/tracecmp-XXXXXX", directory) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0)
        unlink(path);
    return named;
}

enum status runs_new(struct runs **runs, size_t record_size, const char *directory, struct error *error) {
    const char *fallback = getenv("TMPDIR");
    const char *where = directory ? directory : fallback && *fallback ? fallback : "/tmp";
    struct runs *made = malloc(sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    memset(made, 0, offsetof(struct runs, pending));
    made->words = record_size / 8;
    made->file = open_unlinked(where);
    if (made->file < 0) {
        const int reason = errno;
        free(made);
        return FAIL(error, STATUS_IO, "no temporary file in %s: %s", where, strerror(reason));
    }
    *runs = made;
    return STATUS_OK;
}

void runs_free(struct runs *runs) {
    if (!runs)
        return;
    close(runs->file);
    free(runs->list);
    free(runs);
}

static enum status write_pending(struct runs *runs, struct error *error) {
    size_t done = 0;
    while (done < runs->pending_size) {
        const ssize_t wrote =
            pwrite(runs->file, runs->pending + done, runs->pending_size - done, (off_t)(runs->written + done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return FAIL(error, STATUS_IO, "writing a temporary file: %s", strerror(wrote < 0 ? errno : ENOSPC));
        done += (size_t)wrote;
    }
    runs->written += done;
    runs->pending_size = 0;
    return STATUS_OK;
}

void runs_begin(struct runs *runs) { memset(runs->last, 0, sizeof runs->last); }

static size_t put_varint(unsigned char *to, uint64_t value) {
    size_t size = 0;
    while (value >= 0x80) {
        to[size++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    to[size++] = (unsigned char)value;
    return size;
}

/* Small differences of either sign become small numbers. */
static uint64_t fold_sign(uint64_t difference) { return difference << 1 ^ (0 - (difference >> 63)); }
static uint64_t unfold_sign(uint64_t folded) { return folded >> 1 ^ (0 - (folded & 1)); }

enum status runs_append(struct runs *runs, const void *record, struct error *error) {
    if (WRITE_BYTES - runs->pending_size < ENCODED_MAX)
        TRY(write_pending(runs, error));
    uint64_t words[RECORD_WORDS];
    memcpy(words, record, runs->words * 8);
    for (size_t i = 0; i < runs->words; i++)
        runs->pending_size +=
            put_varint(runs->pending + runs->pending_size, fold_sign(words[i] - runs->last[i]));
    memcpy(runs->last, words, runs->words * 8);
    return STATUS_OK;
}

enum status runs_end(struct runs *runs, struct error *error) {
    const uint64_t start = runs->count == 0 ? 0 : runs->list[runs->count - 1].end;
    TRY(write_pending(runs, error));
    void *list = runs->list;
    TRY(array_grow(&list, &runs->capacity, runs->count + 1, sizeof *runs->list, RUNS_MAX, error));
    runs->list = list;
    runs->list[runs->count++] = (struct run){start, runs->written};
    return STATUS_OK;
}

size_t runs_count(const struct runs *runs) { return runs->count; }
uint64_t runs_bytes(const struct runs *runs) { return runs->written; }

struct run_reader *run_reader_new(const struct runs *runs, size_t index) {
    struct run_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return NULL;
    memset(reader, 0, offsetof(struct run_reader, bytes));
    reader->runs = runs;
    reader->next = runs->list[index].start;
    reader->end = runs->list[index].end;
    return reader;
}

void run_reader_free(struct run_reader *reader) { free(reader); }

static enum status refill(struct run_reader *reader, struct error *error) {
    memmove(reader->bytes, reader->bytes + reader->at, reader->filled - reader->at);
    reader->filled -= reader->at;
    reader->at = 0;
    while (reader->filled < READ_BYTES && reader->next < reader->end) {
        const uint64_t left = reader->end - reader->next;
        const size_t room = READ_BYTES - reader->filled, want = left < room ? (size_t)left : room;
        const ssize_t got = pread(reader->runs->file, reader->bytes + reader->filled, want, (off_t)reader->next);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return FAIL(error, STATUS_IO, "reading a temporary file: %s", got < 0 ? strerror(errno) : "it was cut");
        reader->filled += (size_t)got;
        reader->next += (uint64_t)got;
    }
    return STATUS_OK;
}

static uint64_t get_varint(struct run_reader *reader) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const unsigned char byte = reader->bytes[reader->at++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

enum status run_reader_next(struct run_reader *reader, const void **record, struct error *error) {
    if (reader->filled - reader->at < ENCODED_MAX && reader->next < reader->end)
        TRY(refill(reader, error));
    *record = NULL;
    if (reader->at == reader->filled)
        return STATUS_OK;
    for (size_t i = 0; i < reader->runs->words; i++)
        reader->record[i] += unfold_sign(get_varint(reader));
    *record = reader->record;
    return STATUS_OK;
}
