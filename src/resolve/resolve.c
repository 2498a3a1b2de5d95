#include "resolve/resolve.h"

#include <stdlib.h>

#include "base/limits.h"
#include "resolve/resolve_state.h"

static void resolve_free(struct stage *stage) {
    struct resolve *resolve = (struct resolve *)stage;
    joins_free(resolve);
    tail_sorter_free(resolve->gpu);
    sorter_free(resolve->launches);
    lane_free(resolve->ops);
    lane_free(resolve->frames);
    lane_free(resolve->notes);
    lane_free(resolve->gpu_notes);
    plausible_free(resolve->plausible);
    free(resolve);
}

static enum status push_gpu(struct resolve *resolve, struct event *event, struct error *error) {
    if (event->dur_ns < 0) {
        tally_add(resolve->context.tally, ANOMALY_NEGATIVE_DURATION, event->offset);
        return STATUS_OK;
    }
    /* All of them together stay within LIMIT_TIME_NS, so that no sum of durations overflows. */
    if (event->dur_ns > LIMIT_DURATION_NS || event->dur_ns > LIMIT_TIME_NS - resolve->gpu_ns) {
        tally_add(resolve->context.tally, ANOMALY_ABSURD_DURATION, event->offset);
        return STATUS_OK;
    }
    if (event->correlation == 0)
        tally_add_gpu(resolve->context.tally, ANOMALY_NO_CORRELATION, event->offset, event->dur_ns);
    resolve->gpu_count++;
    resolve->gpu_ns += event->dur_ns;
    resolve->same_ids += event->external_id != 0 && event->external_id == event->correlation;
    id_filter_add(&resolve->correlations, event->correlation);
    TRY(plausible_add_gpu(resolve->plausible, event, resolve->context.tally, error));
    struct arrival_head head = {
        .key = {event->correlation},
        .ts_ns = event->ts_ns,
        .dur_low = of_halves((uint32_t)event->dur_ns, 0),
        .external_id = event->external_id,
    };
    const struct arrival_tail tail = {event->class_id, event->device, event->row, upper_half((uint64_t)event->dur_ns)};
    uint32_t number;
    return tail_sorter_push(resolve->gpu, &head, &tail, &number, error);
}

static enum status push_launch(struct resolve *resolve, const struct event *event, struct error *error) {
    const struct launch_record record = {{event->row, sort_key_signed(event->ts_ns)},
                                         event->correlation,
                                         event->external_id,
                                         event->process,
                                         resolve->launch_count++};
    TRY(plausible_add_cpu(resolve->plausible, event->ts_ns, error));
    return sorter_push(resolve->launches, &record, error);
}

static struct slice_record slice_of(const struct event *event, uint32_t name, uint32_t *count) {
    struct slice_record slice = {.name = name, .ordinal = (*count)++};
    slice_set_key(&slice, event->row, event->ts_ns, event->dur_ns);
    return slice;
}

static void set_op_time(struct event *event, int64_t dur_ns) {
    event->calls = 1;
    event->dur_ns = dur_ns < 0 || dur_ns > LIMIT_DURATION_NS ? 0 : dur_ns;
}

static enum status push_op(struct resolve *resolve, struct event *event, struct error *error) {
    const struct op_record record = {slice_of(event, event->name_id, &resolve->op_count), event->external_id};
    TRY(lane_push(resolve->ops, &record, error));
    TRY(plausible_add_cpu(resolve->plausible, event->ts_ns, error));
    set_op_time(event, event->dur_ns);
    return stage_push(resolve->stage.next, event, error);
}

static enum status push_frame(struct resolve *resolve, const struct event *event, struct error *error) {
    const struct slice_record record = slice_of(event, event->name_id, &resolve->frame_count);
    return lane_push(resolve->frames, &record, error);
}

static enum status push_note(struct resolve *resolve, const struct event *event, struct lane *lane,
                             struct error *error) {
    const struct note_record record = {slice_of(event, event->class_id, &resolve->note_count), event->external_id,
                                       event->process, 0};
    return lane_push(lane, &record, error);
}

/* Its launch and all that is known by it stay; the steps around it are looked for. */
static enum status push_again(struct resolve *resolve, const struct event *event, struct error *error) {
    const struct gpu_record record = {
        .key = {event->launch_row, sort_key_signed(event->launch_ns)},
        .ts_ns = event->ts_ns,
        .dur_ns = event->dur_ns,
        .launch_ns = event->launch_ns,
        .class_id = event->class_id,
        .device = event->device,
        .row = event->row,
        .launch_row = event->launch_row,
        .launch_process = event->launch_process,
        .cpu_op = event->cpu_op,
        .top_op = event->top_op,
        .stack = event->stack,
        .step = STEP_NONE,
        .phase = (uint8_t)event->phase,
        .op_method = (uint8_t)event->op_method,
        .launched = event->launched,
    };
    return event->launched ? sorter_push(resolve->again, &record, error) : joins_add_known(resolve, &record, error);
}

static enum status resolve_push(struct stage *stage, struct event *event, struct error *error) {
    struct resolve *resolve = (struct resolve *)stage;
    switch (event->kind) {
    case EVENT_KERNEL:
    case EVENT_MEMCPY:
    case EVENT_MEMSET:
        return resolve->context.again ? push_again(resolve, event, error) : push_gpu(resolve, event, error);
    case EVENT_LAUNCH:
        return push_launch(resolve, event, error);
    case EVENT_CPU_OP:
        return resolve->context.again ? stage_push(resolve->stage.next, event, error) : push_op(resolve, event, error);
    case EVENT_PYTHON:
        return push_frame(resolve, event, error);
    case EVENT_ANNOTATION:
        return push_note(resolve, event, resolve->notes, error);
    case EVENT_GPU_ANNOTATION:
        return push_note(resolve, event, resolve->gpu_notes, error);
    case EVENT_KINDS:
        break;
    }
    return STATUS_OK;
}

static void count_anomalies(struct resolve *resolve) {
    struct tally *tally = resolve->context.tally;
    uint64_t unused = 0;
    for (uint32_t i = 0; i < steps_count(resolve->steps); i++)
        unused += !resolve->step_used[i];
    tally_add_times(tally, ANOMALY_STEP_EMPTY, unused);
    tally_add_gpu_times(tally, ANOMALY_NO_LAUNCH, resolve->unmatched, resolve->unmatched_ns);
    tally_add_times(tally, ANOMALY_EXTERNAL_IGNORED, resolve->use_external ? 0 : 1);
    tally_add_times(tally, ANOMALY_DEPTH_FULL,
                    resolve->ops->nest.refused + resolve->frames->nest.refused + resolve->notes->nest.refused +
                        resolve->gpu_notes->nest.refused);
    tally_add_times(tally, ANOMALY_TABLE_FULL, steps_refused(resolve->steps));
    tally_add_times(tally, ANOMALY_PATHS_FULL, paths_beyond(resolve->context.paths));
}

static enum status resolve_flush(struct stage *stage, struct error *error) {
    struct resolve *resolve = (struct resolve *)stage;
    resolve->use_external = resolve->same_ids * 2 <= resolve->gpu_count;
    TRY(plausible_judge(resolve->plausible, resolve->context.tally, error));
    TRY(joins_run(resolve, error));
    count_anomalies(resolve);
    return stage_flush(stage->next, error);
}

/* The cpu_ops that went on at once when they came. */
static enum status repeat_ops(struct resolve *resolve, struct error *error) {
    TRY(lane_finish(resolve->ops, error));
    const void *at = resolve->ops->waiting;
    while (at) {
        const struct op_record *op = at;
        struct event event = {.kind = EVENT_CPU_OP, .name_id = op->slice.name};
        set_op_time(&event, slice_dur(&op->slice));
        TRY(stage_push(resolve->stage.next, &event, error));
        TRY(sorter_next(resolve->ops->sorter, &at, error));
    }
    return STATUS_OK;
}

static enum status reopen(struct resolve *resolve, struct error *error) {
    tail_sorter_reopen(resolve->gpu);
    sorter_reopen(resolve->launches);
    lane_reopen(resolve->ops);
    lane_reopen(resolve->frames);
    lane_reopen(resolve->notes);
    lane_reopen(resolve->gpu_notes);
    joins_free(resolve);
    return joins_build(resolve, error);
}

enum status resolve_peek(struct stage *stage, const struct resolve_context *into, struct error *error) {
    struct resolve *resolve = (struct resolve *)stage;
    const struct resolve_context own = resolve->context;
    resolve->context = *into;
    resolve->stage.next = into->next;
    resolve->peeking = true;
    enum status status = repeat_ops(resolve, error);
    if (status == STATUS_OK)
        status = resolve_flush(stage, error);
    resolve->peeking = false;
    resolve->context = own;
    resolve->stage.next = own.next;
    return status == STATUS_OK ? reopen(resolve, error) : status;
}

static enum status build(struct resolve *resolve, struct error *error) {
    struct sort_space *space = resolve->context.space;
    resolve->ops = lane_new(space, sizeof(struct op_record), false);
    resolve->frames = lane_new(space, sizeof(struct slice_record), true);
    resolve->notes = lane_new(space, sizeof(struct note_record), false);
    resolve->gpu_notes = lane_new(space, sizeof(struct note_record), false);
    resolve->gpu = tail_sorter_new(space, sizeof(struct arrival_head) / 8, sizeof(struct arrival_tail) / 8, 1,
                                   resolve->most_tails);
    resolve->launches = sorter_new(space, sizeof(struct launch_record), 2);
    resolve->plausible = plausible_new();
    const bool all = resolve->ops && resolve->frames && resolve->notes && resolve->gpu_notes && resolve->gpu &&
                     resolve->launches && resolve->plausible;
    return all ? joins_build(resolve, error) : FAIL_MEMORY(error);
}

struct stage *resolve_new(const struct resolve_context *context) {
    static const struct stage_ops ops = {"resolve", resolve_push, resolve_flush, resolve_free};
    struct error error;
    struct resolve *resolve = calloc(1, sizeof *resolve);
    if (!resolve)
        return NULL;
    resolve->stage = (struct stage){&ops, context->next};
    resolve->context = *context;
    resolve->most_tails = context->most_tails != 0 ? context->most_tails : LIMIT_TAILS;
    if (build(resolve, &error) != STATUS_OK) {
        resolve_free(&resolve->stage);
        return NULL;
    }
    return &resolve->stage;
}
