#include "base/tail_sorter.h"

#include <stdlib.h>

#include "base/sort_reader.h"

struct source {
    struct sorter *sorter;      /* owned */
    struct sort_reader *reader; /* the sorter's */
    const uint64_t *next;       /* borrowed from it */
    bool taken;                 /* `next` was handed out */
};

struct tail_sorter {
    struct distinct tails;
    size_t head_words, tail_words;
    unsigned key_words;
    struct source numbered; /* heads */
    struct source whole;    /* heads and tails, all pushed after those */
    bool full;              /* something is whole */
    uint64_t *record;       /* owned; a whole one */
};

struct tail_sorter *tail_sorter_new(struct sort_space *space, size_t head_words, size_t tail_words, unsigned key_words,
                                    uint32_t most_tails) {
    struct tail_sorter *sorter = calloc(1, sizeof *sorter);
    if (!sorter)
        return NULL;
    sorter->head_words = head_words;
    sorter->tail_words = tail_words;
    sorter->key_words = key_words;
    sorter->numbered.sorter = sorter_new(space, head_words * 8, key_words);
    sorter->whole.sorter = sorter_new(space, (head_words + tail_words) * 8, key_words);
    sorter->record = calloc(head_words + tail_words, sizeof *sorter->record);
    if (!distinct_init(&sorter->tails, tail_words, most_tails) || !sorter->numbered.sorter || !sorter->whole.sorter ||
        !sorter->record) {
        tail_sorter_free(sorter);
        return NULL;
    }
    return sorter;
}

void tail_sorter_free(struct tail_sorter *sorter) {
    if (!sorter)
        return;
    distinct_fini(&sorter->tails);
    sorter_free(sorter->numbered.sorter);
    sorter_free(sorter->whole.sorter);
    free(sorter->record);
    free(sorter);
}

static void copy(uint64_t *to, const uint64_t *from, size_t words) {
    for (size_t i = 0; i < words; i++)
        to[i] = from[i];
}

static enum status push_whole(struct tail_sorter *sorter, const void *head, const void *tail, struct error *error) {
    sorter->full = true;
    copy(sorter->record, head, sorter->head_words);
    copy(sorter->record + sorter->head_words, tail, sorter->tail_words);
    return sorter_push(sorter->whole.sorter, sorter->record, error);
}

enum status tail_sorter_push(struct tail_sorter *sorter, void *head, const void *tail, uint32_t *number,
                             struct error *error) {
    TRY(distinct_number(&sorter->tails, tail, number, error));
    if (*number == TAIL_NONE)
        return push_whole(sorter, head, tail, error);
    return tail_sorter_push_known(sorter, head, *number, error);
}

enum status tail_sorter_push_known(struct tail_sorter *sorter, void *head, uint32_t number, struct error *error) {
    if (sorter->full)
        return push_whole(sorter, head, distinct_get(&sorter->tails, number), error);
    ((uint64_t *)head)[TAIL_NUMBER_WORD] |= number;
    return sorter_push(sorter->numbered.sorter, head, error);
}

static enum status finish(struct source *source, struct error *error) {
    TRY(sorter_finish(source->sorter, error));
    source->reader = sorter_reader(source->sorter);
    source->taken = true;
    return STATUS_OK;
}

enum status tail_sorter_finish(struct tail_sorter *sorter, struct error *error) {
    TRY(finish(&sorter->numbered, error));
    return finish(&sorter->whole, error);
}

static inline enum status look(struct source *source, struct error *error) {
    const void *next;
    if (!source->taken)
        return STATUS_OK;
    TRY(sort_reader_next(source->reader, &next, error));
    source->next = next;
    source->taken = false;
    return STATUS_OK;
}

/* Of equal keys the numbered one was pushed first. */
static bool whole_is_first(const struct tail_sorter *sorter) {
    const uint64_t *numbered = sorter->numbered.next, *whole = sorter->whole.next;
    return whole && (!numbered || sort_compare_keys(whole, numbered, sorter->key_words) < 0);
}

static inline void give_numbered(const struct tail_sorter *sorter, const uint64_t *head, struct tailed *record) {
    record->head = head;
    if (!head)
        return;
    record->number = (uint32_t)head[TAIL_NUMBER_WORD];
    record->tail = distinct_get(&sorter->tails, record->number);
}

/* Of both sorters. */
static enum status next_of_both(struct tail_sorter *sorter, struct tailed *record, struct error *error) {
    TRY(look(&sorter->numbered, error));
    TRY(look(&sorter->whole, error));
    if (whole_is_first(sorter)) {
        sorter->whole.taken = true;
        *record = (struct tailed){sorter->whole.next, sorter->whole.next + sorter->head_words, TAIL_NONE};
    } else {
        sorter->numbered.taken = true;
        give_numbered(sorter, sorter->numbered.next, record);
    }
    return STATUS_OK;
}

enum status tail_sorter_next(struct tail_sorter *sorter, struct tailed *record, struct error *error) {
    const void *head;
    if (sorter->full)
        return next_of_both(sorter, record, error);
    TRY(sort_reader_next(sorter->numbered.reader, &head, error));
    give_numbered(sorter, head, record);
    return STATUS_OK;
}

void tail_sorter_reopen(struct tail_sorter *sorter) {
    sorter_reopen(sorter->numbered.sorter);
    sorter_reopen(sorter->whole.sorter);
}

uint32_t tail_sorter_tails(const struct tail_sorter *sorter) {
    return sorter->tails.count;
}
