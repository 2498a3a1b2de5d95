#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/start_apart.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t submitted, finished;
    struct job *first, *last;  /* waiting for a worker */
    const struct job *awaited; /* by pool_wait, which sleeps */
    bool stopping;
    unsigned started; /* the thread that waits is the worker of this number */
    struct start_apart apart; /* zeros: threads start anywhere */
    struct worker {
        pthread_t thread;
        struct pool *pool;
        unsigned number;
    } workers[];
};

/* Runs the first job that waits. The lock is held before and after. */
static void run_first(struct pool *pool, unsigned worker) {
    struct job *job = pool->first;
    pool->first = job->next;
    if (!pool->first)
        pool->last = NULL;
    pthread_mutex_unlock(&pool->lock);
    job->run(job, worker);
    pthread_mutex_lock(&pool->lock);
    job->done = true;
    if (pool->awaited == job)
        pthread_cond_signal(&pool->finished);
}

static void *work(void *self) {
    struct worker *worker = self;
    struct pool *pool = worker->pool;
    bool settled = false;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->first && !pool->stopping)
            pthread_cond_wait(&pool->submitted, &pool->lock);
        if (!pool->first)
            break;
        run_first(pool, worker->number);
        if (!settled)
            start_apart_settle(&pool->apart);
        settled = true;
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static struct pool *make(unsigned threads, bool apart) {
    const unsigned others = threads - 1;
    struct pool *pool = calloc(1, sizeof *pool + others * sizeof *pool->workers);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->submitted, NULL);
    pthread_cond_init(&pool->finished, NULL);
    if (apart)
        start_apart_init(&pool->apart);
    for (unsigned i = 0; i < others; i++) {
        pool->workers[i] = (struct worker){.pool = pool, .number = i};
        if (!start_apart_thread(&pool->apart, &pool->workers[i].thread, work, &pool->workers[i]))
            break;
        pool->started++;
    }
    if (pool->started > 0 || others == 0)
        return pool;
    pool_free(pool);
    return NULL;
}

struct pool *pool_new(unsigned threads) {
    return make(threads, false);
}

struct pool *pool_new_apart(unsigned threads) {
    return make(threads, true);
}

void pool_free(struct pool *pool) {
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->submitted);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->submitted);
    pthread_cond_destroy(&pool->finished);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

unsigned pool_threads(const struct pool *pool) {
    return pool->started + 1;
}

void pool_submit(struct pool *pool, struct job *job) {
    job->done = false;
    job->next = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->last)
        pool->last->next = job;
    else
        pool->first = job;
    pool->last = job;
    pthread_cond_signal(&pool->submitted);
    pthread_mutex_unlock(&pool->lock);
}

void pool_wait(struct pool *pool, const struct job *job) {
    pthread_mutex_lock(&pool->lock);
    while (!job->done) {
        if (pool->first) {
            run_first(pool, pool->started);
        } else {
            pool->awaited = job;
            pthread_cond_wait(&pool->finished, &pool->lock);
            pool->awaited = NULL;
        }
    }
    pthread_mutex_unlock(&pool->lock);
}
