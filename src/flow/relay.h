/* A stage that lets the stages behind it take batches on another thread while the one before goes on: batches are
 * copied into groups, and groups go one after the other over a belt (base/belt.h). Single events and the flush wait
 * until all batches have been taken, and go on by the thread that brings them. A failure behind is known at the flush
 * at the latest. */
#ifndef TRACECMP_RELAY_H
#define TRACECMP_RELAY_H

#include "base/pool.h"
#include "flow/stage.h"

/* pool: borrowed; next: likewise, and it takes batches. NULL: no memory. */
struct stage *relay_new(struct pool *pool, struct stage *next);

#endif
