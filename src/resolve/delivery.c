#include "resolve/delivery.h"

#include <stdlib.h>

#include "base/belt.h"
#include "flow/gpu_batch.h"

enum { BLOCK_BATCHES = 8 }; /* where they go to another thread; else each goes at once, while it is in the cache */

struct gpu_block { /* batches that follow each other */
    uint32_t count;
    struct gpu_batch batches[BLOCK_BATCHES];
};

struct delivery {
    struct resolve *resolve;  /* borrowed */
    uint32_t *origin_numbers; /* owned; by tail in the timeline; ORIGIN_NONE: not known */
    struct belt *belt;        /* owned; NULL: the next stage takes events one by one */
    struct gpu_block *block;  /* borrowed from the belt; NULL: none is begun, */
    struct gpu_batch *batch;  /* nor is one in it */
    int64_t shift_ns;         /* of the batch's device: what its clock is ahead, the other way */
    uint32_t most_batches;    /* in a block */
};

static struct event event_of(const struct resolve *resolve, const struct tailed *record) {
    const struct timeline_head *head = record->head;
    const struct timeline_tail *tail = record->tail;
    const struct kernel_class *class = &resolve->context.classes->kernels[tail->class_id];
    return (struct event){
        .kind = class->kind,
        .name_id = class->name,
        .ts_ns = plausible_time(resolve->plausible, tail->device, sort_value_signed(head->key[1])),
        .dur_ns = timeline_dur(head, tail),
        .device = tail->device,
        .row = tail->row,
        .class_id = tail->class_id,
        .launched = tail->launched,
        .launch_row = tail->launch_row,
        .launch_process = tail->launch_process,
        .launch_ns = timeline_launch(head, tail),
        .op_method = (enum op_method)tail->op_method,
        .cpu_op = tail->cpu_op,
        .top_op = tail->top_op,
        .stack = tail->stack,
        .phase = (enum phase)tail->phase,
        .step = head->step,
        .step_class = head->step == STEP_NONE ? 0 : steps_class(resolve->steps, head->step),
    };
}

static enum status take_block(void *self, void *at, struct error *error) {
    const struct delivery *delivery = self;
    const struct gpu_block *block = at;
    for (uint32_t i = 0; i < block->count; i++)
        TRY(stage_push_batch(delivery->resolve->stage.next, &block->batches[i], error));
    return STATUS_OK;
}

static void send_block(struct delivery *delivery) {
    if (delivery->block)
        belt_send(delivery->belt);
    delivery->block = NULL;
    delivery->batch = NULL;
}

/* All that was given to the belt has arrived. */
static enum status settle(struct delivery *delivery, struct error *error) {
    if (!delivery->belt)
        return STATUS_OK;
    send_block(delivery);
    return belt_end(delivery->belt, error);
}

static enum status deliver_one(struct delivery *delivery, struct event *event, struct error *error) {
    TRY(settle(delivery, error));
    if (event->step != STEP_NONE)
        delivery->resolve->step_used[event->step] = true;
    return stage_push(delivery->resolve->stage.next, event, error);
}

static void begin_batch(struct delivery *delivery, uint32_t device) {
    if (delivery->block && delivery->block->count == delivery->most_batches)
        send_block(delivery);
    if (!delivery->block) {
        delivery->block = belt_block(delivery->belt);
        delivery->block->count = 0;
    }
    struct gpu_batch *const batch = &delivery->block->batches[delivery->block->count++];
    gpu_batch_clear(batch);
    batch->device = device;
    batch->has_launches = delivery->resolve->context.keep_launches;
    delivery->batch = batch;
    delivery->shift_ns = plausible_time(delivery->resolve->plausible, device, 0);
}

static void put_launch(struct gpu_batch *batch, uint32_t i, const struct timeline_head *head,
                       const struct timeline_tail *tail) {
    batch->launched[i] = tail->launched;
    batch->launch_ns[i] = tail->launched ? timeline_launch(head, tail) : batch->ts_ns[i];
    batch->launch_thread[i] = thread_of(tail->launch_row, tail->launch_process);
}

static void put(struct delivery *delivery, const struct tailed *record, uint32_t origin) {
    const struct timeline_head *head = record->head;
    const struct timeline_tail *tail = record->tail;
    if (!delivery->batch || delivery->batch->count == GPU_BATCH_EVENTS || delivery->batch->device != tail->device)
        begin_batch(delivery, tail->device);
    struct gpu_batch *const batch = delivery->batch;
    const uint32_t i = gpu_batch_add(batch, origin);
    batch->ts_ns[i] = sort_value_signed(head->key[1]) + delivery->shift_ns;
    batch->dur_ns[i] = timeline_dur(head, tail);
    if (!gpu_batch_goes_on(batch, head->step)) {
        const bool in_step = head->step != STEP_NONE;
        gpu_batch_begin_run(batch, head->step, in_step ? steps_class(delivery->resolve->steps, head->step) : 0);
        if (in_step)
            delivery->resolve->step_used[head->step] = true;
    }
    if (batch->has_launches)
        put_launch(batch, i, head, tail);
}

static enum status take_new(struct delivery *delivery, const struct tailed *record, struct error *error) {
    struct event event = event_of(delivery->resolve, record);
    TRY(origins_number(delivery->resolve->context.origins, &event, error));
    if (record->number != TAIL_NONE)
        delivery->origin_numbers[record->number] = event.origin;
    if (!delivery->belt || event.origin == ORIGIN_NONE)
        return deliver_one(delivery, &event, error);
    put(delivery, record, event.origin);
    return STATUS_OK;
}

static enum status deliver_all(struct delivery *delivery, struct error *error) {
    struct timeline *timeline = delivery->resolve->timeline;
    for (;;) {
        struct tailed record;
        TRY(timeline_next(timeline, &record, error));
        if (!record.head)
            return settle(delivery, error);
        const uint32_t known = record.number == TAIL_NONE ? ORIGIN_NONE : delivery->origin_numbers[record.number];
        if (known == ORIGIN_NONE || !delivery->belt)
            TRY(take_new(delivery, &record, error));
        else
            put(delivery, &record, known);
    }
}

enum status deliver(struct resolve *resolve, struct error *error) {
    struct delivery delivery = {.resolve = resolve, .most_batches = resolve->context.pool ? BLOCK_BATCHES : 1};
    const bool in_batches = stage_takes_batches(resolve->stage.next);
    delivery.origin_numbers = calloc(timeline_tails(resolve->timeline) + (size_t)1, sizeof *delivery.origin_numbers);
    if (in_batches)
        delivery.belt = belt_new(resolve->context.pool, sizeof(struct gpu_block), take_block, &delivery);
    const bool ready = delivery.origin_numbers && (!in_batches || delivery.belt);
    const enum status status = ready ? deliver_all(&delivery, error) : FAIL_MEMORY(error);
    belt_free(delivery.belt);
    free(delivery.origin_numbers);
    return status;
}
