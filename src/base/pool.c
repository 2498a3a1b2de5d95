#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t submitted, finished;
    struct job *first, *last; /* waiting for a worker */
    bool stopping;
    unsigned started;
    struct worker {
        pthread_t thread;
        struct pool *pool;
        unsigned number;
    } workers[];
};

static struct job *take_job(struct pool *pool) {
    while (!pool->first && !pool->stopping)
        pthread_cond_wait(&pool->submitted, &pool->lock);
    struct job *job = pool->first;
    if (job)
        pool->first = job->next;
    if (!pool->first)
        pool->last = NULL;
    return job;
}

static void *work(void *self) {
    struct worker *worker = self;
    struct pool *pool = worker->pool;
    struct job *job;
    pthread_mutex_lock(&pool->lock);
    while ((job = take_job(pool))) {
        pthread_mutex_unlock(&pool->lock);
        job->run(job, worker->number);
        pthread_mutex_lock(&pool->lock);
        job->done = true;
        pthread_cond_broadcast(&pool->finished);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct pool *pool_new(unsigned threads) {
    struct pool *pool = calloc(1, sizeof *pool + threads * sizeof *pool->workers);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->submitted, NULL);
    pthread_cond_init(&pool->finished, NULL);
    for (unsigned i = 0; i < threads; i++) {
        pool->workers[i] = (struct worker){.pool = pool, .number = i};
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0)
            break;
        pool->started++;
    }
    if (pool->started > 0)
        return pool;
    pool_free(pool);
    return NULL;
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
    return pool->started;
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
    while (!job->done)
        pthread_cond_wait(&pool->finished, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
