#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/runs.h"
#include "base/sort_order.h"
#include "base/sort_reader.h"
#include "base/sort_space.h"

/* Pushed records gather in a small buffer; a full buffer is sorted, which happens in the cache, and packed behind the
 * run before it, or into a new one where the order breaks:
 *
 *   buffer |r r r r r|  ──sort──▶  runs |p p p p p p|p p p p|  ──merge──▶  next
 */
enum {
    BUFFER_FIRST_BYTES = 16 << 10,
    MERGE_RUNS = 256, /* runs merged at once; each may need a buffer of RUN_BLOCK_BYTES */
};

struct sorter {
    struct sort_space *space;  /* borrowed */
    struct sort_member member; /* of it; owns the runs */
    size_t words;
    unsigned key_words;
    uint64_t *buffer; /* owned */
    size_t buffer_records;
    struct sort_reader reader;          /* once finished */
    bool run_open;                      /* the last run goes on while the order holds */
    uint64_t last[SORT_RECORD_MAX / 8]; /* the last record of that run */
};

struct sorter *sorter_new(struct sort_space *space, size_t record_size, unsigned key_words) {
    struct sorter *sorter = calloc(1, sizeof *sorter);
    if (!sorter)
        return NULL;
    *sorter = (struct sorter){.space = space, .words = record_size / 8, .key_words = key_words};
    const struct run_memory memory = sort_space_memory(space);
    if (!(sorter->member.runs = runs_new(sorter->words, &memory))) {
        free(sorter);
        return NULL;
    }
    sort_space_join(space, &sorter->member);
    return sorter;
}

static void drop_buffer(struct sorter *sorter) {
    free(sorter->buffer);
    sorter->buffer = NULL;
    sort_space_give_up(sorter->space, sorter->buffer_records * sorter->words * 8);
    sorter->buffer_records = sorter->member.buffered = 0;
}

void sorter_free(struct sorter *sorter) {
    if (!sorter)
        return;
    sort_space_leave(sorter->space, &sorter->member);
    drop_buffer(sorter);
    sort_reader_fini(&sorter->reader);
    runs_free(sorter->member.runs);
    free(sorter);
}

static const uint64_t *buffered_at(const struct sorter *sorter, uint32_t position) {
    return sorter->buffer + position * sorter->words;
}

static enum status append_sorted(struct sorter *sorter, const uint32_t *order, struct error *error) {
    const uint64_t *first = buffered_at(sorter, order ? order[0] : 0);
    if (!sorter->run_open || sort_compare_keys(sorter->last, first, sorter->key_words) > 0)
        TRY(runs_begin(sorter->member.runs, error));
    sorter->run_open = true;
    const struct pack_list list = {sorter->buffer, order, sorter->member.buffered, sorter->words};
    TRY(runs_append(sorter->member.runs, &list, error));
    const uint32_t last = (uint32_t)sorter->member.buffered - 1;
    memcpy(sorter->last, buffered_at(sorter, order ? order[last] : last), sorter->words * 8);
    return STATUS_OK;
}

static enum status flush_buffer(struct sorter *sorter, struct error *error) {
    uint32_t *order;
    if (sorter->member.buffered == 0)
        return STATUS_OK;
    const struct sort_list list = {sorter->buffer, sorter->member.buffered, sorter->words, sorter->key_words};
    TRY(sort_order_find(&list, &order, error));
    const enum status status = append_sorted(sorter, order, error);
    free(order);
    TRY(status);
    sorter->member.count += sorter->member.buffered;
    sorter->member.buffered = 0;
    return sort_space_keep_budget(sorter->space, error);
}

/* The buffer starts small, since many sorters stay nearly empty. */
static enum status make_room(struct sorter *sorter, struct error *error) {
    const size_t record_bytes = sorter->words * 8;
    if (sorter->buffer_records * record_bytes > sort_space_buffer_bytes(sorter->space) / 2)
        return flush_buffer(sorter, error);
    const size_t bytes = sorter->buffer_records == 0 ? BUFFER_FIRST_BYTES : sorter->buffer_records * record_bytes * 2;
    uint64_t *buffer = realloc(sorter->buffer, bytes);
    if (!buffer)
        return FAIL_MEMORY(error);
    sorter->buffer = buffer;
    sort_space_use(sorter->space, (bytes / record_bytes - sorter->buffer_records) * record_bytes);
    sorter->buffer_records = bytes / record_bytes;
    return STATUS_OK;
}

/* Word by word, as the record was just written: wider loads would wait until its stores have left the processor. */
#define COPY_WORD(i)   \
    to[i] = from[i];   \
    __asm__ volatile("" : : : "memory") /* else the compiler makes it a memcpy */

static inline void copy_words(uint64_t *to, const uint64_t *from, size_t words) {
    while (words > 4) {
        words--;
        COPY_WORD(words);
    }
    switch (words) {
    case 4:
        COPY_WORD(3);
        /* fallthrough */
    case 3:
        COPY_WORD(2);
        /* fallthrough */
    case 2:
        COPY_WORD(1);
        /* fallthrough */
    default:
        COPY_WORD(0);
    }
}

static inline void put(struct sorter *sorter, const void *record) {
    copy_words(sorter->buffer + sorter->member.buffered++ * sorter->words, record, sorter->words);
}

/* Seldom, and kept apart from what happens mostly, which is short. */
__attribute__((noinline)) static enum status put_in_new_room(struct sorter *sorter, const void *record,
                                                             struct error *error) {
    TRY(make_room(sorter, error));
    put(sorter, record);
    return STATUS_OK;
}

enum status sorter_push(struct sorter *sorter, const void *record, struct error *error) {
    if (sorter->member.buffered == sorter->buffer_records)
        return put_in_new_room(sorter, record, error);
    put(sorter, record);
    return STATUS_OK;
}

enum status sort_reader_init(struct sort_reader *reader, const struct sorter *sorter, struct error *error) {
    const struct runs *runs = sorter->member.runs;
    const struct sort_runs all = {runs, 0, runs_count(runs), sorter->words, sorter->key_words};
    return sort_reader_init_runs(reader, &all, error);
}

static enum status append_merged(struct sorter *sorter, struct runs *into, const uint64_t *record,
                                 struct error *error) {
    const struct pack_list list = {record, NULL, 1, sorter->words};
    TRY(runs_append(into, &list, error));
    return sort_space_keep_budget_of(sorter->space, into, error);
}

/* Merges the runs [first, first + count) into one new run of `into`. */
static enum status merge_into(struct sorter *sorter, size_t first, size_t count, struct runs *into,
                              struct error *error) {
    const struct sort_runs some = {sorter->member.runs, first, count, sorter->words, sorter->key_words};
    struct sort_reader reader;
    const void *record = NULL;
    enum status status = sort_reader_init_runs(&reader, &some, error);
    if (status == STATUS_OK)
        status = runs_begin(into, error);
    while (status == STATUS_OK && (status = sort_reader_next(&reader, &record, error)) == STATUS_OK && record)
        status = append_merged(sorter, into, record, error);
    sort_reader_fini(&reader);
    return status;
}

/* More runs than can be read at once: neighbours are merged, which keeps equal keys in order. */
static enum status reduce_runs(struct sorter *sorter, struct error *error) {
    const struct run_memory memory = sort_space_memory(sorter->space);
    while (runs_count(sorter->member.runs) > MERGE_RUNS) {
        struct runs *fewer = runs_new(sorter->words, &memory);
        if (!fewer)
            return FAIL_MEMORY(error);
        const size_t count = runs_count(sorter->member.runs);
        enum status status = STATUS_OK;
        for (size_t first = 0; first < count && status == STATUS_OK; first += MERGE_RUNS)
            status = merge_into(sorter, first, count - first < MERGE_RUNS ? count - first : MERGE_RUNS, fewer, error);
        runs_free(status == STATUS_OK ? sorter->member.runs : fewer);
        TRY(status);
        sorter->member.runs = fewer;
        sorter->run_open = false;
    }
    return STATUS_OK;
}

enum status sorter_finish(struct sorter *sorter, struct error *error) {
    TRY(flush_buffer(sorter, error));
    drop_buffer(sorter);
    TRY(reduce_runs(sorter, error));
    sorter->member.finished = true;
    return sorter_rewind(sorter, error);
}

enum status sorter_rewind(struct sorter *sorter, struct error *error) {
    sort_reader_fini(&sorter->reader);
    return sort_reader_init(&sorter->reader, sorter, error);
}

void sorter_reopen(struct sorter *sorter) {
    sort_reader_fini(&sorter->reader);
    sorter->member.finished = false;
}

struct sort_reader *sorter_reader(struct sorter *sorter) {
    return &sorter->reader;
}

enum status sorter_next(struct sorter *sorter, const void **record, struct error *error) {
    return sort_reader_next(&sorter->reader, record, error);
}

uint64_t sorter_count(const struct sorter *sorter) {
    return sort_member_count(&sorter->member);
}
