#include "index/gpu_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/column_loop.h"
#include "base/limits.h"
#include "flow/gpu_batch.h"
#include "index/row_values.h"

struct gpu_events {
    const struct index_part *parts; /* borrowed, as all up to `with_launches`; by section */
    struct gpu_tables tables;
    const struct index_target *target;
    struct section_stream *stream;
    bool with_launches;
    struct section_stream launches;    /* initialized where they are wanted */
    uint64_t row;                      /* behind the blocks, */
    struct columns_view block, launch; /* which have the same rows */
    bool *devices;                     /* owned; by name: its events have begun */
    bool many_devices;
    bool same_numbers; /* origins are numbered in the summary as in the index */
    uint32_t origins[GPU_BATCH_EVENTS], steps[GPU_BATCH_EVENTS]; /* of the batch, as stored */
    int64_t launch_ns[GPU_BATCH_EVENTS];
    uint64_t threads[GPU_BATCH_EVENTS];
    struct gpu_batch batch;
    struct gpu_sums sums;
    int64_t last_ns; /* the start of the event before the batch, */
    uint32_t device; /* and its device */
    bool begun;
    uint32_t ties, tie_device; /* how many events began at the last one's time, on its device */
    int64_t tie_ns;
};

static enum status read_block(struct section_stream *stream, uint32_t columns, struct columns_view *block,
                              struct error *error) {
    if (!section_stream_fill(stream, COLUMNS_HEAD) || stream->end - stream->at < COLUMNS_HEAD ||
        !section_stream_fill(stream, columns_bytes(stream->at, columns)))
        return INDEX_DAMAGED(error, "its length");
    return columns_view(block, columns, &stream->at, stream->end) ? STATUS_OK : INDEX_DAMAGED(error, "a block of rows");
}

static enum status next_blocks(struct gpu_events *events, struct error *error) {
    TRY(read_block(events->stream, EVENT_COLUMNS, &events->block, error));
    if (events->with_launches)
        TRY(read_block(&events->launches, LAUNCH_COLUMNS, &events->launch, error));
    if (events->block.rows > events->parts[SECTION_EVENTS].rows - events->row ||
        (events->with_launches && events->launch.rows != events->block.rows))
        return INDEX_DAMAGED(error, "a block of rows");
    events->row += events->block.rows;
    return STATUS_OK;
}

/* Times are stored with their sign flipped, which is the same as 2^63 more. */
static void read_times(const struct column *stored, uint32_t first, uint32_t rows, int64_t *times) {
    column_values(stored, stored->least + (UINT64_C(1) << 63), first, rows, (uint64_t *)times);
}

/* Of values below 2^31; 2^31 or more where there are others. */
static uint32_t greatest_of(const uint32_t *values, uint32_t count) {
    int32_t greatest = 0;
    uint32_t any = 0;
    for (uint32_t i = 0; i < count; i++) {
        any |= values[i];
        greatest = (int32_t)values[i] > greatest ? (int32_t)values[i] : greatest;
    }
    return any >> 31 != 0 ? any : (uint32_t)greatest;
}

/* A batch ends where another device's events begin. */
static uint32_t count_of_device(const struct gpu_events *events, uint32_t rows) {
    const uint32_t *const devices = events->tables.origins->devices;
    uint32_t count = events->many_devices ? 1 : rows;
    while (count < rows && devices[events->origins[count]] == devices[events->origins[0]])
        count++;
    return count;
}

/* The origins of the batch as the summary numbers them. */
static void number_origins(struct gpu_events *events) {
    const uint32_t *const numbers = events->tables.origins->numbers;
    struct gpu_batch *const batch = &events->batch;
    if (events->same_numbers)
        memcpy(batch->origin, events->origins, batch->count * sizeof *batch->origin);
    else
        for (uint32_t i = 0; i < batch->count; i++)
            batch->origin[i] = numbers[events->origins[i]];
}

/* False: an origin that does not exist. */
static bool take_origins(struct gpu_events *events, uint32_t first, uint32_t rows) {
    struct gpu_batch *const batch = &events->batch;
    const struct column *stored = &events->block.columns[EVENT_ORIGIN];
    if (!column_small_values(stored, first, rows, events->origins))
        return false;
    const uint32_t greatest = greatest_of(events->origins, rows);
    if (stored->least == 0 || greatest > events->tables.origins->count)
        return false;
    batch->count = count_of_device(events, rows);
    batch->device = events->tables.origins->devices[events->origins[0]];
    batch->origin_end = greatest + 1; /* numbers of the summary are not above those of the index */
    number_origins(events);
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

static inline bool all_are(const uint32_t *values, uint32_t value) {
    uint32_t others = 0;
    COLUMN_LOOP_TOGETHER
    for (int k = 0; k < COLUMN_TOGETHER; k++)
        others |= values[k] ^ value;
    return others == 0;
}

/* One past the last of the values from i on that are the same. */
static uint32_t end_of_same(const uint32_t *values, uint32_t i, uint32_t count) {
    const uint32_t value = values[i];
    while (i + COLUMN_TOGETHER <= count && values[i + COLUMN_TOGETHER - 1] == value && all_are(values + i, value))
        i += COLUMN_TOGETHER;
    while (i < count && values[i] == value)
        i++;
    return i;
}

static bool take_steps(struct gpu_events *events, uint32_t first) {
    const struct steps_in *const known = events->tables.steps;
    struct gpu_batch *const batch = &events->batch;
    if (!column_small_values(&events->block.columns[EVENT_STEP], first, batch->count, events->steps))
        return false;
    batch->run_count = 0;
    for (uint32_t i = 0; i < batch->count;) {
        const uint32_t step = events->steps[i];
        if (step > known->count || known->classes[step] == UINT32_MAX)
            return false;
        i = end_of_same(events->steps, i, batch->count);
        batch->runs[batch->run_count++] = (struct gpu_step_run){
            .end = i, .step = step == 0 ? STEP_NONE : step - 1, .step_class = known->classes[step]};
    }
    return true;
}

/* Widths of 4 bytes and less keep times together; others are looked at one by one. */
static bool are_times(const struct gpu_events *events) {
    const struct gpu_batch *const batch = &events->batch;
    bool sound = is_time(batch->ts_ns[0]) && is_time(batch->ts_ns[batch->count - 1]);
    if (events->block.columns[EVENT_TS].width == 8)
        for (uint32_t i = 0; i < batch->count; i++)
            sound = sound && is_time(batch->ts_ns[i]);
    return sound && column_ascends(batch->ts_ns, batch->count, 0);
}

/* Devices come one after the other, each in the order of time. */
static bool follows(struct gpu_events *events) {
    const struct gpu_batch *const batch = &events->batch;
    const bool same = events->begun && events->device == batch->device;
    const bool sound = same ? batch->ts_ns[0] >= events->last_ns : !events->devices[batch->device];
    events->begun = events->devices[batch->device] = true;
    events->device = batch->device;
    events->last_ns = batch->ts_ns[batch->count - 1];
    return sound && are_times(events);
}

static bool adds_up(struct gpu_events *events) {
    const struct gpu_batch *const batch = &events->batch;
    struct gpu_sums *sums = &events->sums;
    uint32_t first = 0;
    for (uint32_t i = 0; i < batch->run_count; first = batch->runs[i++].end) {
        const uint32_t count = batch->runs[i].end - first;
        const int64_t ns = column_sum(batch->dur_ns + first, count);
        sums->ns += ns;
        sums->step_events += batch->runs[i].step == STEP_NONE ? 0 : count;
        sums->step_ns += batch->runs[i].step == STEP_NONE ? 0 : ns;
    }
    return sums->ns <= LIMIT_TIME_NS;
}

_Static_assert(LIMIT_TIME_NS <= INT64_MAX - GPU_BATCH_EVENTS * LIMIT_DURATION_NS, "a batch too many does not overflow");

/* Takes rows of the block from `first` on, one at least. */
static bool take_batch(struct gpu_events *events, uint32_t first) {
    const uint32_t left = events->block.rows - first;
    if (!take_origins(events, first, left < GPU_BATCH_EVENTS ? left : GPU_BATCH_EVENTS))
        return false;
    read_times(&events->block.columns[EVENT_TS], first, events->batch.count, events->batch.ts_ns);
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
    if (!section_stream_sound(events->stream, &events->parts[SECTION_EVENTS]))
        return INDEX_DAMAGED(error, "a checksum");
    return FAIL(error, STATUS_LIMIT, "too many events begin at once");
}

/* Event i of the batch, with its launch. */
static enum status push_launched(struct gpu_events *events, uint32_t i, struct error *error) {
    const struct steps_in *const known = events->tables.steps;
    const uint64_t thread = events->threads[i];
    struct event event = events->tables.origins->events[events->origins[i]];
    event.ts_ns = events->batch.ts_ns[i];
    event.dur_ns = events->batch.dur_ns[i];
    event.step = STEP_NONE;
    event.launch_ns = events->launch_ns[i];
    if (thread > known->thread_count || event.launched != (thread != 0) || !is_time(event.launch_ns))
        return INDEX_DAMAGED(error, "a launch");
    event.launch_row = thread_row(known->threads[thread]);
    event.launch_process = thread_process(known->threads[thread]);
    TRY(count_ties(events, &event, error));
    return stage_push(events->target->next, &event, error);
}

static enum status give_batch(struct gpu_events *events, uint32_t first, struct error *error) {
    const struct index_target *target = events->target;
    const uint32_t count = events->batch.count;
    if (!events->with_launches)
        return stage_push_batch(target->next, &events->batch, error);
    const struct column *times = &events->launch.columns[LAUNCH_TS];
    const struct column *threads = &events->launch.columns[LAUNCH_THREAD];
    read_times(times, first, count, events->launch_ns);
    column_values(threads, threads->least, first, count, events->threads);
    for (uint32_t i = 0; i < count; i++)
        TRY(push_launched(events, i, error));
    return STATUS_OK;
}

static enum status play_blocks(struct gpu_events *events, struct error *error) {
    while (events->row < events->parts[SECTION_EVENTS].rows) {
        TRY(next_blocks(events, error));
        for (uint32_t first = 0; first < events->block.rows; first += events->batch.count) {
            if (!take_batch(events, first))
                return INDEX_DAMAGED(error, "an event");
            TRY(give_batch(events, first, error));
        }
    }
    if (events->with_launches)
        TRY(section_stream_end(&events->launches, &events->parts[SECTION_LAUNCHES], error));
    return section_stream_end(events->stream, &events->parts[SECTION_EVENTS], error);
}

static bool have_many_devices(const struct origins_in *origins) {
    for (uint32_t i = 2; i <= origins->count; i++)
        if (origins->devices[i] != origins->devices[1])
            return true;
    return false;
}

static bool have_same_numbers(const struct origins_in *origins) {
    for (uint32_t i = 1; i <= origins->count; i++)
        if (origins->numbers[i] != i)
            return false;
    return true;
}

static enum status begin_launches(struct gpu_events *events, struct error *error) {
    enum { LAUNCH_BYTES = 64 << 10 }; /* more than a block */
    if (!section_stream_init(&events->launches, events->stream->descriptor, LAUNCH_BYTES))
        return FAIL_MEMORY(error);
    section_stream_begin(&events->launches, &events->parts[SECTION_LAUNCHES]);
    return events->parts[SECTION_LAUNCHES].rows == events->parts[SECTION_EVENTS].rows
               ? STATUS_OK
               : INDEX_DAMAGED(error, "launches");
}

static enum status play(struct gpu_events *events, struct error *error) {
    events->many_devices = have_many_devices(events->tables.origins);
    events->same_numbers = have_same_numbers(events->tables.origins);
    events->row = events->ties = 0;
    events->sums = (struct gpu_sums){0};
    events->begun = events->batch.has_launches = false;
    section_stream_begin(events->stream, &events->parts[SECTION_EVENTS]);
    if (events->with_launches)
        TRY(begin_launches(events, error));
    return play_blocks(events, error);
}

COLUMN_LOOP enum status gpu_events_play(struct table_in *table, const struct gpu_tables *tables,
                                        const struct index_target *target, struct gpu_sums *sums, struct error *error) {
    struct gpu_events *events = malloc(sizeof *events); /* most of it is not touched before its time */
    bool *devices = calloc(names_count(target->summary->names), sizeof *devices);
    enum status status = events && devices ? STATUS_OK : FAIL_MEMORY(error);
    if (status == STATUS_OK) {
        events->parts = table->parts;
        events->tables = *tables;
        events->target = target;
        events->stream = &table->stream;
        events->with_launches = index_target_finds_steps(target);
        events->launches = (struct section_stream){0};
        events->devices = devices;
        status = play(events, error);
        *sums = events->sums;
        section_stream_fini(&events->launches);
    }
    free(devices);
    free(events);
    return status;
}
