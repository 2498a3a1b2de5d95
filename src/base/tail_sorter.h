/* A sorter (base/sort.h) for records that end in words which are alike in many of them, the tail. Each distinct tail is
 * held once, in a table, and the sorter carries its number instead:
 *
 *   pushed   |head ……………| + |tail ……………|        sorted   |head … number|
 *
 * Once the table is full, from the first tail on that would be one more, whole records go to a second sorter. What
 * comes out is the same; it just takes longer. */
#ifndef TRACECMP_TAIL_SORTER_H
#define TRACECMP_TAIL_SORTER_H

#include "base/distinct.h"
#include "base/sort.h"

/* The word of a head whose lower half is for the number: it is 0 in what is pushed, and may be anything in what comes
 * out. A key word may be it where the upper half alone tells records apart. */
enum { TAIL_NUMBER_WORD = 2, TAIL_NONE = DISTINCT_NONE };

struct tail_sorter;

struct tailed { /* a record as it comes out */
    const void *head, *tail; /* borrowed until the next call on the sorter; head: NULL at the end */
    uint32_t number;         /* of the tail, below tail_sorter_tails; TAIL_NONE: it has none */
};

/* Sizes as of a sorter, in words; most_tails: the table's ceiling. NULL: no memory. */
struct tail_sorter *tail_sorter_new(struct sort_space *space, size_t head_words, size_t tail_words, unsigned key_words,
                                    uint32_t most_tails);
void tail_sorter_free(struct tail_sorter *sorter);
/* *number: of the tail, or TAIL_NONE. It is put into the head. */
enum status tail_sorter_push(struct tail_sorter *sorter, void *head, const void *tail, uint32_t *number,
                             struct error *error) CHECKED;
/* With the tail that got this number before. */
enum status tail_sorter_push_known(struct tail_sorter *sorter, void *head, uint32_t number,
                                   struct error *error) CHECKED;
enum status tail_sorter_finish(struct tail_sorter *sorter, struct error *error) CHECKED;
enum status tail_sorter_next(struct tail_sorter *sorter, struct tailed *record, struct error *error) CHECKED;
void tail_sorter_reopen(struct tail_sorter *sorter);
uint32_t tail_sorter_tails(const struct tail_sorter *sorter); /* one past the largest number */

#endif
