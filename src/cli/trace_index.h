/* Whether a trace has an index, where it lies, and whether one is to be written: the policy of --index. */
#ifndef TRACECMP_TRACE_INDEX_H
#define TRACECMP_TRACE_INDEX_H

#include "cli/options.h"
#include "cli/pipeline.h"
#include "index/identity.h"

enum index_outcome {
    INDEX_NOT_WANTED,
    INDEX_USED,    /* the summary came from it */
    INDEX_WRITTEN, /* the trace was loaded, and has one now */
    INDEX_FAILED,  /* it has none: `failure` says why */
};

struct trace_index {
    const struct options *options; /* borrowed, as trace */
    const char *trace;
    char *path;               /* owned; NULL: the trace cannot have an index, or none is wanted */
    struct identity identity; /* before the load */
    enum index_outcome outcome;
    struct error failure;
    struct error unsound; /* of STATUS_BAD_INDEX: what is wrong with the one that was there */
};

enum status trace_index_init(struct trace_index *index, const struct options *options, const char *trace,
                             struct error *error) CHECKED;
void trace_index_fini(struct trace_index *index);
/* Is there a file in its place? */
bool trace_index_exists(const struct trace_index *index);
/* The summary that the index holds; NULL when the trace must be loaded. What is wrong with an index that is there is
 * said by trace_index_say. */
enum status trace_index_read(struct trace_index *index, const struct rules *rules, struct summary **summary,
                             struct error *error) CHECKED;
void trace_index_say(const struct trace_index *index);
/* Where the load should write an index; NULL: nowhere. */
const char *trace_index_target(const struct trace_index *index);
/* After the load that writes it. What goes wrong is noted, not returned. */
void trace_index_commit(struct trace_index *index, struct pipeline *pipeline, const struct summary *summary);

#endif
