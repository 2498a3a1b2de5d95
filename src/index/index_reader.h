/* An index instead of its trace: gives aggregate/ the same events that resolve/ gave it when the index was made.
 * Nothing in the file is trusted: whatever does not hold is STATUS_BAD_INDEX, then or while it is played, and what has
 * been played by then is to be thrown away. */
#ifndef TRACECMP_INDEX_READER_H
#define TRACECMP_INDEX_READER_H

#include "flow/origins.h"
#include "flow/stage.h"
#include "flow/summary.h"
#include "index/identity.h"

struct index_reader;

struct index_target {        /* all borrowed */
    struct summary *summary; /* its names, paths, origins, tally and document are filled */
    struct stage *classify;  /* asked once for the class of each name, by an event; index_discard is its next */
    /* Takes cpu_ops, then GPU events, then a flush. One that takes no batches gets GPU events without their steps but
     * with their launches, and before all else the annotations that classify/ knows. */
    struct stage *next;
    /* How `next` takes what the events of an origin are together, before the first of all events; events of one origin
     * may come in parts. Not called where the index does not know. NULL: not wanted. */
    enum status (*push_total)(struct stage *next, uint32_t origin, const struct origin_total *total,
                              struct error *error);
    bool skip_stacks;
    bool check_all; /* sections that are not needed must be sound too */
};

/* *reader is NULL when there is no index there or it is of another state of the trace. STATUS_BAD_INDEX: damaged, or of
 * another version; the error names the index. */
enum status index_reader_new(struct index_reader **reader, const char *path, const struct identity *source,
                             struct error *error) CHECKED;
void index_reader_free(struct index_reader *reader);
/* STATUS_LIMIT: a sound index that cannot answer for these options; the trace can. */
enum status index_reader_play(struct index_reader *reader, const struct index_target *target,
                              struct error *error) CHECKED;

/* A stage that drops everything. */
struct stage *index_discard(void);

#endif
