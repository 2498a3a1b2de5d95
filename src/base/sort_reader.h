/* Reads the records of a finished sorter in their order, by merging its runs. Several may read one sorter at the same
 * time, on threads of their own. */
#ifndef TRACECMP_SORT_READER_H
#define TRACECMP_SORT_READER_H

#include "base/sort.h"

struct merge;
struct runs;

struct sort_reader {
    const uint64_t *record; /* the last one given */
    size_t left;            /* it and those behind it, `stride` words apart, that come next */
    size_t stride;
    struct merge *merge; /* owned */
};

enum status sort_reader_init(struct sort_reader *reader, const struct sorter *sorter,
                             struct error *error) CHECKED; /* from the start; fini whatever it returns */

struct sort_runs {
    const struct runs *runs; /* borrowed for the life of the reader, unchanged */
    size_t first, count;     /* which of them */
    size_t words;            /* of a record */
    unsigned key_words;
};

/* The same for some runs. */
enum status sort_reader_init_runs(struct sort_reader *reader, const struct sort_runs *of, struct error *error) CHECKED;
void sort_reader_fini(struct sort_reader *reader);
enum status sort_reader_refill(struct sort_reader *reader, struct error *error) CHECKED;
/* *record: borrowed until the next call; NULL at the end. */
CHECKED static inline enum status sort_reader_next(struct sort_reader *reader, const void **record,
                                                   struct error *error) {
    if (reader->left > 1) {
        reader->left--;
        reader->record += reader->stride;
    } else {
        TRY(sort_reader_refill(reader, error));
    }
    *record = reader->record;
    return STATUS_OK;
}

#endif
