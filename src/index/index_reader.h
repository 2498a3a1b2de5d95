/* An index instead of its trace: gives aggregate/ the same events that resolve/ gave it when the index was made.
 * Nothing in the file is trusted: whatever does not hold is STATUS_BAD_INDEX, then or while it is played, and what has
 * been played by then is to be thrown away. */
#ifndef TRACECMP_INDEX_READER_H
#define TRACECMP_INDEX_READER_H

#include "index/identity.h"
#include "index/index_target.h"

struct index_reader;

/* *reader is NULL when there is no index there or it is of another state of the trace. STATUS_BAD_INDEX: damaged, or of
 * another version; the error names the index. */
enum status index_reader_new(struct index_reader **reader, const char *path, const struct identity *source,
                             struct error *error) CHECKED;
void index_reader_free(struct index_reader *reader);
/* STATUS_LIMIT: a sound index that cannot answer for these options; the trace can. */
enum status index_reader_play(struct index_reader *reader, const struct index_target *target,
                              struct error *error) CHECKED;

#endif
