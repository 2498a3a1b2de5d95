/* The stages of one trace, wired: chunks in, a summary out. */
#ifndef TRACECMP_PIPELINE_H
#define TRACECMP_PIPELINE_H

#include "base/pool.h"
#include "classify/rules.h"
#include "cli/options.h"
#include "flow/chunk.h"

struct pipeline;

/* rules, options, pool (NULL: one thread): borrowed for the life of the pipeline; memory_bytes: its share of the
 * budget. */
enum status pipeline_new(struct pipeline **pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, struct error *error) CHECKED;
void pipeline_free(struct pipeline *pipeline);
struct chunk_sink pipeline_sink(struct pipeline *pipeline);
/* Items read so far; for progress. */
uint64_t pipeline_events(const struct pipeline *pipeline);
/* After the sink's end: moves the summary out. */
struct summary *pipeline_take_summary(struct pipeline *pipeline);

#endif
