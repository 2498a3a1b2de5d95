#include "resolve/steps.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/names.h"

struct step {
    uint32_t class_id, process;
    int64_t ts_ns, end_ns;
    uint32_t outer; /* of CPU steps: the last one begun before it in its process that ends after it */
};

enum { OUTER_STEPS = 64 }; /* how far steps_at follows them: steps hardly ever nest, but an input may be hostile */

/* CPU steps sorted by (process or class, ts). */
struct order {
    bool by_class;
    uint32_t *items; /* owned */
    uint32_t count;
};

struct steps {
    const struct classes *classes; /* borrowed */
    enum step_kind kind;
    struct step *list; /* owned; in the order of the CPU lane, then those only the GPU lane knows */
    size_t capacity;
    uint32_t count;
    struct order by_process, by_class;
    struct map *cpu, *gpu;   /* position in the lane -> step + 1 */
    struct map *by_external; /* external id -> step + 1 */
    uint64_t refused;
};

struct steps *steps_new(const struct classes *classes) {
    struct steps *steps = calloc(1, sizeof *steps);
    if (!steps)
        return NULL;
    steps->classes = classes;
    steps->cpu = map_new(LIMIT_STEPS);
    steps->gpu = map_new(LIMIT_STEPS);
    steps->by_external = map_new(LIMIT_STEPS);
    if (!steps->cpu || !steps->gpu || !steps->by_external) {
        steps_free(steps);
        return NULL;
    }
    return steps;
}

void steps_free(struct steps *steps) {
    if (!steps)
        return;
    map_free(steps->cpu);
    map_free(steps->gpu);
    map_free(steps->by_external);
    free(steps->list);
    free(steps->by_process.items);
    free(steps->by_class.items);
    free(steps);
}

static enum status find_kind(struct steps *steps, struct lane *lane, struct error *error) {
    const void *record = lane->waiting;
    while (record) {
        const struct note_record *note = record;
        const enum step_kind kind = steps->classes->annotations[note->slice.name].step;
        steps->kind = kind > steps->kind ? kind : steps->kind;
        TRY(sorter_next(lane->sorter, &record, error));
    }
    return lane_start(lane, error);
}

static enum status remember(struct map *map, uint64_t key, uint32_t step, struct error *error) {
    uint64_t *value;
    TRY(map_at(map, key, &value, error));
    if (value && *value == 0)
        *value = step + UINT64_C(1);
    return STATUS_OK;
}

static uint32_t recall(const struct map *map, uint64_t key) {
    const uint64_t *value = map_find(map, key);
    return value ? (uint32_t)(*value - 1) : STEP_NONE;
}

static enum status add_step(struct steps *steps, const struct note_record *note, uint32_t *step, struct error *error) {
    *step = STEP_NONE;
    if (steps->count >= LIMIT_STEPS) {
        steps->refused++;
        return STATUS_OK;
    }
    void *list = steps->list;
    TRY(array_grow(&list, &steps->capacity, steps->count + (size_t)1, sizeof *steps->list, LIMIT_STEPS, error));
    steps->list = list;
    const int64_t ts = slice_ts(&note->slice);
    *step = steps->count++;
    steps->list[*step] = (struct step){note->slice.name, note->process, ts, ts + slice_dur(&note->slice), STEP_NONE};
    return note->external_id != 0 ? remember(steps->by_external, note->external_id, *step, error) : STATUS_OK;
}

static uint32_t group_of(const struct order *order, const struct step *step) {
    return order->by_class ? step->class_id : step->process;
}

/* The step of the group that began last, at t or before. */
static uint32_t last_begun(const struct steps *steps, const struct order *order, uint32_t group, int64_t t_ns) {
    uint32_t low = 0, high = order->count; /* the first item behind (group, t) */
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct step *step = &steps->list[order->items[middle]];
        const uint32_t this_group = group_of(order, step);
        if (this_group < group || (this_group == group && step->ts_ns <= t_ns))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || group_of(order, &steps->list[order->items[low - 1]]) != group)
        return STEP_NONE;
    return order->items[low - 1];
}

static enum status learn_gpu_step(struct steps *steps, const struct note_record *note, uint32_t *step,
                                  struct error *error) {
    *step = note->external_id != 0 ? recall(steps->by_external, note->external_id)
                                   : last_begun(steps, &steps->by_class, note->slice.name, slice_ts(&note->slice));
    return *step == STEP_NONE ? add_step(steps, note, step, error) : STATUS_OK;
}

static enum status learn_lane(struct steps *steps, struct lane *lane, bool gpu, struct error *error) {
    const void *record = lane->waiting;
    for (uint32_t position = 0; record; position++) {
        const struct note_record *note = record;
        if (steps->classes->annotations[note->slice.name].step == steps->kind && slice_dur(&note->slice) >= 0) {
            uint32_t step;
            TRY(gpu ? learn_gpu_step(steps, note, &step, error) : add_step(steps, note, &step, error));
            if (step != STEP_NONE)
                TRY(remember(gpu ? steps->gpu : steps->cpu, position, step, error));
        }
        TRY(sorter_next(lane->sorter, &record, error));
    }
    return lane_start(lane, error);
}

struct order_context {
    const struct order *order;
    const struct step *list;
};

static int compare_steps(const void *a, const void *b, void *context) {
    const struct order_context *by = context;
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    const uint32_t left_group = group_of(by->order, &by->list[left]);
    const uint32_t right_group = group_of(by->order, &by->list[right]);
    if (left_group != right_group)
        return left_group < right_group ? -1 : 1;
    if (by->list[left].ts_ns != by->list[right].ts_ns)
        return by->list[left].ts_ns < by->list[right].ts_ns ? -1 : 1;
    return left < right ? -1 : 1;
}

static enum status order_steps(const struct steps *steps, struct order *order, bool by_class, struct error *error) {
    *order = (struct order){.by_class = by_class, .count = steps->count};
    if (steps->count == 0)
        return STATUS_OK;
    if (!(order->items = malloc(steps->count * sizeof *order->items)))
        return FAIL_MEMORY(error);
    for (uint32_t i = 0; i < steps->count; i++)
        order->items[i] = i;
    struct order_context context = {order, steps->list};
    qsort_r(order->items, order->count, sizeof *order->items, compare_steps, &context);
    return STATUS_OK;
}

static void link_outer(struct steps *steps) {
    const struct order *order = &steps->by_process;
    for (uint32_t i = 1; i < order->count; i++) {
        struct step *step = &steps->list[order->items[i]];
        uint32_t outer = order->items[i - 1];
        if (steps->list[outer].process != step->process)
            continue;
        while (outer != STEP_NONE && steps->list[outer].end_ns <= step->end_ns)
            outer = steps->list[outer].outer;
        step->outer = outer;
    }
}

enum status steps_learn(struct steps *steps, struct lane *cpu, struct lane *gpu, struct error *error) {
    TRY(find_kind(steps, cpu, error));
    TRY(find_kind(steps, gpu, error));
    if (steps->kind == STEP_KIND_NONE)
        return STATUS_OK;
    TRY(learn_lane(steps, cpu, false, error));
    TRY(order_steps(steps, &steps->by_process, false, error));
    link_outer(steps);
    TRY(order_steps(steps, &steps->by_class, true, error));
    return learn_lane(steps, gpu, true, error);
}

enum step_kind steps_kind(const struct steps *steps) {
    return steps->kind;
}
uint32_t steps_count(const struct steps *steps) {
    return steps->count;
}
uint32_t steps_class(const struct steps *steps, uint32_t step) {
    return steps->list[step].class_id;
}
uint64_t steps_refused(const struct steps *steps) {
    return steps->refused;
}
uint32_t steps_of_cpu(const struct steps *steps, uint32_t position) {
    return recall(steps->cpu, position);
}
uint32_t steps_of_gpu(const struct steps *steps, uint32_t position) {
    return recall(steps->gpu, position);
}

uint32_t steps_at(const struct steps *steps, uint32_t process, int64_t t_ns) {
    uint32_t step = process == NAME_BEYOND ? STEP_NONE : last_begun(steps, &steps->by_process, process, t_ns);
    for (int i = 0; i < OUTER_STEPS && step != STEP_NONE; i++, step = steps->list[step].outer)
        if (t_ns < steps->list[step].end_ns)
            return step;
    return STEP_NONE;
}
