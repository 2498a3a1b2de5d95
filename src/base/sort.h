/* Sorts records of a fixed size by their leading 64-bit key words (compared as unsigned, first word first); stable,
 * so that equal keys come out in the order of their pushes. push … push, finish, then next until NULL; rewind reads
 * again from the start; reopen takes pushes again. Owns copies of the records.
 *
 * Sorters share a sort_space: while its budget lasts records stay in memory (already sorted ones cost nothing to
 * sort); when it is used up the sorter that holds most writes a sorted run into an unlinked temporary file. */
#ifndef TRACECMP_SORT_H
#define TRACECMP_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct sort_space;
struct sorter;
struct sort_reader;

/* budget_bytes for the records of all its sorters; temporary files go to `directory` (borrowed; NULL: $TMPDIR, else
 * /tmp). NULL: no memory. Free it after its sorters. */
struct sort_space *sort_space_new(size_t budget_bytes, const char *directory);
void sort_space_free(struct sort_space *space);
uint64_t sort_space_spilled(const struct sort_space *space); /* bytes written to temporary files so far */
size_t sort_space_peak(const struct sort_space *space);      /* most bytes of the budget ever in use */
uint64_t sort_space_records(const struct sort_space *space); /* all that were ever pushed */

/* record_size: a multiple of 8, at most SORT_RECORD_MAX; key_words: 1 to 4. NULL: no memory. */
enum { SORT_RECORD_MAX = 256 };
struct sorter *sorter_new(struct sort_space *space, size_t record_size, unsigned key_words);
void sorter_free(struct sorter *sorter);
enum status sorter_push(struct sorter *sorter, const void *record, struct error *error) CHECKED;
enum status sorter_finish(struct sorter *sorter, struct error *error) CHECKED;
/* *record: borrowed until the next call on this sorter; NULL at the end. */
enum status sorter_next(struct sorter *sorter, const void **record, struct error *error) CHECKED;
enum status sorter_rewind(struct sorter *sorter, struct error *error) CHECKED;
/* What sorter_next reads with (base/sort_reader.h): until the sorter is rewound or reopened. */
struct sort_reader *sorter_reader(struct sorter *sorter);
/* Finished or not: from here on as if it had not been; all records stay. */
void sorter_reopen(struct sorter *sorter);
uint64_t sorter_count(const struct sorter *sorter);

/* Below 0: a comes first; 0: their keys are equal. */
static inline int sort_compare_keys(const uint64_t *a, const uint64_t *b, unsigned key_words) {
    for (unsigned i = 0; i < key_words; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* A signed value as a key word: order is kept. */
static inline uint64_t sort_key_signed(int64_t value) {
    return (uint64_t)value ^ (UINT64_C(1) << 63);
}
static inline int64_t sort_value_signed(uint64_t key) {
    return (int64_t)(key ^ (UINT64_C(1) << 63));
}

#endif
