/* JSON text through the whole pipeline. A pipeline that cannot be made fails its test. */
#ifndef TRACECMP_PIPELINE_FIXTURE_H
#define TRACECMP_PIPELINE_FIXTURE_H

#include "cli/options.h"
#include "flow/summary.h"

struct pipeline_way {
    size_t chunk_bytes;  /* 0: in one piece */
    size_t memory_bytes; /* 0: the default */
    unsigned threads;    /* 0: all on the calling one */
    /* Looked at on the way, after each chunk; NULL: not. The summary is lent. */
    void (*peek)(void *self, const struct summary *summary, size_t bytes);
    void *peek_self;
};

struct options pipeline_options(void); /* as without any option on the command line */

/* The summary, owned by the caller; NULL: *error says why. */
struct summary *pipeline_run(struct text json, const struct options *options, struct pipeline_way way,
                             struct error *error);
/* The same for a document that is a trace, read in one piece. */
struct summary *pipeline_summary(const char *json, const struct options *options);
/* The report of a summary, to be freed. */
char *pipeline_report(const struct summary *summary, enum report_format format);
/* The codes of all diagnostics, in their order, each followed by a blank; borrowed until the next call. */
const char *pipeline_codes(const struct summary *summary);

#endif
