/* Hands records of a fixed size over from one step of work to the next, in order, a bufferful at a time. With a pool,
 * one of its threads takes a buffer while the next one fills; else the same thread takes it.
 *
 *   add, add … ──▶ |r r r r r|          |r r r r r| ──▶ take
 *                   fills                is being taken            */
#ifndef TRACECMP_RELAY_H
#define TRACECMP_RELAY_H

#include <stddef.h>

#include "base/error.h"
#include "base/pool.h"

struct relay;

struct relay_taker {
    /* One at a time, in order; on any thread. A failure is that of a later call here. */
    enum status (*take)(void *self, const void *records, size_t count, struct error *error);
    void *self; /* borrowed */
};

/* pool: borrowed; NULL: none. NULL: no memory. */
struct relay *relay_new(struct pool *pool, size_t record_size, const struct relay_taker *taker);
/* *room: for the next record, to be written before the next call. */
enum status relay_add(struct relay *relay, void **room, struct error *error) CHECKED;
/* All that was added has been taken when it returns. */
enum status relay_finish(struct relay *relay, struct error *error) CHECKED;
/* Waits until nothing is being taken. */
void relay_free(struct relay *relay);

#endif
