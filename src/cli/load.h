/* Reads the traces of a command, all at the same time, into summaries. */
#ifndef TRACECMP_LOAD_H
#define TRACECMP_LOAD_H

#include "classify/rules.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "cli/trace_index.h"
#include "flow/summary.h"
#include "read/read.h"

struct load;

/* summaries: as many as options->trace_count (at most OPTIONS_SIDES), owned by the caller when STATUS_OK, as *load is.
 * What was lost of an input is in its tally. Indexes are used, and written, as --index says: aside, while the caller
 * goes on, who changes no summary until load_finish. pool: borrowed; NULL: threads of its own, when a trace is read. */
enum status load_traces(struct load **load, const struct options *options, const struct rules *rules,
                        struct pool *pool, struct summary **summaries, struct error *error) CHECKED;
/* Waits for the indexes. What became of that of each trace; borrowed. */
const struct trace_index *load_finish(struct load *load);
/* Finishes it, if that was not done. */
void load_free(struct load *load);
/* What the pipeline made of its input, which has ended. */
struct summary *load_take_summary(struct pipeline *pipeline, const struct read_input *input);
/* How many workers the options mean. */
unsigned load_threads(const struct options *options);
bool load_shows_progress(const struct options *options);
/* NULL: one thread is enough. */
struct pool *load_pool(const struct options *options);
/* The built-in rules with those of --rules before them. */
enum status load_rules(const struct options *options, struct rules **rules, struct error *error) CHECKED;

#endif
