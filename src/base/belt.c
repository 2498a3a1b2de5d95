#include "base/belt.h"

#include <pthread.h>
#include <stdlib.h>

enum { BLOCKS = 4 };

struct belt {
    struct pool *pool; /* NULL: none that helps */
    enum status (*take)(void *self, void *block, struct error *error);
    void *self;
    size_t sent; /* blocks, ever */
    struct slot {
        struct job job;
        struct belt *belt;
        bool waiting; /* its job may not be done */
        void *block;  /* owned */
    } slots[BLOCKS];
    pthread_mutex_t lock; /* of what follows; held by the job that takes a block */
    size_t taken;
    enum status status;
    struct error error;
};

struct belt *belt_new(struct pool *pool, size_t block_bytes,
                      enum status (*take)(void *self, void *block, struct error *error), void *self) {
    struct belt *belt = calloc(1, sizeof *belt);
    if (!belt)
        return NULL;
    const bool helps = pool && pool_threads(pool) > 1;
    *belt = (struct belt){.pool = helps ? pool : NULL, .take = take, .self = self, .status = STATUS_OK};
    pthread_mutex_init(&belt->lock, NULL);
    bool all = true;
    for (size_t i = 0; i < (helps ? BLOCKS : 1); i++) {
        belt->slots[i].belt = belt;
        belt->slots[i].block = malloc(block_bytes);
        all = all && belt->slots[i].block;
    }
    if (all)
        return belt;
    belt_free(belt);
    return NULL;
}

static struct slot *slot_at(struct belt *belt, size_t n) {
    return &belt->slots[belt->pool ? n % BLOCKS : 0];
}

static void take_next(struct belt *belt) {
    pthread_mutex_lock(&belt->lock);
    void *block = slot_at(belt, belt->taken++)->block;
    if (belt->status == STATUS_OK)
        belt->status = belt->take(belt->self, block, &belt->error);
    pthread_mutex_unlock(&belt->lock);
}

/* Of two jobs on two threads the later one may come first to the lock: it takes the earlier one's block. */
static void run(struct job *job, unsigned worker) {
    (void)worker;
    take_next(((struct slot *)job)->belt);
}

/* With its job and all before it done, as many blocks have been taken, so this one was. */
static void wait_for(struct belt *belt, struct slot *slot) {
    if (slot->waiting)
        pool_wait(belt->pool, &slot->job);
    slot->waiting = false;
}

void *belt_block(struct belt *belt) {
    struct slot *slot = slot_at(belt, belt->sent);
    wait_for(belt, slot);
    return slot->block;
}

void belt_send(struct belt *belt) {
    struct slot *slot = slot_at(belt, belt->sent++);
    if (!belt->pool) {
        take_next(belt);
        return;
    }
    slot->waiting = true;
    slot->job.run = run;
    pool_submit(belt->pool, &slot->job);
}

static void wait_for_all(struct belt *belt) {
    for (size_t i = 0; i < BLOCKS; i++)
        wait_for(belt, slot_at(belt, belt->sent + i));
}

enum status belt_end(struct belt *belt, struct error *error) {
    wait_for_all(belt);
    if (belt->status != STATUS_OK)
        *error = belt->error;
    return belt->status;
}

void belt_free(struct belt *belt) {
    if (!belt)
        return;
    wait_for_all(belt);
    for (size_t i = 0; i < BLOCKS; i++)
        free(belt->slots[i].block);
    pthread_mutex_destroy(&belt->lock);
    free(belt);
}
