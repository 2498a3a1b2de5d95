/* Chunks -> events: the splitter and the item reader as one sink for read/. Pushes each event that a stage needs to
 * the next stage, and fills the document. */
#ifndef TRACECMP_TOKENIZE_H
#define TRACECMP_TOKENIZE_H

#include "base/names.h"
#include "base/pool.h"
#include "base/tally.h"
#include "flow/chunk.h"
#include "flow/document.h"
#include "flow/stage.h"

struct tokenizer;

/* All borrowed for the life of the tokenizer; pool: NULL: everything on the calling thread. NULL: no memory. */
struct tokenizer *tokenizer_new(struct names *names, struct tally *tally, struct document *document, struct pool *pool,
                                struct stage *next);
/* Before the first chunk: Python frames are dropped. */
void tokenizer_skip_stacks(struct tokenizer *tokenizer);
void tokenizer_free(struct tokenizer *tokenizer);
/* Its end checks the document and flushes the next stage. */
struct chunk_sink tokenizer_sink(struct tokenizer *tokenizer);
/* Hands on all that was pushed to the sink so far, but for an unfinished item; more may follow. */
enum status tokenizer_drain(struct tokenizer *tokenizer, struct error *error) CHECKED;
/* Of what was drained: the document is closed, and only blanks may follow. */
bool tokenizer_closed(const struct tokenizer *tokenizer);
/* Of what was drained: would the document be whole if it ended here? */
bool tokenizer_complete(const struct tokenizer *tokenizer);
/* Items seen so far; for progress. */
uint64_t tokenizer_events(const struct tokenizer *tokenizer);

#endif
