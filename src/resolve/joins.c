#include <stdlib.h>
#include <string.h>

#include "resolve/resolve_state.h"

static void release(struct sorter **sorter) {
    sorter_free(*sorter);
    *sorter = NULL;
}

void joins_free(struct resolve *resolve) {
    release(&resolve->origins);
    release(&resolve->again);
    release(&resolve->on_gpu);
    release(&resolve->timeline);
    external_free(resolve->external);
    steps_free(resolve->steps);
    free(resolve->step_used);
    resolve->external = NULL;
    resolve->steps = NULL;
    resolve->step_used = NULL;
}

enum status joins_build(struct resolve *resolve, struct error *error) {
    struct sort_space *space = resolve->context.space;
    resolve->origins = sorter_new(space, sizeof(struct origin_record), 3);
    resolve->on_gpu = sorter_new(space, sizeof(struct gpu_record), 2);
    resolve->again = sorter_new(space, sizeof(struct gpu_record), 2);
    resolve->timeline_bytes = resolve->context.keep_launches ? sizeof(struct timeline_record) : TIMELINE_BYTES;
    resolve->timeline = sorter_new(space, resolve->timeline_bytes, 2);
    resolve->external = external_new(space);
    resolve->steps = steps_new(resolve->context.classes);
    resolve->unmatched = 0;
    resolve->unmatched_ns = 0;
    const bool all = resolve->origins && resolve->again && resolve->on_gpu && resolve->timeline && resolve->external &&
                     resolve->steps;
    return all ? STATUS_OK : FAIL_MEMORY(error);
}

static enum status to_timeline(struct resolve *resolve, const struct gpu_record *record, struct error *error) {
    const struct timeline_record entry = {
        .key = {record->device, sort_key_signed(record->ts_ns)},
        .dur_ns = record->dur_ns,
        .class_id = record->class_id,
        .row = record->row,
        .cpu_op = record->cpu_op,
        .top_op = record->top_op,
        .stack = record->stack,
        .step = record->step,
        .phase = record->phase,
        .op_method = record->op_method,
        .launched = record->launched,
        .launch_ns = record->launch_ns,
        .launch_row = record->launch_row,
        .launch_process = record->launch_process,
    };
    return sorter_push(resolve->timeline, &entry, error);
}

enum status joins_add_known(struct resolve *resolve, const struct gpu_record *record, struct error *error) {
    struct gpu_record keyed = *record;
    const bool complete = record->phase != PHASE_NONE && record->step != STEP_NONE;
    if (complete || sorter_count(resolve->gpu_notes.sorter) == 0)
        return to_timeline(resolve, record, error);
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

/* Of an origin's key: the ordinal first, so that it alone says which of two comes earlier. */
static uint64_t origin_word(uint32_t ordinal, uint8_t phase, uint8_t op_method) {
    return (uint64_t)ordinal << 32 | (uint64_t)phase << 8 | op_method;
}
static uint8_t origin_phase(const struct origin_record *origin) {
    return (uint8_t)(origin->key[2] >> 8);
}
static uint8_t origin_op_method(const struct origin_record *origin) {
    return (uint8_t)origin->key[2];
}

/* The innermost annotation around t that says a phase, and the innermost that is a step. */
static void read_notes(struct resolve *resolve, struct lane *lane, bool gpu, int64_t t_ns, enum phase *phase,
                       uint32_t *step) {
    const struct open_slice *note = NULL;
    while ((note = nest_next(&lane->nest, t_ns, note))) {
        const struct annotation_class *class = &resolve->context.classes->annotations[note->name];
        if (*phase == PHASE_NONE)
            *phase = class->phase;
        if (*step == STEP_NONE && class->step == steps_kind(resolve->steps))
            *step = gpu ? steps_of_gpu(resolve->steps, note->extra) : steps_of_cpu(resolve->steps, note->extra);
    }
}

static enum status find_notes(struct resolve *resolve, uint64_t row, uint32_t process, int64_t t_ns, enum phase *phase,
                              uint32_t *step, struct error *error) {
    TRY(lane_advance(&resolve->notes, row, t_ns, error));
    read_notes(resolve, &resolve->notes, false, t_ns, phase, step);
    if (*step == STEP_NONE)
        *step = steps_at(resolve->steps, process, t_ns);
    return STATUS_OK;
}

static enum status find_origin(struct resolve *resolve, const struct launch_record *launch,
                               struct origin_record *origin, struct error *error) {
    const int64_t t = sort_value_signed(launch->key[1]);
    enum op_method method = OP_BY_NONE;
    enum phase phase = PHASE_NONE;
    TRY(lane_advance(&resolve->ops, launch->key[0], t, error));
    TRY(lane_advance(&resolve->frames, launch->key[0], t, error));
    *origin = (struct origin_record){
        .external_id = launch->external_id,
        .step = STEP_NONE,
        .row = (uint32_t)launch->key[0],
        .process = launch->process,
    };
    const struct open_slice *innermost = nest_next(&resolve->ops.nest, t, NULL);
    if (innermost) {
        method = OP_BY_ENCLOSING;
        origin->cpu_op = innermost->name;
        origin->top_op = nest_outermost(&resolve->ops.nest, t)->name;
    }
    TRY(nest_path(&resolve->frames.nest, t, resolve->context.paths, &origin->stack, error));
    TRY(find_notes(resolve, launch->key[0], launch->process, t, &phase, &origin->step, error));
    origin->key[0] = launch->correlation;
    origin->key[1] = launch->key[1];
    origin->key[2] = origin_word(launch->ordinal, (uint8_t)phase, (uint8_t)method);
    return STATUS_OK;
}

/* Join 1: one sweep over the launches and the slices of their rows. */
static enum status sweep_launches(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        struct origin_record origin;
        TRY(sorter_next(resolve->launches, &at, error));
        if (!at)
            return STATUS_OK;
        if (!id_filter_has(&resolve->correlations, ((const struct launch_record *)at)->correlation))
            continue;
        TRY(find_origin(resolve, at, &origin, error));
        TRY(sorter_push(resolve->origins, &origin, error));
    }
}

static struct gpu_record gpu_record_from(const struct arrival_record *arrival, const struct origin_record *origin) {
    static const struct origin_record none = {.stack = PATH_ROOT, .step = STEP_NONE};
    const struct origin_record *from = origin ? origin : &none;
    return (struct gpu_record){
        .ts_ns = arrival->ts_ns,
        .dur_ns = arrival->dur_ns,
        .external_id = arrival->external_id,
        .class_id = arrival->class_id,
        .device = arrival->device,
        .row = arrival->row,
        .launch_external_id = from->external_id,
        .launch_ns = sort_value_signed(from->key[1]),
        .launch_row = from->row,
        .launch_process = from->process,
        .cpu_op = from->cpu_op,
        .top_op = from->top_op,
        .stack = from->stack,
        .step = from->step,
        .phase = origin_phase(from),
        .op_method = origin_op_method(from),
        .launched = origin != NULL,
    };
}

/* Join 2. Origins come sorted by (correlation, ts, file order): the first of a correlation is the earliest. */
static enum status join_origins(struct resolve *resolve, struct error *error) {
    struct origin_record origin = {.key = {0, 0, 0}}; /* correlation 0 is none */
    bool more = true;
    for (;;) {
        const void *at;
        TRY(sorter_next(resolve->gpu, &at, error));
        if (!at)
            return STATUS_OK;
        const struct arrival_record *arrival = at;
        if (plausible_is_outside(resolve->plausible, arrival->device, arrival->ts_ns))
            continue;
        while (more && origin.key[0] < arrival->key[0]) {
            const void *next;
            TRY(sorter_next(resolve->origins, &next, error));
            more = next != NULL;
            if (more)
                origin = *(const struct origin_record *)next;
        }
        const bool found = arrival->key[0] != 0 && origin.key[0] == arrival->key[0];
        if (!found && arrival->key[0] != 0) {
            resolve->unmatched++;
            resolve->unmatched_ns += arrival->dur_ns;
        }
        const struct gpu_record record = gpu_record_from(arrival, found ? &origin : NULL);
        if (found)
            plausible_launched(resolve->plausible, record.device, record.ts_ns, record.launch_ns);
        TRY(after_launch(resolve, &record, error));
    }
}

static enum status take_named(void *self, const struct gpu_record *record, struct error *error) {
    return joins_add_known(self, record, error);
}

/* Instead of joins 1 and 2, for events that come resolved: the annotations around their launches. */
static enum status sweep_again(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        TRY(sorter_next(resolve->again, &at, error));
        if (!at)
            return STATUS_OK;
        struct gpu_record record = *(const struct gpu_record *)at;
        enum phase phase = (enum phase)record.phase;
        TRY(find_notes(resolve, record.launch_row, record.launch_process, record.launch_ns, &phase, &record.step,
                       error));
        record.phase = (uint8_t)phase;
        TRY(joins_add_known(resolve, &record, error));
    }
}

static enum status sweep_gpu_notes(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        TRY(sorter_next(resolve->on_gpu, &at, error));
        if (!at)
            return STATUS_OK;
        struct gpu_record record = *(const struct gpu_record *)at;
        enum phase phase = (enum phase)record.phase;
        TRY(lane_advance(&resolve->gpu_notes, record.row, record.ts_ns, error));
        read_notes(resolve, &resolve->gpu_notes, true, record.ts_ns, &phase, &record.step);
        record.phase = (uint8_t)phase;
        TRY(to_timeline(resolve, &record, error));
    }
}

static void restore(const struct resolve *resolve, const void *at, struct event *event) {
    struct timeline_record whole = {.launched = false};
    const struct timeline_record *record = &whole;
    memcpy(&whole, at, resolve->timeline_bytes);
    const struct kernel_class *class = &resolve->context.classes->kernels[record->class_id];
    *event = (struct event){
        .kind = class->kind,
        .name_id = class->name,
        .ts_ns = sort_value_signed(record->key[1]),
        .dur_ns = record->dur_ns,
        .device = (uint32_t)record->key[0],
        .row = record->row,
        .class_id = record->class_id,
        .launched = record->launched,
        .launch_row = record->launch_row,
        .launch_process = record->launch_process,
        .launch_ns = record->launch_ns,
        .op_method = (enum op_method)record->op_method,
        .cpu_op = record->cpu_op,
        .top_op = record->top_op,
        .stack = record->stack,
        .phase = (enum phase)record->phase,
        .step = record->step,
        .step_class = record->step == STEP_NONE ? 0 : steps_class(resolve->steps, record->step),
    };
}

/* Join 3: everything in the order of the GPU's time. */
static enum status give_out(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        struct event event;
        TRY(sorter_next(resolve->timeline, &at, error));
        if (!at)
            return STATUS_OK;
        restore(resolve, at, &event);
        event.ts_ns = plausible_time(resolve->plausible, event.device, event.ts_ns);
        if (event.step != STEP_NONE)
            resolve->step_used[event.step] = true;
        TRY(origins_number(resolve->context.origins, &event, error));
        TRY(stage_push(resolve->stage.next, &event, error));
    }
}

static enum status learn_steps(struct resolve *resolve, struct error *error) {
    TRY(lane_finish(&resolve->notes, error));
    TRY(lane_finish(&resolve->gpu_notes, error));
    TRY(steps_learn(resolve->steps, &resolve->notes, &resolve->gpu_notes, error));
    resolve->step_used = calloc(steps_count(resolve->steps) + (size_t)1, sizeof *resolve->step_used);
    return resolve->step_used ? STATUS_OK : FAIL_MEMORY(error);
}

enum status joins_run(struct resolve *resolve, struct error *error) {
    TRY(learn_steps(resolve, error));
    TRY(lane_finish(&resolve->ops, error));
    TRY(lane_finish(&resolve->frames, error));
    TRY(sorter_finish(resolve->launches, error));
    TRY(sweep_launches(resolve, error));
    if (!resolve->peeking) {
        release(&resolve->launches);
        release(&resolve->frames.sorter);
    }
    TRY(sorter_finish(resolve->gpu, error));
    TRY(sorter_finish(resolve->origins, error));
    TRY(join_origins(resolve, error));
    release(&resolve->origins);
    if (!resolve->peeking)
        release(&resolve->gpu);
    TRY(external_resolve(resolve->external, &resolve->ops, take_named, resolve, error));
    TRY(sorter_finish(resolve->again, error));
    TRY(sweep_again(resolve, error));
    release(&resolve->again);
    TRY(sorter_finish(resolve->on_gpu, error));
    TRY(sweep_gpu_notes(resolve, error));
    release(&resolve->on_gpu);
    TRY(sorter_finish(resolve->timeline, error));
    return give_out(resolve, error);
}
