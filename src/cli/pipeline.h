/* The stages of one trace, wired: chunks in, a summary out. */
#ifndef TRACECMP_PIPELINE_H
#define TRACECMP_PIPELINE_H

#include "base/pool.h"
#include "base/sort.h"
#include "classify/rules.h"
#include "cli/options.h"
#include "flow/chunk.h"
#include "index/identity.h"
#include "index/index_reader.h"

struct pipeline;

/* rules, options, pool (NULL: one thread): borrowed for the life of the pipeline; memory_bytes: its share of the
 * budget; index_path: of the index to write (NULL: none). */
enum status pipeline_new(struct pipeline **pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, const char *index_path, struct error *error) CHECKED;
void pipeline_free(struct pipeline *pipeline);
struct chunk_sink pipeline_sink(struct pipeline *pipeline);
/* Items read so far; for progress. */
uint64_t pipeline_events(const struct pipeline *pipeline);
/* Where its records are; borrowed. */
const struct sort_space *pipeline_space(const struct pipeline *pipeline);
/* Hands on all that was pushed so far, but for an unfinished item; more may follow. */
enum status pipeline_drain(struct pipeline *pipeline, struct error *error) CHECKED;
/* Of what was drained: the document is closed, and only blanks may follow. */
bool pipeline_closed(const struct pipeline *pipeline);
/* The summary of what was pushed so far (it says so), as if the input ended here; the pipeline, which must have no
 * index to write, goes on as if it had not been asked. To be given back before the pipeline is freed. */
enum status pipeline_peek(struct pipeline *pipeline, struct summary **summary, struct error *error) CHECKED;
void pipeline_free_peek(struct summary *summary);
/* After the sink's end: moves the summary out. */
struct summary *pipeline_take_summary(struct pipeline *pipeline);
/* Then: gives back all but what an index is made of. */
void pipeline_release(struct pipeline *pipeline);
/* With the summary taken, complete and still there: puts the index in its place (index_writer_commit). Another thread
 * may release the pipeline meanwhile. */
enum status pipeline_commit_index(struct pipeline *pipeline, const struct identity *source,
                                  struct error *error) CHECKED;
/* The summary that an index holds, as index_reader_play says. */
enum status pipeline_replay(struct index_reader *reader, const struct options *options, const struct rules *rules,
                            size_t memory_bytes, struct summary **summary, struct error *error) CHECKED;

#endif
