#include "index/gpu_events.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/sort.h"
#include "index/columns.h"

struct gpu_events {
    const struct gpu_tables *tables; /* all three borrowed */
    const struct index_target *target;
    struct section_stream *stream;
    const struct index_part *part;
    uint64_t row; /* behind the block */
    struct columns_view block;
    bool *devices; /* owned; by name: its events have begun */
    bool many_devices;
    uint64_t origins[GPU_BATCH_EVENTS], steps[GPU_BATCH_EVENTS]; /* of the batch, as stored */
    uint64_t launches[GPU_BATCH_EVENTS], threads[GPU_BATCH_EVENTS];
    struct gpu_batch batch;
    int64_t gpu_ns, last_ns; /* all GPU time; the start of the event before the batch */
    uint32_t device;         /* of that event */
    bool begun;
    uint32_t ties, tie_device; /* how many events began at the last one's time, on its device */
    int64_t tie_ns;
};

static enum status next_block(struct gpu_events *events, struct error *error) {
    struct section_stream *stream = events->stream;
    if (!section_stream_fill(stream, columns_bytes_max(EVENT_COLUMNS)))
        return INDEX_DAMAGED(error, "its length");
    if (!columns_view(&events->block, EVENT_COLUMNS, &stream->at, stream->end) ||
        events->block.rows > events->part->rows - events->row)
        return INDEX_DAMAGED(error, "a block of rows");
    events->row += events->block.rows;
    return STATUS_OK;
}

static void read_column(const struct gpu_events *events, int column, uint32_t first, uint32_t rows, uint64_t *values) {
    const struct column *stored = &events->block.columns[column];
    column_values(stored, stored->least, first, rows, values);
}

/* Times are stored with their sign flipped, which is the same as 2^63 more. */
static void read_times(const struct gpu_events *events, int column, uint32_t first, uint32_t rows, int64_t *times) {
    const struct column *stored = &events->block.columns[column];
    column_values(stored, stored->least + (UINT64_C(1) << 63), first, rows, (uint64_t *)times);
}

/* A batch ends where another device's events begin. False: an origin that does not exist. */
static bool take_origins(struct gpu_events *events, uint32_t first, uint32_t rows) {
    const struct gpu_tables *const tables = events->tables;
    struct gpu_batch *const batch = &events->batch;
    uint32_t end = 0;
    read_column(events, EVENT_ORIGIN, first, rows, events->origins);
    for (batch->count = 0; batch->count < rows; batch->count++) {
        const uint64_t number = events->origins[batch->count] - 1;
        if (number >= tables->origin_count)
            return false;
        if (events->many_devices && batch->count > 0 && tables->devices[number] != batch->device)
            break;
        if (batch->count == 0)
            batch->device = tables->devices[number];
        batch->origin[batch->count] = tables->numbers[number];
        end = tables->numbers[number] < end ? end : tables->numbers[number] + 1;
    }
    batch->origin_end = end;
    return true;
}

static bool take_durations(struct gpu_events *events, uint32_t first) {
    struct gpu_batch *const batch = &events->batch;
    const struct column *stored = &events->block.columns[EVENT_DUR];
    const bool all_sound = column_bound(stored) <= LIMIT_DURATION_NS;
    column_values(stored, stored->least, first, batch->count, (uint64_t *)batch->dur_ns);
    for (uint32_t i = 0; !all_sound && i < batch->count; i++)
        if (batch->dur_ns[i] < 0 || batch->dur_ns[i] > LIMIT_DURATION_NS)
            return false;
    return true;
}

static bool take_steps(struct gpu_events *events, uint32_t first) {
    const struct gpu_tables *const tables = events->tables;
    struct gpu_batch *const batch = &events->batch;
    const uint64_t *const steps = events->steps;
    read_column(events, EVENT_STEP, first, batch->count, events->steps);
    batch->run_count = 0;
    for (uint32_t i = 0; i < batch->count;) {
        const uint64_t step = steps[i];
        if (step > tables->step_count || tables->step_classes[step] == UINT32_MAX)
            return false;
        while (i < batch->count && steps[i] == step)
            i++;
        batch->runs[batch->run_count++] = (struct gpu_step_run){
            .end = i, .step = step == 0 ? STEP_NONE : (uint32_t)step - 1, .step_class = tables->step_classes[step]};
    }
    return true;
}

/* Devices come one after the other, each in the order of time. */
static bool follows(struct gpu_events *events) {
    const struct gpu_batch *const batch = &events->batch;
    const bool same = events->begun && events->device == batch->device;
    bool sound = same ? batch->ts_ns[0] >= events->last_ns : !events->devices[batch->device];
    for (uint32_t i = 1; i < batch->count; i++)
        sound &= batch->ts_ns[i] >= batch->ts_ns[i - 1];
    events->begun = events->devices[batch->device] = true;
    events->device = batch->device;
    events->last_ns = batch->ts_ns[batch->count - 1];
    return sound && batch->ts_ns[0] >= -LIMIT_TIME_NS && events->last_ns <= LIMIT_TIME_NS;
}

static bool adds_up(struct gpu_events *events) {
    for (uint32_t i = 0; i < events->batch.count; i++)
        events->gpu_ns += events->batch.dur_ns[i];
    return events->gpu_ns <= LIMIT_TIME_NS;
}

_Static_assert(LIMIT_TIME_NS <= INT64_MAX - GPU_BATCH_EVENTS * LIMIT_DURATION_NS, "a batch too many does not overflow");

/* Takes rows of the block from `first` on, one at least. */
static bool take_batch(struct gpu_events *events, uint32_t first) {
    const uint32_t left = events->block.rows - first;
    if (!take_origins(events, first, left < GPU_BATCH_EVENTS ? left : GPU_BATCH_EVENTS))
        return false;
    read_times(events, EVENT_TS, first, events->batch.count, events->batch.ts_ns);
    return take_durations(events, first) && take_steps(events, first) && follows(events) && adds_up(events);
}

/* Events that begin at once come in another order than from the trace; up to LIMIT_TIES that makes no difference. */
static enum status count_ties(struct gpu_events *events, const struct event *event, struct error *error) {
    const bool tie = events->ties > 0 && events->tie_device == event->device && events->tie_ns == event->ts_ns;
    events->ties = tie ? events->ties + 1 : 1;
    events->tie_device = event->device;
    events->tie_ns = event->ts_ns;
    if (events->ties <= LIMIT_TIES)
        return STATUS_OK;
    if (!section_stream_sound(events->stream, events->part))
        return INDEX_DAMAGED(error, "a checksum");
    return FAIL(error, STATUS_LIMIT, "too many events begin at once");
}

static bool is_time(int64_t ns) {
    return ns >= -LIMIT_TIME_NS && ns <= LIMIT_TIME_NS;
}

/* Event i of the batch, with its launch. */
static enum status push_launched(struct gpu_events *events, uint32_t i, struct error *error) {
    const struct gpu_tables *const tables = events->tables;
    const uint64_t thread = events->threads[i];
    struct event event = tables->origins[events->origins[i] - 1];
    event.ts_ns = events->batch.ts_ns[i];
    event.dur_ns = events->batch.dur_ns[i];
    event.step = STEP_NONE;
    event.launch_ns = sort_value_signed(events->launches[i]);
    if (thread > tables->thread_count || event.launched != (thread != 0) || !is_time(event.launch_ns))
        return INDEX_DAMAGED(error, "a launch");
    event.launch_row = (uint32_t)(tables->threads[thread] >> 32);
    event.launch_process = (uint32_t)tables->threads[thread];
    TRY(count_ties(events, &event, error));
    return stage_push(events->target->next, &event, error);
}

static enum status give_batch(struct gpu_events *events, uint32_t first, struct error *error) {
    const struct index_target *target = events->target;
    const uint32_t count = events->batch.count;
    if (target->push_batch)
        return target->push_batch(target->next, &events->batch, error);
    read_column(events, EVENT_LAUNCH_TS, first, count, events->launches);
    read_column(events, EVENT_THREAD, first, count, events->threads);
    for (uint32_t i = 0; i < count; i++)
        TRY(push_launched(events, i, error));
    return STATUS_OK;
}

static enum status play_blocks(struct gpu_events *events, struct error *error) {
    while (events->row < events->part->rows) {
        TRY(next_block(events, error));
        for (uint32_t first = 0; first < events->block.rows; first += events->batch.count) {
            if (!take_batch(events, first))
                return INDEX_DAMAGED(error, "an event");
            TRY(give_batch(events, first, error));
        }
    }
    return section_stream_end(events->stream, events->part, error);
}

static bool have_many_devices(const struct gpu_tables *tables) {
    for (uint32_t i = 1; i < tables->origin_count; i++)
        if (tables->devices[i] != tables->devices[0])
            return true;
    return false;
}

enum status gpu_events_play(const struct gpu_tables *tables, const struct index_target *target,
                            struct section_stream *stream, const struct index_part *part, int64_t *gpu_ns,
                            struct error *error) {
    struct gpu_events events; /* most of it is not touched before its time */
    events.tables = tables;
    events.target = target;
    events.stream = stream;
    events.part = part;
    events.many_devices = have_many_devices(tables);
    events.row = events.ties = 0;
    events.gpu_ns = 0;
    events.begun = false;
    events.devices = calloc(tables->name_count, sizeof *events.devices);
    if (!events.devices)
        return FAIL_MEMORY(error);
    section_stream_begin(stream, part);
    const enum status status = play_blocks(&events, error);
    *gpu_ns = events.gpu_ns;
    free(events.devices);
    return status;
}
