#include "flow/relay.h"

#include <stdlib.h>

#include "base/belt.h"
#include "flow/gpu_batch.h"

enum { GROUP_BATCHES = 16 };

struct group {
    uint32_t count;
    struct gpu_batch batches[GROUP_BATCHES];
};

struct relay {
    struct stage stage; /* first */
    struct belt *belt;  /* owned; NULL until the first batch */
    struct pool *pool;
    struct group *group; /* being filled: a block of the belt; NULL: none */
};

static enum status take_group(void *self, void *block, struct error *error) {
    struct relay *relay = self;
    const struct group *group = block;
    for (uint32_t i = 0; i < group->count; i++)
        TRY(stage_push_batch(relay->stage.next, &group->batches[i], error));
    return STATUS_OK;
}

static void send(struct relay *relay) {
    belt_send(relay->belt);
    relay->group = NULL;
}

static enum status begin_group(struct relay *relay, struct error *error) {
    if (!relay->belt)
        relay->belt = belt_new(relay->pool, sizeof *relay->group, take_group, relay);
    if (!relay->belt)
        return FAIL_MEMORY(error);
    relay->group = belt_block(relay->belt);
    relay->group->count = 0;
    return STATUS_OK;
}

static enum status relay_push_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct relay *relay = (struct relay *)stage;
    if (!relay->group)
        TRY(begin_group(relay, error));
    gpu_batch_copy(&relay->group->batches[relay->group->count++], batch);
    if (relay->group->count == GROUP_BATCHES)
        send(relay);
    return STATUS_OK;
}

/* All batches have been taken behind. */
static enum status settle(struct relay *relay, struct error *error) {
    if (relay->group)
        send(relay);
    return relay->belt ? belt_end(relay->belt, error) : STATUS_OK;
}

static enum status relay_push(struct stage *stage, struct event *event, struct error *error) {
    TRY(settle((struct relay *)stage, error));
    return stage_push(stage->next, event, error);
}

static enum status relay_flush(struct stage *stage, struct error *error) {
    struct relay *relay = (struct relay *)stage;
    TRY(settle(relay, error));
    belt_free(relay->belt);
    relay->belt = NULL;
    return stage_flush(stage->next, error);
}

static void relay_free(struct stage *stage) {
    struct relay *relay = (struct relay *)stage;
    belt_free(relay->belt);
    free(relay);
}

struct stage *relay_new(struct pool *pool, struct stage *next) {
    static const struct stage_ops ops = {"relay", relay_push, relay_push_batch, relay_flush, relay_free};
    struct relay *relay = calloc(1, sizeof *relay);
    if (!relay)
        return NULL;
    relay->stage = (struct stage){&ops, next};
    relay->pool = pool;
    return &relay->stage;
}
