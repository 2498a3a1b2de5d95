/* A few threads that run jobs in the order they were submitted. The thread that waits for a job is one of them: while
 * that job is not done it runs others, so that no thread is without work and none too many. */
#ifndef TRACECMP_POOL_H
#define TRACECMP_POOL_H

#include <stdbool.h>

struct pool;

struct job { /* embedded in the caller's struct; the caller's again once pool_wait has returned */
    void (*run)(struct job *job, unsigned worker); /* worker: 0 … threads - 1 */
    bool done;
    struct job *next;
};

/* threads: at least 1, the one that waits among them. NULL: no memory, or none of the others. */
struct pool *pool_new(unsigned threads);
/* The same for work that may be done in milliseconds: threads start, and do their first job, on other processors than
 * their maker's (start_apart.h). */
struct pool *pool_new_apart(unsigned threads);
void pool_free(struct pool *pool); /* after every job was waited for */
unsigned pool_threads(const struct pool *pool);
/* Each worker sees the jobs it runs in the order of their submission. */
void pool_submit(struct pool *pool, struct job *job);
/* One thread alone waits, ever. */
void pool_wait(struct pool *pool, const struct job *job);

#endif
