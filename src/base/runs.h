/* Sorted runs of records, packed (base/pack.h) into blocks that lie in memory or, once written there, in one unlinked
 * temporary file.
 *
 *   blocks    |run 0 ……………|……… run 0|run 1 …|run 1 …|        a run is a list of pieces of blocks
 */
#ifndef TRACECMP_RUNS_H
#define TRACECMP_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pack.h"

enum { RUN_BLOCK_BYTES = 32 << 10 };

struct runs;
struct run_reader;

struct run_memory {            /* where blocks come from and go back to */
    void *(*take)(void *self); /* RUN_BLOCK_BYTES; NULL: no memory */
    void (*give)(void *self, void *block);
    void *self; /* borrowed */
};

struct runs *runs_new(size_t record_words, const struct run_memory *memory); /* NULL: no memory */
void runs_free(struct runs *runs);
/* begin, append … append: one run; the next begin ends it. */
enum status runs_begin(struct runs *runs, struct error *error) CHECKED;
enum status runs_append(struct runs *runs, const struct pack_list *list, struct error *error) CHECKED;
/* Moves the blocks that are in memory to the file, which is made at the first call (directory: NULL: $TMPDIR, else
 * /tmp). No directory, a full disk: STATUS_IO. */
enum status runs_spill(struct runs *runs, const char *directory, struct error *error) CHECKED;
size_t runs_count(const struct runs *runs);
size_t runs_blocks_held(const struct runs *runs); /* in memory */
uint64_t runs_bytes_spilled(const struct runs *runs);

/* Reads a run from its start; the runs must not change meanwhile. NULL: no memory. */
struct run_reader *run_reader_new(const struct runs *runs, size_t run);
void run_reader_free(struct run_reader *reader);
/* The next few records of the run, PACK_STRIDE apart: borrowed until the next call. *count: 0 at its end. */
enum status run_reader_next(struct run_reader *reader, const uint64_t **records, size_t *count,
                            struct error *error) CHECKED;

#endif
