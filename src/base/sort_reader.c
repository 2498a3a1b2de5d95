#include "base/sort_reader.h"

#include "base/own_lines.h"
#include "base/runs.h"

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

static void merge_free(struct merge *merge) {
    if (!merge)
        return;
    for (size_t i = 0; i < merge->reader_count; i++)
        run_reader_free(merge->readers[i]);
    free(merge->readers);
    free(merge->heap);
    free(merge);
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

static enum status merge_new(struct merge **merge, const struct sort_runs *of, struct error *error) {
    struct merge *made = own_lines_new(sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    *merge = made; /* freed by its owner, half built or not */
    made->key_words = of->key_words;
    made->stride = PACK_STRIDE(of->words);
    made->readers = calloc(of->count + 1, sizeof *made->readers);
    made->heap = own_lines_new((of->count + 1) * sizeof *made->heap);
    if (!made->readers || !made->heap)
        return FAIL_MEMORY(error);
    for (size_t i = 0; i < of->count; i++) {
        if (!(made->readers[i] = run_reader_new(of->runs, of->first + i)))
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

enum status sort_reader_init_runs(struct sort_reader *reader, const struct sort_runs *of, struct error *error) {
    *reader = (struct sort_reader){.stride = PACK_STRIDE(of->words)};
    return merge_new(&reader->merge, of, error);
}

void sort_reader_fini(struct sort_reader *reader) {
    merge_free(reader->merge);
    *reader = (struct sort_reader){0};
}

enum status sort_reader_refill(struct sort_reader *reader, struct error *error) {
    return merge_next(reader->merge, &reader->record, &reader->left, error);
}
