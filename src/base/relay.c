#include "base/relay.h"

#include <stdlib.h>

enum { BUFFER_BYTES = 128 << 10 };

struct buffer {
    struct job job; /* first */
    struct relay *relay;
    void *records; /* owned */
    size_t count;
};

struct relay {
    struct pool *pool; /* borrowed; may be NULL */
    struct relay_taker taker;
    size_t record_size, most;
    struct buffer buffers[2];
    size_t filling;
    bool taking; /* the other buffer was submitted */
    enum status status;
    struct error error;
};

static void take(struct job *job, unsigned worker) {
    const struct buffer *buffer = (struct buffer *)job;
    struct relay *relay = buffer->relay;
    (void)worker;
    relay->status = relay->taker.take(relay->taker.self, buffer->records, buffer->count, &relay->error);
}

struct relay *relay_new(struct pool *pool, size_t record_size, const struct relay_taker *taker) {
    struct relay *relay = calloc(1, sizeof *relay);
    if (!relay)
        return NULL;
    *relay = (struct relay){.pool = pool, .taker = *taker, .record_size = record_size};
    relay->most = BUFFER_BYTES / record_size;
    for (size_t i = 0; i < 2; i++) {
        relay->buffers[i] = (struct buffer){.job.run = take, .relay = relay};
        if (!(relay->buffers[i].records = malloc(relay->most * record_size))) {
            relay_free(relay);
            return NULL;
        }
    }
    return relay;
}

static void wait_for_other(struct relay *relay) {
    if (relay->taking)
        pool_wait(relay->pool, &relay->buffers[1 - relay->filling].job);
    relay->taking = false;
}

/* What became of the buffer before. */
static enum status settle(struct relay *relay, struct error *error) {
    wait_for_other(relay);
    if (relay->status != STATUS_OK)
        *error = relay->error;
    return relay->status;
}

static enum status hand_over(struct relay *relay, struct error *error) {
    struct buffer *buffer = &relay->buffers[relay->filling];
    TRY(settle(relay, error));
    if (relay->pool) {
        pool_submit(relay->pool, &buffer->job);
        relay->filling = 1 - relay->filling;
        relay->taking = true;
    } else {
        take(&buffer->job, 0);
    }
    relay->buffers[relay->filling].count = 0;
    return STATUS_OK;
}

enum status relay_add(struct relay *relay, void **room, struct error *error) {
    if (relay->buffers[relay->filling].count == relay->most)
        TRY(hand_over(relay, error));
    struct buffer *buffer = &relay->buffers[relay->filling];
    *room = (char *)buffer->records + buffer->count++ * relay->record_size;
    return STATUS_OK;
}

enum status relay_finish(struct relay *relay, struct error *error) {
    TRY(hand_over(relay, error));
    return settle(relay, error);
}

void relay_free(struct relay *relay) {
    if (!relay)
        return;
    wait_for_other(relay);
    free(relay->buffers[0].records);
    free(relay->buffers[1].records);
    free(relay);
}
