#include "base/runs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file_bytes.h"
#include "base/own_lines.h"
#include "base/unnamed_file.h"

enum {
    ENTRIES_MAX = INT32_MAX,
    READ_AT_ONCE = 16, /* records: of many runs, what was unpacked should still be in the cache when it is its turn */
};

struct block {
    unsigned char *data; /* owned; NULL: in the file, at the offset */
    uint64_t offset;
    uint32_t used;
};

struct piece { /* of a run; packed from a record of zeros */
    uint32_t block, start, end;
};

struct runs {
    struct run_memory memory;
    const struct pack *pack;
    size_t words;
    struct block *blocks; /* owned, as all arrays here */
    size_t block_count, block_capacity, held, first_held;
    struct piece *pieces;
    size_t piece_count, piece_capacity;
    size_t *firsts; /* by run: its first piece; it ends where the next run begins */
    size_t run_count, run_capacity;
    uint64_t last[PACK_WORDS_MAX];
    int file; /* -1: none */
    uint64_t written;
};

struct run_reader {
    const struct runs *runs; /* borrowed */
    size_t piece, piece_end;
    const unsigned char *at, *end;
    unsigned char *buffer; /* owned; a piece from the file */
    size_t last;           /* where in `records` the one before the next one is */
    uint64_t records[];    /* READ_AT_ONCE of them */
};

struct runs *runs_new(size_t record_words, const struct run_memory *memory) {
    struct runs *runs = calloc(1, sizeof *runs);
    if (runs)
        *runs = (struct runs){.memory = *memory, .pack = pack_get(), .words = record_words, .file = -1};
    return runs;
}

void runs_free(struct runs *runs) {
    if (!runs)
        return;
    for (size_t i = runs->first_held; i < runs->block_count; i++)
        runs->memory.give(runs->memory.self, runs->blocks[i].data);
    if (runs->file >= 0)
        close(runs->file);
    free(runs->blocks);
    free(runs->pieces);
    free(runs->firsts);
    free(runs);
}

static enum status add_block(struct runs *runs, struct error *error) {
    void *blocks = runs->blocks;
    TRY(array_grow(&blocks, &runs->block_capacity, runs->block_count + 1, sizeof *runs->blocks, ENTRIES_MAX, error));
    runs->blocks = blocks;
    unsigned char *data = runs->memory.take(runs->memory.self);
    if (!data)
        return FAIL_MEMORY(error);
    runs->blocks[runs->block_count++] = (struct block){.data = data};
    runs->held++;
    return STATUS_OK;
}

static bool has_room(const struct runs *runs) {
    return runs->held > 0 && RUN_BLOCK_BYTES - runs->blocks[runs->block_count - 1].used >= PACK_BYTES_MAX(runs->words);
}

static enum status begin_piece(struct runs *runs, struct error *error) {
    if (!has_room(runs))
        TRY(add_block(runs, error));
    void *pieces = runs->pieces;
    TRY(array_grow(&pieces, &runs->piece_capacity, runs->piece_count + 1, sizeof *runs->pieces, ENTRIES_MAX, error));
    runs->pieces = pieces;
    const uint32_t used = runs->blocks[runs->block_count - 1].used;
    runs->pieces[runs->piece_count++] = (struct piece){(uint32_t)(runs->block_count - 1), used, used};
    memset(runs->last, 0, sizeof runs->last);
    return STATUS_OK;
}

enum status runs_begin(struct runs *runs, struct error *error) {
    void *firsts = runs->firsts;
    TRY(array_grow(&firsts, &runs->run_capacity, runs->run_count + 1, sizeof *runs->firsts, ENTRIES_MAX, error));
    runs->firsts = firsts;
    runs->firsts[runs->run_count++] = runs->piece_count;
    return begin_piece(runs, error);
}

enum status runs_append(struct runs *runs, const struct pack_list *list, struct error *error) {
    const uint64_t *last = runs->last;
    for (size_t from = 0; from < list->count;) {
        if (!has_room(runs)) {
            TRY(begin_piece(runs, error));
            last = runs->last;
        }
        struct block *block = &runs->blocks[runs->block_count - 1];
        unsigned char *to = block->data + block->used;
        from = runs->pack->pack(list, from, last, &to, block->data + RUN_BLOCK_BYTES);
        last = pack_list_at(list, from - 1);
        block->used = (uint32_t)(to - block->data);
        runs->pieces[runs->piece_count - 1].end = block->used;
    }
    if (list->count > 0)
        memcpy(runs->last, last, runs->words * 8);
    return STATUS_OK;
}

static enum status open_file(struct runs *runs, const char *directory, struct error *error) {
    const char *fallback = getenv("TMPDIR");
    const char *where = directory ? directory : fallback && *fallback ? fallback : "/tmp";
    runs->file = unnamed_file_temporary(where);
    return runs->file >= 0 ? STATUS_OK : FAIL(error, STATUS_IO, "no temporary file in %s: %s", where, strerror(errno));
}

static enum status write_block(struct runs *runs, const struct block *block, struct error *error) {
    if (!file_bytes_write(runs->file, block->data, block->used, runs->written))
        return FAIL(error, STATUS_IO, "writing a temporary file: %s", strerror(errno));
    return STATUS_OK;
}

enum status runs_spill(struct runs *runs, const char *directory, struct error *error) {
    if (runs->file < 0)
        TRY(open_file(runs, directory, error));
    for (; runs->first_held < runs->block_count; runs->first_held++) {
        struct block *block = &runs->blocks[runs->first_held];
        TRY(write_block(runs, block, error));
        block->offset = runs->written;
        runs->written += block->used;
        runs->memory.give(runs->memory.self, block->data);
        block->data = NULL;
        runs->held--;
    }
    return STATUS_OK;
}

size_t runs_count(const struct runs *runs) {
    return runs->run_count;
}
size_t runs_blocks_held(const struct runs *runs) {
    return runs->held;
}
uint64_t runs_bytes_spilled(const struct runs *runs) {
    return runs->written;
}

struct run_reader *run_reader_new(const struct runs *runs, size_t run) {
    const size_t words = READ_AT_ONCE * PACK_STRIDE(runs->words);
    struct run_reader *reader = own_lines_new(sizeof *reader + words * sizeof *reader->records);
    if (!reader)
        return NULL;
    reader->runs = runs;
    reader->piece = runs->firsts[run];
    reader->piece_end = run + 1 < runs->run_count ? runs->firsts[run + 1] : runs->piece_count;
    return reader;
}

void run_reader_free(struct run_reader *reader) {
    if (!reader)
        return;
    free(reader->buffer);
    free(reader);
}

static enum status read_piece(struct run_reader *reader, const struct piece *piece, struct error *error) {
    const struct block *block = &reader->runs->blocks[piece->block];
    const size_t size = piece->end - piece->start;
    size_t got;
    if (!reader->buffer && !(reader->buffer = malloc(RUN_BLOCK_BYTES)))
        return FAIL_MEMORY(error);
    if (!file_bytes_read(reader->runs->file, reader->buffer, size, block->offset + piece->start, &got))
        return FAIL(error, STATUS_IO, "reading a temporary file: %s", strerror(errno));
    if (got < size)
        return FAIL(error, STATUS_IO, "reading a temporary file: it was cut");
    reader->at = reader->buffer;
    reader->end = reader->buffer + size;
    return STATUS_OK;
}

static enum status next_piece(struct run_reader *reader, struct error *error) {
    const struct piece *piece = &reader->runs->pieces[reader->piece++];
    const unsigned char *data = reader->runs->blocks[piece->block].data;
    reader->last = 0;
    memset(reader->records, 0, PACK_STRIDE(reader->runs->words) * sizeof *reader->records);
    if (!data)
        return read_piece(reader, piece, error);
    reader->at = data + piece->start;
    reader->end = data + piece->end;
    return STATUS_OK;
}

enum status run_reader_next(struct run_reader *reader, const uint64_t **records, size_t *count,
                            struct error *error) {
    const size_t words = reader->runs->words;
    *count = 0;
    *records = reader->records;
    while (reader->at == reader->end) {
        if (reader->piece == reader->piece_end)
            return STATUS_OK;
        TRY(next_piece(reader, error));
    }
    const uint64_t *last = reader->records + reader->last * PACK_STRIDE(words);
    *count = reader->runs->pack->unpack(&reader->at, reader->end, last, reader->records, READ_AT_ONCE, words);
    reader->last = *count - 1;
    return STATUS_OK;
}
