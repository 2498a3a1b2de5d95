/* Blocks of data on their way from the thread that fills them to a job that takes them: one after the other, in the
 * order they were sent, on whichever thread of a pool is free. Few blocks, used again and again:
 *
 *   belt_block, fill it, belt_send, … belt_end           take(block 0), take(block 1), … */
#ifndef TRACECMP_BELT_H
#define TRACECMP_BELT_H

#include <stddef.h>

#include "base/error.h"
#include "base/pool.h"

struct belt;

/* pool, self: borrowed. With no pool (NULL), or one of a single thread, a block is taken when it is sent. What `take`
 * returns ends the belt unless it is STATUS_OK: further blocks are not taken. NULL: no memory. */
struct belt *belt_new(struct pool *pool, size_t block_bytes,
                      enum status (*take)(void *self, void *block, struct error *error), void *self);
/* The next block to fill, once it is free; what is in it is of no meaning. Borrowed until it is sent. */
void *belt_block(struct belt *belt);
void belt_send(struct belt *belt);
/* All that were sent have been taken, or the first failure. */
enum status belt_end(struct belt *belt, struct error *error) CHECKED;
void belt_free(struct belt *belt); /* ends it, too */

#endif
