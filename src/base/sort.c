#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/runs.h"

/* Records lie in blocks that never move; sorting permutes 32-bit positions, not records.
 *
 *   blocks[0] |r r r r … r|  blocks[1] |r r r …|      position p: blocks[p >> shift], record p & mask
 *   order     |p p p p …        sorted positions, made by finish when the pushes were not in order
 */
enum {
    BLOCK_BYTES = 64 << 10,
    BLOCKS_MAX = 1 << 24,
    SPILL_LEAST_BYTES = 256 << 10, /* a smaller sorter is not worth a run of its own */
    MERGE_RUNS = 256,              /* runs merged at once; each has a read buffer */
    ORDER_BYTES = 2 * sizeof(uint32_t),
};

struct sort_space {
    size_t budget, used;
    const char *directory; /* borrowed; may be NULL */
    uint64_t spilled;
    struct sorter *sorters; /* linked by next_sorter */
};

struct sorter {
    struct sort_space *space; /* borrowed */
    struct sorter *next_sorter;
    size_t record_size;
    unsigned key_words;
    unsigned shift; /* records per block: 1 << shift */
    char **blocks;
    size_t block_count, block_capacity;
    uint32_t held;      /* records in memory */
    bool in_order;      /* those were pushed in order */
    bool finished;
    uint64_t count;     /* all records ever pushed */
    uint32_t *order;    /* owned; NULL while in_order */
    struct runs *runs;  /* owned; NULL while nothing was spilled */
    uint32_t cursor;    /* next record, when nothing was spilled */
    struct merge *merge; /* owned; when something was */
};

/* A heap of the readers' current records: entry 0 is the smallest; equal keys: the earlier run first. */
struct merge {
    unsigned key_words;
    size_t size, reader_count;
    struct run_reader **readers;
    struct merge_entry {
        const void *record; /* borrowed from its reader */
        size_t reader;
    } *heap;
    bool top_taken; /* entry 0 was handed out and must move on first */
};

struct sort_space *sort_space_new(size_t budget_bytes, const char *directory) {
    struct sort_space *space = calloc(1, sizeof *space);
    if (space)
        *space = (struct sort_space){.budget = budget_bytes, .directory = directory};
    return space;
}

void sort_space_free(struct sort_space *space) { free(space); }

uint64_t sort_space_spilled(const struct sort_space *space) { return space->spilled; }

struct sorter *sorter_new(struct sort_space *space, size_t record_size, unsigned key_words) {
    struct sorter *sorter = calloc(1, sizeof *sorter);
    if (!sorter)
        return NULL;
    *sorter = (struct sorter){.space = space, .record_size = record_size, .key_words = key_words, .in_order = true};
    while (((size_t)2 << sorter->shift) * record_size <= BLOCK_BYTES)
        sorter->shift++;
    sorter->next_sorter = space->sorters;
    space->sorters = sorter;
    return sorter;
}

static size_t block_bytes(const struct sorter *sorter) { return sorter->record_size << sorter->shift; }

/* What a block costs the budget: itself and its share of the order array and the array to merge it in. */
static size_t block_cost(const struct sorter *sorter) {
    return block_bytes(sorter) + ((size_t)ORDER_BYTES << sorter->shift);
}

static void drop_held(struct sorter *sorter) {
    for (size_t i = 0; i < sorter->block_count; i++)
        free(sorter->blocks[i]);
    sorter->space->used -= sorter->block_count * block_cost(sorter);
    free(sorter->order);
    sorter->order = NULL;
    sorter->block_count = 0;
    sorter->held = 0;
    sorter->in_order = true;
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

void sorter_free(struct sorter *sorter) {
    if (!sorter)
        return;
    struct sorter **link = &sorter->space->sorters;
    while (*link != sorter)
        link = &(*link)->next_sorter;
    *link = sorter->next_sorter;
    drop_held(sorter);
    merge_free(sorter->merge);
    runs_free(sorter->runs);
    free(sorter->blocks);
    free(sorter);
}

static const void *record_at(const struct sorter *sorter, uint32_t position) {
    const uint32_t mask = (UINT32_C(1) << sorter->shift) - 1;
    return sorter->blocks[position >> sorter->shift] + (position & mask) * sorter->record_size;
}

static int compare_keys(const void *a, const void *b, unsigned words) {
    const uint64_t *left = a, *right = b;
    for (unsigned i = 0; i < words; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static bool ordered(const struct sorter *sorter, uint32_t first, uint32_t second) {
    return compare_keys(record_at(sorter, first), record_at(sorter, second), sorter->key_words) <= 0;
}

/* Where the ascending run that starts at `from` in order[] ends. */
static uint32_t run_end(const struct sorter *sorter, const uint32_t *order, uint32_t from) {
    uint32_t end = from + 1;
    while (end < sorter->held && ordered(sorter, order[end - 1], order[end]))
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

/* One pass of a natural merge sort: pairs of ascending runs of `from` become one run each in `to`. True when
 * everything is one run. */
static bool merge_pass(const struct sorter *sorter, const uint32_t *from, uint32_t *to) {
    bool single = true;
    for (uint32_t left = 0; left < sorter->held;) {
        const uint32_t middle = run_end(sorter, from, left);
        const uint32_t right = middle < sorter->held ? run_end(sorter, from, middle) : middle;
        merge_two(sorter, from, to, left, middle, right);
        single = single && left == 0 && right == sorter->held;
        left = right;
    }
    return single;
}

static enum status sort_held(struct sorter *sorter, struct error *error) {
    if (sorter->in_order || sorter->order)
        return STATUS_OK;
    uint32_t *from = malloc(sorter->held * sizeof *from), *to = malloc(sorter->held * sizeof *to);
    if (!from || !to) {
        free(from);
        free(to);
        return FAIL_MEMORY(error);
    }
    for (uint32_t i = 0; i < sorter->held; i++)
        from[i] = i;
    while (!merge_pass(sorter, from, to)) {
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    free(from);
    sorter->order = to;
    return STATUS_OK;
}

static const void *nth_sorted(const struct sorter *sorter, uint32_t n) {
    return record_at(sorter, sorter->order ? sorter->order[n] : n);
}

static enum status spill(struct sorter *sorter, struct error *error) {
    if (!sorter->runs)
        TRY(runs_new(&sorter->runs, sorter->record_size, sorter->space->directory, error));
    TRY(sort_held(sorter, error));
    const uint64_t before = runs_bytes(sorter->runs);
    runs_begin(sorter->runs);
    for (uint32_t i = 0; i < sorter->held; i++)
        TRY(runs_append(sorter->runs, nth_sorted(sorter, i), error));
    TRY(runs_end(sorter->runs, error));
    sorter->space->spilled += runs_bytes(sorter->runs) - before;
    drop_held(sorter);
    return STATUS_OK;
}

/* Spills whoever holds most until there is room; a sorter being read is never touched. */
static enum status make_room(struct sort_space *space, size_t bytes, struct error *error) {
    while (space->used + bytes > space->budget) {
        struct sorter *largest = NULL;
        size_t most = SPILL_LEAST_BYTES;
        for (struct sorter *sorter = space->sorters; sorter; sorter = sorter->next_sorter) {
            const size_t holds = sorter->block_count * block_cost(sorter);
            if (!sorter->finished && holds >= most) {
                largest = sorter;
                most = holds;
            }
        }
        if (!largest)
            return STATUS_OK; /* what is left is small: at most SPILL_LEAST_BYTES for each sorter */
        TRY(spill(largest, error));
    }
    return STATUS_OK;
}

static enum status add_block(struct sorter *sorter, struct error *error) {
    TRY(make_room(sorter->space, block_cost(sorter), error));
    void *blocks = sorter->blocks;
    TRY(array_grow(&blocks, &sorter->block_capacity, sorter->block_count + 1, sizeof *sorter->blocks, BLOCKS_MAX,
                   error));
    sorter->blocks = blocks;
    char *block = malloc(block_bytes(sorter));
    if (!block)
        return FAIL_MEMORY(error);
    sorter->blocks[sorter->block_count++] = block;
    sorter->space->used += block_cost(sorter);
    return STATUS_OK;
}

enum status sorter_push(struct sorter *sorter, const void *record, struct error *error) {
    if (sorter->held >> sorter->shift == sorter->block_count)
        TRY(add_block(sorter, error));
    const uint32_t position = sorter->held;
    memcpy(sorter->blocks[position >> sorter->shift] +
               (position & ((UINT32_C(1) << sorter->shift) - 1)) * sorter->record_size,
           record, sorter->record_size);
    if (position > 0 && sorter->in_order)
        sorter->in_order = ordered(sorter, position - 1, position);
    sorter->held++;
    sorter->count++;
    return sorter->held == UINT32_MAX ? spill(sorter, error) : STATUS_OK;
}

static bool entry_before(const struct merge *merge, const struct merge_entry *a, const struct merge_entry *b) {
    const int order = compare_keys(a->record, b->record, merge->key_words);
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
    struct merge *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    *merge = made; /* freed by its owner, half built or not */
    made->key_words = sorter->key_words;
    made->readers = calloc(count, sizeof *made->readers);
    made->heap = calloc(count, sizeof *made->heap);
    if (!made->readers || !made->heap)
        return FAIL_MEMORY(error);
    for (size_t i = 0; i < count; i++) {
        if (!(made->readers[i] = run_reader_new(sorter->runs, first + i)))
            return FAIL_MEMORY(error);
        made->reader_count++;
        const void *record;
        TRY(run_reader_next(made->readers[i], &record, error));
        if (record)
            made->heap[made->size++] = (struct merge_entry){record, i};
    }
    for (size_t i = made->size / 2; i-- > 0;)
        sift_down(made, i);
    return STATUS_OK;
}

static enum status merge_next(struct merge *merge, const void **record, struct error *error) {
    if (merge->top_taken) {
        struct merge_entry *top = &merge->heap[0];
        TRY(run_reader_next(merge->readers[top->reader], &top->record, error));
        if (!top->record)
            *top = merge->heap[--merge->size];
        sift_down(merge, 0);
    }
    merge->top_taken = merge->size > 0;
    *record = merge->size > 0 ? merge->heap[0].record : NULL;
    return STATUS_OK;
}

/* Merges the runs [first, first + count) into one new run of `into`. */
static enum status merge_into(struct sorter *sorter, size_t first, size_t count, struct runs *into,
                              struct error *error) {
    struct merge *merge = NULL;
    enum status status = merge_new(&merge, sorter, first, count, error);
    const void *record = NULL;
    runs_begin(into);
    while (status == STATUS_OK && (status = merge_next(merge, &record, error)) == STATUS_OK && record)
        status = runs_append(into, record, error);
    merge_free(merge);
    return status == STATUS_OK ? runs_end(into, error) : status;
}

/* More runs than can be read at once: neighbours are merged, which keeps equal keys in order. */
static enum status reduce_runs(struct sorter *sorter, struct error *error) {
    while (runs_count(sorter->runs) > MERGE_RUNS) {
        struct runs *fewer;
        TRY(runs_new(&fewer, sorter->record_size, sorter->space->directory, error));
        const size_t count = runs_count(sorter->runs);
        enum status status = STATUS_OK;
        for (size_t first = 0; first < count && status == STATUS_OK; first += MERGE_RUNS)
            status = merge_into(sorter, first, count - first < MERGE_RUNS ? count - first : MERGE_RUNS, fewer, error);
        sorter->space->spilled += runs_bytes(fewer);
        runs_free(status == STATUS_OK ? sorter->runs : fewer);
        TRY(status);
        sorter->runs = fewer;
    }
    return STATUS_OK;
}

enum status sorter_finish(struct sorter *sorter, struct error *error) {
    if (sorter->runs) {
        if (sorter->held > 0)
            TRY(spill(sorter, error));
        TRY(reduce_runs(sorter, error));
    }
    TRY(sort_held(sorter, error));
    sorter->finished = true;
    return sorter_rewind(sorter, error);
}

enum status sorter_rewind(struct sorter *sorter, struct error *error) {
    sorter->cursor = 0;
    merge_free(sorter->merge);
    sorter->merge = NULL;
    return sorter->runs ? merge_new(&sorter->merge, sorter, 0, runs_count(sorter->runs), error) : STATUS_OK;
}

enum status sorter_next(struct sorter *sorter, const void **record, struct error *error) {
    if (sorter->merge)
        return merge_next(sorter->merge, record, error);
    *record = sorter->cursor < sorter->held ? nth_sorted(sorter, sorter->cursor++) : NULL;
    return STATUS_OK;
}

uint64_t sorter_count(const struct sorter *sorter) { return sorter->count; }
