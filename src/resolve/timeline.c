#include "resolve/timeline.h"

#include <stdlib.h>

#include "base/hash.h"

enum { PAIRS = 2048 };

/* Tails of an arrival and of an origin (with a delay's upper half), and the tail that they make. */
struct pair {
    uint64_t of;
    uint32_t delay_high, number; /* TAIL_NONE: not known */
};

struct timeline {
    struct tail_sorter *sorter; /* owned */
    bool keep_launches;
    struct pair pairs[PAIRS]; /* the last ones, by a hash of theirs */
};

struct timeline *timeline_new(struct sort_space *space, bool keep_launches, uint32_t most_tails) {
    struct timeline *timeline = calloc(1, sizeof *timeline);
    if (!timeline)
        return NULL;
    timeline->sorter = tail_sorter_new(space, sizeof(struct timeline_head) / 8, sizeof(struct timeline_tail) / 8, 2,
                                       most_tails);
    timeline->keep_launches = keep_launches;
    for (size_t i = 0; i < PAIRS; i++)
        timeline->pairs[i].number = TAIL_NONE;
    if (timeline->sorter)
        return timeline;
    timeline_free(timeline);
    return NULL;
}

void timeline_free(struct timeline *timeline) {
    if (!timeline)
        return;
    tail_sorter_free(timeline->sorter);
    free(timeline);
}

static uint64_t delay_of(const struct timeline *timeline, bool launched, int64_t ts_ns, int64_t launch_ns) {
    return timeline->keep_launches && launched ? (uint64_t)ts_ns - (uint64_t)launch_ns : 0;
}

static struct timeline_tail tail_of(const struct timeline *timeline, const struct gpu_record *record,
                                    uint32_t delay_high) {
    const bool keep = timeline->keep_launches && record->launched;
    return (struct timeline_tail){
        .class_id = record->class_id,
        .device = record->device,
        .row = record->row,
        .cpu_op = record->cpu_op,
        .top_op = record->top_op,
        .stack = record->stack,
        .dur_high = upper_half((uint64_t)record->dur_ns),
        .delay_high = delay_high,
        .launch_row = keep ? record->launch_row : 0,
        .launch_process = keep ? record->launch_process : 0,
        .phase = record->phase,
        .op_method = record->op_method,
        .launched = record->launched,
    };
}

static enum status add(struct timeline *timeline, const struct gpu_record *record, uint32_t *number,
                       struct error *error) {
    const uint64_t delay = delay_of(timeline, record->launched, record->ts_ns, record->launch_ns);
    const struct timeline_tail tail = tail_of(timeline, record, upper_half(delay));
    struct timeline_head head = {
        .key = {record->device, sort_key_signed(record->ts_ns)},
        .dur_low = of_halves((uint32_t)record->dur_ns, 0),
        .delay_low = (uint32_t)delay,
        .step = record->step,
    };
    return tail_sorter_push(timeline->sorter, &head, &tail, number, error);
}

enum status timeline_add(struct timeline *timeline, const struct gpu_record *record, struct error *error) {
    uint32_t number;
    return add(timeline, record, &number, error);
}

/* Tails that make one that has no number yet. */
static enum status add_new_pair(struct timeline *timeline, const struct tailed *arrival, const struct tailed *origin,
                                struct pair *pair, struct error *error) {
    const struct gpu_record record = gpu_record_of(arrival, origin);
    uint32_t number;
    TRY(add(timeline, &record, &number, error));
    pair->number = arrival->number == TAIL_NONE || origin->number == TAIL_NONE ? TAIL_NONE : number;
    return STATUS_OK;
}

enum status timeline_add_joined(struct timeline *timeline, const struct tailed *arrival, const struct tailed *origin,
                                struct error *error) {
    const struct arrival_head *event = arrival->head;
    const struct origin_head *launch = origin->head;
    const uint64_t of = of_halves(arrival->number, origin->number);
    const uint64_t delay = delay_of(timeline, true, event->ts_ns, sort_value_signed(launch->key[1]));
    struct pair *pair = &timeline->pairs[hash_add(0, of) % PAIRS];
    if (pair->number == TAIL_NONE || pair->of != of || pair->delay_high != upper_half(delay)) {
        *pair = (struct pair){of, upper_half(delay), TAIL_NONE};
        return add_new_pair(timeline, arrival, origin, pair, error);
    }
    struct timeline_head head = {
        .key = {((const struct arrival_tail *)arrival->tail)->device, sort_key_signed(event->ts_ns)},
        .dur_low = of_halves(upper_half(event->dur_low), 0),
        .delay_low = (uint32_t)delay,
        .step = launch->step,
    };
    return tail_sorter_push_known(timeline->sorter, &head, pair->number, error);
}

enum status timeline_finish(struct timeline *timeline, struct error *error) {
    return tail_sorter_finish(timeline->sorter, error);
}

enum status timeline_next(struct timeline *timeline, struct tailed *record, struct error *error) {
    return tail_sorter_next(timeline->sorter, record, error);
}

uint32_t timeline_tails(const struct timeline *timeline) {
    return tail_sorter_tails(timeline->sorter);
}
