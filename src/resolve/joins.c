#include <stdlib.h>

#include "resolve/delivery.h"
#include "resolve/sweep.h"

static void release(struct sorter **sorter) {
    sorter_free(*sorter);
    *sorter = NULL;
}

static void release_tailed(struct tail_sorter **sorter) {
    tail_sorter_free(*sorter);
    *sorter = NULL;
}

void joins_free(struct resolve *resolve) {
    release_tailed(&resolve->origins);
    release(&resolve->again);
    release(&resolve->on_gpu);
    timeline_free(resolve->timeline);
    external_free(resolve->external);
    steps_free(resolve->steps);
    free(resolve->step_used);
    resolve->timeline = NULL;
    resolve->external = NULL;
    resolve->steps = NULL;
    resolve->step_used = NULL;
}

enum status joins_build(struct resolve *resolve, struct error *error) {
    struct sort_space *space = resolve->context.space;
    resolve->origins =
        tail_sorter_new(space, sizeof(struct origin_head) / 8, sizeof(struct origin_tail) / 8, 3, resolve->most_tails);
    resolve->on_gpu = sorter_new(space, sizeof(struct gpu_record), 2);
    resolve->again = sorter_new(space, sizeof(struct gpu_record), 2);
    resolve->timeline = timeline_new(space, resolve->context.keep_launches, resolve->most_tails);
    resolve->external = external_new(space);
    resolve->steps = steps_new(resolve->context.classes);
    resolve->unmatched = 0;
    resolve->unmatched_ns = 0;
    const bool all = resolve->origins && resolve->again && resolve->on_gpu && resolve->timeline && resolve->external &&
                     resolve->steps;
    return all ? STATUS_OK : FAIL_MEMORY(error);
}

enum status joins_add_known(struct resolve *resolve, const struct gpu_record *record, struct error *error) {
    struct gpu_record keyed = *record;
    const bool complete = record->phase != PHASE_NONE && record->step != STEP_NONE;
    if (complete || sorter_count(resolve->gpu_notes->sorter) == 0)
        return timeline_add(resolve->timeline, record, error);
    keyed.key[0] = record->row;
    keyed.key[1] = sort_key_signed(record->ts_ns);
    return sorter_push(resolve->on_gpu, &keyed, error);
}

static enum status after_launch(struct resolve *resolve, const struct gpu_record *record, struct error *error) {
    const bool may_be_named = record->external_id != 0 || record->launch_external_id != 0;
    if (record->op_method == OP_BY_NONE && resolve->use_external && may_be_named)
        return external_push(resolve->external, record, error);
    return joins_add_known(resolve, record, error);
}

/* Nothing is left to be found out about the event that the two make. */
static bool is_complete(const struct resolve *resolve, const struct arrival_head *arrival,
                        const struct tailed *launch) {
    const struct origin_head *head = launch->head;
    const struct origin_tail *tail = launch->tail;
    if (tail->op_method == OP_BY_NONE && resolve->use_external &&
        (arrival->external_id != 0 || origin_external_id(head, tail) != 0))
        return false;
    return (tail->phase != PHASE_NONE && head->step != STEP_NONE) || sorter_count(resolve->gpu_notes->sorter) == 0;
}

static enum status add_launched(struct resolve *resolve, const struct tailed *arrival, const struct tailed *launch,
                                struct error *error) {
    if (is_complete(resolve, arrival->head, launch))
        return timeline_add_joined(resolve->timeline, arrival, launch, error);
    const struct gpu_record record = gpu_record_of(arrival, launch);
    return after_launch(resolve, &record, error);
}

static enum status add_unlaunched(struct resolve *resolve, const struct tailed *arrival, struct error *error) {
    const struct gpu_record record = gpu_record_of(arrival, NULL);
    if (((const struct arrival_head *)arrival->head)->key[0] != 0) {
        resolve->unmatched++;
        resolve->unmatched_ns += record.dur_ns;
    }
    return after_launch(resolve, &record, error);
}

/* The first origin of a correlation that is not below this one. *origin: the last one; its head is NULL at the end. */
static enum status move_to(struct tail_sorter *origins, uint64_t correlation, struct tailed *origin,
                           struct error *error) {
    while (origin->head && ((const struct origin_head *)origin->head)->key[0] < correlation)
        TRY(tail_sorter_next(origins, origin, error));
    return STATUS_OK;
}

/* Join 2. Origins come sorted by (correlation, ts, file order): the first of a correlation is the earliest. */
static enum status join_origins(struct resolve *resolve, struct error *error) {
    struct tailed origin, arrival;
    TRY(tail_sorter_next(resolve->origins, &origin, error));
    for (;;) {
        TRY(tail_sorter_next(resolve->gpu, &arrival, error));
        if (!arrival.head)
            return STATUS_OK;
        const struct arrival_head *event = arrival.head;
        const uint32_t device = ((const struct arrival_tail *)arrival.tail)->device;
        if (plausible_is_outside(resolve->plausible, device, event->ts_ns))
            continue;
        TRY(move_to(resolve->origins, event->key[0], &origin, error));
        const struct origin_head *launch = origin.head;
        if (event->key[0] == 0 || !launch || launch->key[0] != event->key[0]) {
            TRY(add_unlaunched(resolve, &arrival, error));
            continue;
        }
        plausible_launched(resolve->plausible, device, event->ts_ns, sort_value_signed(launch->key[1]));
        TRY(add_launched(resolve, &arrival, &origin, error));
    }
}

static enum status take_named(void *self, const struct gpu_record *record, struct error *error) {
    return joins_add_known(self, record, error);
}

static enum status learn_steps(struct resolve *resolve, struct error *error) {
    TRY(lane_finish(resolve->notes, error));
    TRY(lane_finish(resolve->gpu_notes, error));
    TRY(steps_learn(resolve->steps, resolve->notes, resolve->gpu_notes, error));
    resolve->step_used = calloc(steps_count(resolve->steps) + (size_t)1, sizeof *resolve->step_used);
    return resolve->step_used ? STATUS_OK : FAIL_MEMORY(error);
}

enum status joins_run(struct resolve *resolve, struct error *error) {
    TRY(learn_steps(resolve, error));
    TRY(lane_finish(resolve->ops, error));
    TRY(lane_finish(resolve->frames, error));
    TRY(sorter_finish(resolve->launches, error));
    TRY(sweep_launches(resolve, error));
    if (!resolve->peeking) {
        release(&resolve->launches);
        release(&resolve->frames->sorter);
    }
    TRY(tail_sorter_finish(resolve->gpu, error));
    TRY(tail_sorter_finish(resolve->origins, error));
    TRY(join_origins(resolve, error));
    release_tailed(&resolve->origins);
    if (!resolve->peeking)
        release_tailed(&resolve->gpu);
    TRY(external_resolve(resolve->external, resolve->ops, take_named, resolve, error));
    TRY(sorter_finish(resolve->again, error));
    TRY(sweep_again(resolve, error));
    release(&resolve->again);
    TRY(sorter_finish(resolve->on_gpu, error));
    TRY(sweep_gpu_notes(resolve, error));
    release(&resolve->on_gpu);
    TRY(timeline_finish(resolve->timeline, error));
    return deliver(resolve, error);
}
