/* Sorted runs of records in one unlinked temporary file. Records are written as varints of the difference of each
 * word from the record before it, which makes sorted runs a third of their size or less. */
#ifndef TRACECMP_RUNS_H
#define TRACECMP_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct runs;
struct run_reader;

/* directory: NULL: $TMPDIR, else /tmp. No directory, no right to write there: STATUS_IO. */
enum status runs_new(struct runs **runs, size_t record_size, const char *directory, struct error *error) CHECKED;
void runs_free(struct runs *runs);
/* begin, append … append, end: one run. A full disk is STATUS_IO. */
void runs_begin(struct runs *runs);
enum status runs_append(struct runs *runs, const void *record, struct error *error) CHECKED;
enum status runs_end(struct runs *runs, struct error *error) CHECKED;
size_t runs_count(const struct runs *runs);
uint64_t runs_bytes(const struct runs *runs); /* written so far */

/* Reads run `index` from its start; NULL: no memory. Free it before the runs. */
struct run_reader *run_reader_new(const struct runs *runs, size_t index);
void run_reader_free(struct run_reader *reader);
/* *record: borrowed until the next call; NULL at the end of the run. */
enum status run_reader_next(struct run_reader *reader, const void **record, struct error *error) CHECKED;

#endif
