#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/huge_pages.h"
#include "base/own_lines.h"
#include "base/runs.h"
#include "base/sort_reader.h"

/* Pushed records gather in a small buffer; a full buffer is sorted, which happens in the cache, and packed behind the
 * run before it, or into a new one where the order breaks:
 *
 *   buffer |r r r r r|  ──sort──▶  runs |p p p p p p|p p p p|  ──merge──▶  next
 */
enum {
    BUFFER_FIRST_BYTES = 16 << 10,
    BUFFER_LEAST_BYTES = 64 << 10, /* a full buffer is a sixteenth of the budget, within these */
    BUFFER_MOST_BYTES = 1 << 20,
    MERGE_RUNS = 256, /* runs merged at once; each may need a buffer of RUN_BLOCK_BYTES */
    SPILL_LEAST_BLOCKS = 4,
    SMALL_SLAB_BYTES = 512 << 10,
};

struct sort_space {
    size_t budget, used, peak, buffer_bytes;
    uint64_t records; /* of sorters that are gone */
    const char *directory; /* borrowed; may be NULL */
    uint64_t spilled;
    struct sorter *sorters; /* linked by next_sorter */
    void *free_blocks;      /* each holds the address of the next */
    void **slabs;           /* owned; what the blocks are cut from */
    size_t slab_count, slab_capacity;
};

struct sorter {
    struct sort_space *space; /* borrowed */
    struct sorter *next_sorter;
    size_t words;
    unsigned key_words;
    uint64_t count;   /* but for those in the buffer */
    uint64_t *buffer; /* owned */
    size_t buffered, buffer_records;
    bool finished;
    struct sort_reader reader;          /* once finished */
    bool run_open;                      /* the last run goes on while the order holds */
    uint64_t last[SORT_RECORD_MAX / 8]; /* the last record of that run */
    struct runs *runs;                  /* owned */
};

/* A heap of the readers' current records: entry 0 is the smallest; equal keys: the earlier run first. */
struct merge {
    unsigned key_words;
    size_t stride, size, reader_count;
    struct run_reader **readers;
    struct merge_entry {
        const uint64_t *record; /* borrowed from its reader */
        size_t left;            /* records of the reader that are at hand, this one too */
        size_t reader;
    } * heap;
    bool top_taken; /* entry 0 was handed out and must move on first */
};

struct sort_space *sort_space_new(size_t budget_bytes, const char *directory) {
    struct sort_space *space = calloc(1, sizeof *space);
    if (!space)
        return NULL;
    *space = (struct sort_space){.budget = budget_bytes, .directory = directory, .buffer_bytes = budget_bytes / 16};
    if (space->buffer_bytes < BUFFER_LEAST_BYTES)
        space->buffer_bytes = BUFFER_LEAST_BYTES;
    if (space->buffer_bytes > BUFFER_MOST_BYTES)
        space->buffer_bytes = BUFFER_MOST_BYTES;
    return space;
}

void sort_space_free(struct sort_space *space) {
    if (!space)
        return;
    for (size_t i = 0; i < space->slab_count; i++)
        free(space->slabs[i]);
    free(space->slabs);
    free(space);
}

uint64_t sort_space_spilled(const struct sort_space *space) {
    return space->spilled;
}
size_t sort_space_peak(const struct sort_space *space) {
    return space->peak;
}

uint64_t sort_space_records(const struct sort_space *space) {
    uint64_t records = space->records;
    for (const struct sorter *sorter = space->sorters; sorter; sorter = sorter->next_sorter)
        records += sorter_count(sorter);
    return records;
}

static void use(struct sort_space *space, size_t bytes) {
    space->used += bytes;
    if (space->used > space->peak)
        space->peak = space->used;
}

/* Blocks are used again, and after the first slab they are cut from huge pages. */
static bool add_slab(struct sort_space *space) {
    struct error error;
    const bool huge = space->slab_count > 0;
    const size_t bytes = huge ? HUGE_PAGE_BYTES : SMALL_SLAB_BYTES;
    void *slabs = space->slabs;
    if (array_grow(&slabs, &space->slab_capacity, space->slab_count + 1, sizeof *space->slabs, INT32_MAX, &error) !=
        STATUS_OK)
        return false;
    space->slabs = slabs;
    char *slab = huge ? huge_pages_new(bytes) : aligned_alloc(RUN_BLOCK_BYTES, bytes);
    if (!slab)
        return false;
    space->slabs[space->slab_count++] = slab;
    for (size_t at = bytes; at > 0; at -= RUN_BLOCK_BYTES) {
        void *block = slab + at - RUN_BLOCK_BYTES;
        *(void **)block = space->free_blocks;
        space->free_blocks = block;
    }
    return true;
}

static void *take_block(void *self) {
    struct sort_space *space = self;
    if (!space->free_blocks && !add_slab(space))
        return NULL;
    void *block = space->free_blocks;
    space->free_blocks = *(void **)block;
    use(space, RUN_BLOCK_BYTES);
    return block;
}

static void give_block(void *self, void *block) {
    struct sort_space *space = self;
    *(void **)block = space->free_blocks;
    space->free_blocks = block;
    space->used -= RUN_BLOCK_BYTES;
}

struct sorter *sorter_new(struct sort_space *space, size_t record_size, unsigned key_words) {
    struct sorter *sorter = calloc(1, sizeof *sorter);
    if (!sorter)
        return NULL;
    *sorter = (struct sorter){.space = space, .words = record_size / 8, .key_words = key_words};
    const struct run_memory memory = {take_block, give_block, space};
    if (!(sorter->runs = runs_new(sorter->words, &memory))) {
        free(sorter);
        return NULL;
    }
    sorter->next_sorter = space->sorters;
    space->sorters = sorter;
    return sorter;
}

static void merge_free(struct merge *merge) {
    if (!merge)
        return;
    for (size_t i = 0; i < merge->reader_count; i++)
        run_reader_free(merge->readers[i]);
    free(merge->readers);
    free(merge->heap);
    free(merge);
}

static void drop_buffer(struct sorter *sorter) {
    free(sorter->buffer);
    sorter->buffer = NULL;
    sorter->space->used -= sorter->buffer_records * sorter->words * 8;
    sorter->buffer_records = sorter->buffered = 0;
}

void sorter_free(struct sorter *sorter) {
    if (!sorter)
        return;
    struct sorter **link = &sorter->space->sorters;
    while (*link != sorter)
        link = &(*link)->next_sorter;
    *link = sorter->next_sorter;
    sorter->space->records += sorter_count(sorter);
    drop_buffer(sorter);
    sort_reader_fini(&sorter->reader);
    runs_free(sorter->runs);
    free(sorter);
}

static const uint64_t *buffered_at(const struct sorter *sorter, uint32_t position) {
    return sorter->buffer + position * sorter->words;
}

static bool ordered(const struct sorter *sorter, uint32_t first, uint32_t second) {
    return sort_compare_keys(buffered_at(sorter, first), buffered_at(sorter, second), sorter->key_words) <= 0;
}

/* Where the ascending stretch that starts at `from` in order[] ends. */
static uint32_t stretch_end(const struct sorter *sorter, const uint32_t *order, uint32_t from) {
    uint32_t end = from + 1;
    while (end < sorter->buffered && ordered(sorter, order[end - 1], order[end]))
        end++;
    return end;
}

static void merge_two(const struct sorter *sorter, const uint32_t *from, uint32_t *to, uint32_t left, uint32_t middle,
                      uint32_t right) {
    uint32_t a = left, b = middle, out = left;
    while (a < middle && b < right)
        to[out++] = ordered(sorter, from[a], from[b]) ? from[a++] : from[b++];
    memcpy(to + out, from + a, (middle - a) * sizeof *to);
    out += middle - a;
    memcpy(to + out, from + b, (right - b) * sizeof *to);
}

/* One pass of a natural merge sort: pairs of ascending stretches of `from` become one each in `to`. True when
 * everything is one stretch. */
static bool merge_pass(const struct sorter *sorter, const uint32_t *from, uint32_t *to) {
    bool single = true;
    for (uint32_t left = 0; left < sorter->buffered;) {
        const uint32_t middle = stretch_end(sorter, from, left);
        const uint32_t right = middle < sorter->buffered ? stretch_end(sorter, from, middle) : middle;
        merge_two(sorter, from, to, left, middle, right);
        single = single && left == 0 && right == sorter->buffered;
        left = right;
    }
    return single;
}

static bool is_in_order(const struct sorter *sorter) {
    const uint64_t *record = sorter->buffer, *last = record + (sorter->buffered - 1) * sorter->words;
    for (; record < last; record += sorter->words)
        if (sort_compare_keys(record, record + sorter->words, sorter->key_words) > 0)
            return false;
    return true;
}

/* *order: positions in the buffer, sorted; owned by the caller; NULL when they are in order as they lie. */
static enum status sort_buffer(const struct sorter *sorter, uint32_t **order, struct error *error) {
    *order = NULL;
    if (is_in_order(sorter))
        return STATUS_OK;
    uint32_t *from = malloc(sorter->buffered * sizeof *from), *to = malloc(sorter->buffered * sizeof *to);
    if (!from || !to) {
        free(from);
        free(to);
        return FAIL_MEMORY(error);
    }
    for (uint32_t i = 0; i < sorter->buffered; i++)
        from[i] = i;
    while (!merge_pass(sorter, from, to)) {
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    free(from);
    *order = to;
    return STATUS_OK;
}

/* Spills whoever holds most until the budget is kept; a sorter being read is never touched. What then still is too
 * much are buffers and a few blocks for each sorter. */
static enum status keep_budget(struct sort_space *space, struct error *error) {
    while (space->used > space->budget) {
        struct sorter *largest = NULL;
        size_t most = SPILL_LEAST_BLOCKS;
        for (struct sorter *sorter = space->sorters; sorter; sorter = sorter->next_sorter) {
            if (!sorter->finished && runs_blocks_held(sorter->runs) >= most) {
                largest = sorter;
                most = runs_blocks_held(sorter->runs);
            }
        }
        if (!largest)
            return STATUS_OK;
        const uint64_t before = runs_bytes_spilled(largest->runs);
        TRY(runs_spill(largest->runs, space->directory, error));
        space->spilled += runs_bytes_spilled(largest->runs) - before;
    }
    return STATUS_OK;
}

static enum status append_sorted(struct sorter *sorter, const uint32_t *order, struct error *error) {
    const uint64_t *first = buffered_at(sorter, order ? order[0] : 0);
    if (!sorter->run_open || sort_compare_keys(sorter->last, first, sorter->key_words) > 0)
        TRY(runs_begin(sorter->runs, error));
    sorter->run_open = true;
    const struct pack_list list = {sorter->buffer, order, sorter->buffered, sorter->words};
    TRY(runs_append(sorter->runs, &list, error));
    const uint32_t last = (uint32_t)sorter->buffered - 1;
    memcpy(sorter->last, buffered_at(sorter, order ? order[last] : last), sorter->words * 8);
    return STATUS_OK;
}

static enum status flush_buffer(struct sorter *sorter, struct error *error) {
    uint32_t *order;
    if (sorter->buffered == 0)
        return STATUS_OK;
    TRY(sort_buffer(sorter, &order, error));
    const enum status status = append_sorted(sorter, order, error);
    free(order);
    TRY(status);
    sorter->count += sorter->buffered;
    sorter->buffered = 0;
    return keep_budget(sorter->space, error);
}

/* The buffer starts small, since many sorters stay nearly empty. */
static enum status make_room(struct sorter *sorter, struct error *error) {
    const size_t record_bytes = sorter->words * 8;
    if (sorter->buffer_records * record_bytes > sorter->space->buffer_bytes / 2)
        return flush_buffer(sorter, error);
    const size_t bytes = sorter->buffer_records == 0 ? BUFFER_FIRST_BYTES : sorter->buffer_records * record_bytes * 2;
    uint64_t *buffer = realloc(sorter->buffer, bytes);
    if (!buffer)
        return FAIL_MEMORY(error);
    sorter->buffer = buffer;
    use(sorter->space, (bytes / record_bytes - sorter->buffer_records) * record_bytes);
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
    copy_words(sorter->buffer + sorter->buffered++ * sorter->words, record, sorter->words);
}

/* Seldom, and kept apart from what happens mostly, which is short. */
__attribute__((noinline)) static enum status put_in_new_room(struct sorter *sorter, const void *record,
                                                             struct error *error) {
    TRY(make_room(sorter, error));
    put(sorter, record);
    return STATUS_OK;
}

enum status sorter_push(struct sorter *sorter, const void *record, struct error *error) {
    if (sorter->buffered == sorter->buffer_records)
        return put_in_new_room(sorter, record, error);
    put(sorter, record);
    return STATUS_OK;
}

static bool entry_before(const struct merge *merge, const struct merge_entry *a, const struct merge_entry *b) {
    const int order = sort_compare_keys(a->record, b->record, merge->key_words);
    return order != 0 ? order < 0 : a->reader < b->reader;
}

static void sift_down(struct merge *merge, size_t at) {
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < merge->size; child++)
            if (entry_before(merge, &merge->heap[child], &merge->heap[least]))
                least = child;
        if (least == at)
            return;
        const struct merge_entry moved = merge->heap[at];
        merge->heap[at] = merge->heap[least];
        merge->heap[least] = moved;
        at = least;
    }
}

static enum status merge_new(struct merge **merge, const struct sorter *sorter, size_t first, size_t count,
                             struct error *error) {
    struct merge *made = own_lines_new(sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    *merge = made; /* freed by its owner, half built or not */
    made->key_words = sorter->key_words;
    made->stride = PACK_STRIDE(sorter->words);
    made->readers = calloc(count + 1, sizeof *made->readers);
    made->heap = own_lines_new((count + 1) * sizeof *made->heap);
    if (!made->readers || !made->heap)
        return FAIL_MEMORY(error);
    for (size_t i = 0; i < count; i++) {
        if (!(made->readers[i] = run_reader_new(sorter->runs, first + i)))
            return FAIL_MEMORY(error);
        made->reader_count++;
        struct merge_entry *entry = &made->heap[made->size];
        entry->reader = i;
        TRY(run_reader_next(made->readers[i], &entry->record, &entry->left, error));
        made->size += entry->left > 0;
    }
    for (size_t i = made->size / 2; i-- > 0;)
        sift_down(made, i);
    return STATUS_OK;
}

/* The top entry's next record; the entry goes when its run has ended. */
static enum status move_on(struct merge *merge, struct error *error) {
    struct merge_entry *top = &merge->heap[0];
    top->record += merge->stride;
    if (--top->left > 0)
        return STATUS_OK;
    TRY(run_reader_next(merge->readers[top->reader], &top->record, &top->left, error));
    if (top->left == 0)
        *top = merge->heap[--merge->size];
    return STATUS_OK;
}

/* All records of the top entry that are at hand come before those of any other entry. */
static bool all_come_first(const struct merge *merge) {
    const struct merge_entry *top = &merge->heap[0];
    struct merge_entry last = *top;
    last.record += (top->left - 1) * merge->stride;
    for (size_t child = 1; child <= 2 && child < merge->size; child++)
        if (!entry_before(merge, &last, &merge->heap[child]))
            return false;
    return true;
}

/* The next records of all: *count of them, a stride apart; 0 at the end. */
static enum status merge_next(struct merge *merge, const uint64_t **records, size_t *count, struct error *error) {
    if (merge->top_taken) {
        TRY(move_on(merge, error));
        if (merge->size > 1)
            sift_down(merge, 0);
    }
    struct merge_entry *top = &merge->heap[0];
    merge->top_taken = merge->size > 0;
    *records = merge->top_taken ? top->record : NULL;
    *count = !merge->top_taken ? 0 : all_come_first(merge) ? top->left : 1;
    if (*count > 1) { /* the last of them is the entry's now */
        top->record += (*count - 1) * merge->stride;
        top->left = 1;
    }
    return STATUS_OK;
}

enum status sort_reader_init(struct sort_reader *reader, const struct sorter *sorter, struct error *error) {
    *reader = (struct sort_reader){.stride = PACK_STRIDE(sorter->words)};
    return merge_new(&reader->merge, sorter, 0, runs_count(sorter->runs), error);
}

void sort_reader_fini(struct sort_reader *reader) {
    merge_free(reader->merge);
    *reader = (struct sort_reader){0};
}

enum status sort_reader_refill(struct sort_reader *reader, struct error *error) {
    return merge_next(reader->merge, &reader->record, &reader->left, error);
}

static enum status append_merged(struct sorter *sorter, struct runs *into, const uint64_t *record,
                                 struct error *error) {
    const struct pack_list list = {record, NULL, 1, sorter->words};
    TRY(runs_append(into, &list, error));
    const bool too_much = sorter->space->used > sorter->space->budget && runs_blocks_held(into) >= SPILL_LEAST_BLOCKS;
    return too_much ? runs_spill(into, sorter->space->directory, error) : STATUS_OK;
}

/* Merges the runs [first, first + count) into one new run of `into`. */
static enum status merge_into(struct sorter *sorter, size_t first, size_t count, struct runs *into,
                              struct error *error) {
    struct sort_reader reader = {.stride = PACK_STRIDE(sorter->words)};
    const void *record = NULL;
    enum status status = merge_new(&reader.merge, sorter, first, count, error);
    if (status == STATUS_OK)
        status = runs_begin(into, error);
    while (status == STATUS_OK && (status = sort_reader_next(&reader, &record, error)) == STATUS_OK && record)
        status = append_merged(sorter, into, record, error);
    sort_reader_fini(&reader);
    return status;
}

/* More runs than can be read at once: neighbours are merged, which keeps equal keys in order. */
static enum status reduce_runs(struct sorter *sorter, struct error *error) {
    const struct run_memory memory = {take_block, give_block, sorter->space};
    while (runs_count(sorter->runs) > MERGE_RUNS) {
        struct runs *fewer = runs_new(sorter->words, &memory);
        if (!fewer)
            return FAIL_MEMORY(error);
        const size_t count = runs_count(sorter->runs);
        enum status status = STATUS_OK;
        for (size_t first = 0; first < count && status == STATUS_OK; first += MERGE_RUNS)
            status = merge_into(sorter, first, count - first < MERGE_RUNS ? count - first : MERGE_RUNS, fewer, error);
        sorter->space->spilled += runs_bytes_spilled(fewer);
        runs_free(status == STATUS_OK ? sorter->runs : fewer);
        TRY(status);
        sorter->runs = fewer;
        sorter->run_open = false;
    }
    return STATUS_OK;
}

enum status sorter_finish(struct sorter *sorter, struct error *error) {
    TRY(flush_buffer(sorter, error));
    drop_buffer(sorter);
    TRY(reduce_runs(sorter, error));
    sorter->finished = true;
    return sorter_rewind(sorter, error);
}

enum status sorter_rewind(struct sorter *sorter, struct error *error) {
    sort_reader_fini(&sorter->reader);
    return sort_reader_init(&sorter->reader, sorter, error);
}

void sorter_reopen(struct sorter *sorter) {
    sort_reader_fini(&sorter->reader);
    sorter->finished = false;
}

struct sort_reader *sorter_reader(struct sorter *sorter) {
    return &sorter->reader;
}

enum status sorter_next(struct sorter *sorter, const void **record, struct error *error) {
    return sort_reader_next(&sorter->reader, record, error);
}

uint64_t sorter_count(const struct sorter *sorter) {
    return sorter->count + sorter->buffered;
}
