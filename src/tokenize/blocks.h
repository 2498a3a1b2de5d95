/* The parallel way from chunks to events, for inputs that come as they come. Bytes gather in blocks of half a MiB that
 * end where an item seems to end; workers split and read them; the main thread takes the blocks in file order, and
 * where one did not begin or end between two items it splits the block again itself.
 *
 *   chunks ──▶ |block|block|block|  ──workers──▶  in order ──▶ next stage            */
#ifndef TRACECMP_BLOCKS_H
#define TRACECMP_BLOCKS_H

#include "tokenize/workers.h"

struct blocks;

/* Borrowed: for the life of the blocks. NULL: no memory. */
struct blocks *blocks_new(struct workers *workers);
/* Waits for the workers. */
void blocks_free(struct blocks *blocks);
enum status blocks_push(struct blocks *blocks, const struct chunk *chunk, struct error *error) CHECKED;
/* Hands on all that was pushed; more may follow. */
enum status blocks_drain(struct blocks *blocks, struct error *error) CHECKED;
/* So many bytes went another way; nothing is waiting here. */
void blocks_skip(struct blocks *blocks, uint64_t bytes);

#endif
