/* Work that is done aside, by another thread of a pool, while its owner goes on. */
#ifndef TRACECMP_ASIDE_H
#define TRACECMP_ASIDE_H

#include "base/error.h"
#include "base/pool.h"

struct aside {         /* stays where it is between begin and end */
    struct job job;    /* first */
    struct pool *pool; /* borrowed; NULL: it is done where it begins */
    enum status (*work)(void *self, struct error *error);
    void *self;
    enum status status;
    struct error error;
};

void aside_begin(struct aside *aside, struct pool *pool, enum status (*work)(void *self, struct error *error),
                 void *self);
/* Waits until the work is done, whatever `before` is: what came of all else so far, and what is returned unless that is
 * STATUS_OK. On the pool's thread that waits, once for each begin. */
enum status aside_end(struct aside *aside, enum status before, struct error *error) CHECKED;

#endif
