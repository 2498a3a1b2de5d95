/* The parallel way from chunks to events. Bytes gather in blocks of half a MiB that end where an item seems to end;
 * workers split and read them as if they began between two items; the main thread takes the blocks in file order,
 * and where one did not begin or end that way it splits the block again itself. So the guess where items end costs
 * time when it is wrong, never a different result.
 *
 *   chunks ──▶ |block|block|block|  ──workers──▶  batches  ──in order──▶ next stage            */
#ifndef TRACECMP_BLOCKS_H
#define TRACECMP_BLOCKS_H

#include "base/names.h"
#include "base/pool.h"
#include "flow/chunk.h"
#include "flow/stage.h"
#include "tokenize/batch.h"
#include "tokenize/split.h"

struct blocks;

struct blocks_context { /* all borrowed: for the life of the blocks */
    struct pool *pool;
    struct splitter *splitter; /* the document's own; knows where we are */
    struct names *names;
    struct tally *tally;
    struct document *document;
    struct stage *next;
};

struct blocks *blocks_new(const struct blocks_context *context); /* NULL: no memory */
/* Before the first push: Python frames are dropped. */
void blocks_skip_stacks(struct blocks *blocks);
/* Waits for the workers. */
void blocks_free(struct blocks *blocks);
enum status blocks_push(struct blocks *blocks, const struct chunk *chunk, struct error *error) CHECKED;
/* As chunk_sink's: the blocks that come next. */
char *blocks_lend(struct blocks *blocks, size_t *size);
/* Hands on all that was pushed; more may follow. */
enum status blocks_drain(struct blocks *blocks, struct error *error) CHECKED;

#endif
