#include "index/index_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/column_loop.h"
#include "base/limits.h"
#include "flow/gpu_batch.h"
#include "index/index_file.h"
#include "index/index_tables.h"
#include "index/table_out.h"
#include "index/thread_numbers.h"

struct index_writer {
    struct stage stage; /* first */
    struct index_writer_context context;
    char *path;              /* owned, as everything below */
    struct index_file *file; /* NULL until the first block is full */
    enum status status;      /* the first failure */
    struct error error;
    struct table_out events, launches;
    uint32_t *step_names; /* by step */
    size_t step_count, step_capacity;
    struct sort_space *space;
    struct sorter *notes;
    struct thread_numbers threads;
    bool flushed;
    struct tally tally; /* before what aggregate/ adds at the end */
    uint64_t kernels_beyond;
};

static void writer_free(struct stage *stage) {
    struct index_writer *writer = (struct index_writer *)stage;
    index_file_free(writer->file);
    table_out_fini(&writer->events);
    table_out_fini(&writer->launches);
    free(writer->path);
    sorter_free(writer->notes);
    sort_space_free(writer->space);
    thread_numbers_fini(&writer->threads);
    free(writer->step_names);
    free(writer);
}

/* While events pass */

static enum status gather_step(struct index_writer *writer, const struct gpu_step_run *run, struct error *error) {
    void *names = writer->step_names;
    TRY(array_grow(&names, &writer->step_capacity, run->step + (size_t)1, sizeof *writer->step_names, 2 * LIMIT_STEPS,
                   error));
    writer->step_names = names;
    while (writer->step_count <= run->step)
        writer->step_names[writer->step_count++] = NAME_NONE;
    writer->step_names[run->step] = writer->context.classes->annotations[run->step_class].name;
    return STATUS_OK;
}

static enum status gather_annotation(struct index_writer *writer, const struct event *event, struct error *error) {
    const struct annotation_record record = {
        .key = {event->kind == EVENT_GPU_ANNOTATION, event->row, sort_key_signed(event->ts_ns),
                ~sort_key_signed(event->dur_ns)},
        .external_id = event->external_id,
        .name = event->name_id,
        .process = event->process,
    };
    return sorter_push(writer->notes, &record, error);
}

static enum status open_file(struct index_writer *writer, struct error *error) {
    TRY(index_file_new(&writer->file, writer->path, error));
    TRY(table_out_begin(&writer->events, writer->file, SECTION_EVENTS, error));
    table_out_begin_aside(&writer->launches, writer->file, SECTION_LAUNCHES);
    return STATUS_OK;
}

/* Launches come in the same blocks as their events. */
static enum status write_events(struct index_writer *writer, struct error *error) {
    if (!writer->file)
        TRY(open_file(writer, error));
    writer->launches.block.rows = writer->events.block.rows;
    TRY(table_out_write(&writer->launches, error));
    return table_out_write(&writer->events, error);
}

static void fill(uint64_t *restrict values, uint32_t rows, uint64_t value) {
    for (uint32_t i = 0; i < rows; i++)
        values[i] = value;
}

/* All events were launched, and by one thread. */
COLUMN_LOOP static bool have_one_thread(const bool *launched, const uint64_t *threads, uint32_t rows) {
    uint64_t others = 0;
    unsigned char all = true;
    for (uint32_t i = 0; i < rows; i++) {
        others |= threads[i] ^ threads[0];
        all &= launched[i];
    }
    return all && others == 0;
}

static enum status number_each_thread(struct index_writer *writer, const bool *launched, const uint64_t *threads,
                                      uint32_t rows, uint64_t *numbers, struct error *error) {
    for (uint32_t i = 0; i < rows; i++) {
        numbers[i] = 0;
        if (launched[i])
            TRY(thread_numbers_get(&writer->threads, threads[i], &numbers[i], error));
    }
    return STATUS_OK;
}

/* The threads of a part of a batch; those of launches that were not found stay 0. */
static enum status number_threads(struct index_writer *writer, const bool *launched, const uint64_t *threads,
                                  uint32_t rows, uint64_t *numbers, struct error *error) {
    if (!have_one_thread(launched, threads, rows))
        return number_each_thread(writer, launched, threads, rows, numbers, error);
    uint64_t number;
    TRY(thread_numbers_get(&writer->threads, threads[0], &number, error));
    fill(numbers, rows, number);
    return STATUS_OK;
}

static enum status gather_steps(struct index_writer *writer, const struct gpu_batch *batch, struct error *error) {
    for (uint32_t i = 0; i < batch->run_count; i++)
        if (batch->runs[i].step != STEP_NONE)
            TRY(gather_step(writer, &batch->runs[i], error));
    return STATUS_OK;
}

/* Steps of a part of a batch, as they are stored. */
static void put_steps(const struct gpu_batch *batch, uint32_t first, uint32_t rows, uint64_t *steps) {
    const struct gpu_step_run *run = batch->runs;
    while (run->end <= first)
        run++;
    for (uint32_t i = first; i < first + rows; i = run++->end) {
        const uint32_t end = run->end < first + rows ? run->end : first + rows;
        fill(steps + (i - first), end - i, run->step == STEP_NONE ? 0 : run->step + UINT64_C(1));
    }
}

/* Times with their sign flipped: sort_key_signed, which compilers make vector code of. */
static void put_times(const int64_t *restrict times, uint32_t rows, uint64_t *restrict keys) {
    for (uint32_t i = 0; i < rows; i++)
        keys[i] = sort_key_signed(times[i]);
}

/* All but threads, which may fail. */
COLUMN_LOOP static void put_part(const struct gpu_batch *batch, uint32_t first, uint32_t rows, struct columns *block,
                                 struct columns *launches) {
    const uint32_t at = block->rows;
    uint64_t *restrict const durations = block->values[EVENT_DUR] + at;
    uint64_t *restrict const origins = block->values[EVENT_ORIGIN] + at;
    put_times(batch->ts_ns + first, rows, block->values[EVENT_TS] + at);
    put_times(batch->launch_ns + first, rows, launches->values[LAUNCH_TS] + at);
    put_steps(batch, first, rows, block->values[EVENT_STEP] + at);
    for (uint32_t i = 0; i < rows; i++)
        durations[i] = (uint64_t)batch->dur_ns[first + i];
    for (uint32_t i = 0; i < rows; i++)
        origins[i] = batch->origin[first + i];
}

/* The rows of a batch from `first` on, for which the block has room. */
static enum status gather_part(struct index_writer *writer, const struct gpu_batch *batch, uint32_t first,
                               uint32_t rows, struct error *error) {
    struct columns *block = &writer->events.block, *launches = &writer->launches.block;
    put_part(batch, first, rows, block, launches);
    TRY(number_threads(writer, batch->launched + first, batch->launch_thread + first, rows,
                       launches->values[LAUNCH_THREAD] + block->rows, error));
    block->rows += rows;
    return block->rows < COLUMN_ROWS ? STATUS_OK : write_events(writer, error);
}

static enum status gather_batch(struct index_writer *writer, const struct gpu_batch *batch, struct error *error) {
    TRY(gather_steps(writer, batch, error));
    for (uint32_t first = 0; first < batch->count;) {
        const uint32_t room = COLUMN_ROWS - writer->events.block.rows, left = batch->count - first;
        const uint32_t rows = left < room ? left : room;
        TRY(gather_part(writer, batch, first, rows, error));
        first += rows;
    }
    return STATUS_OK;
}

static bool is_annotation(const struct event *event) {
    return event->kind == EVENT_ANNOTATION || event->kind == EVENT_GPU_ANNOTATION;
}

/* A GPU event comes alone when its origin has no number. */
static enum status refuse_single(struct error *error) {
    return FAIL(error, STATUS_BAD_INDEX, "the trace has too many origins for an index");
}

static enum status writer_push(struct stage *stage, struct event *event, struct error *error) {
    struct index_writer *writer = (struct index_writer *)stage;
    if (event->kind != EVENT_CPU_OP && writer->status == STATUS_OK)
        writer->status = is_annotation(event) ? gather_annotation(writer, event, &writer->error)
                                              : refuse_single(&writer->error);
    return is_annotation(event) ? STATUS_OK : stage_push(stage->next, event, error);
}

static enum status writer_push_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct index_writer *writer = (struct index_writer *)stage;
    if (writer->status == STATUS_OK)
        writer->status = gather_batch(writer, batch, &writer->error);
    return stage_push_batch(stage->next, batch, error);
}

static enum status writer_flush(struct stage *stage, struct error *error) {
    struct index_writer *writer = (struct index_writer *)stage;
    writer->tally = writer->context.summary->tally;
    writer->kernels_beyond = writer->context.classes->kernels_beyond;
    writer->flushed = true;
    return stage_flush(stage->next, error);
}

/* At the end */

/* Only what any options would make of the trace is stored: where a ceiling was met that depends on them, where
 * something was lost, or where the clock of GPU events was set and that of GPU annotations was not, each load must see
 * the trace itself. */
static bool stands_for_trace(const struct index_writer *writer) {
    static const enum anomaly against[] = {ANOMALY_TABLE_FULL, ANOMALY_DEVICES_FULL, ANOMALY_CLOCKS_DIFFER};
    const struct summary *summary = writer->context.summary;
    for (size_t i = 0; i < sizeof against / sizeof *against; i++)
        if (writer->tally.rows[against[i]].count > 0)
            return false;
    return writer->flushed && !tally_lost(&summary->tally) && writer->kernels_beyond == 0 &&
           names_beyond(summary->names) == 0 && names_rows_beyond(summary->names) == 0 &&
           origins_beyond(summary->origins) == 0;
}

static enum status write_tables(struct index_writer *writer, struct error *error) {
    const struct index_writer_context *context = &writer->context;
    const struct index_facts facts = {
        .summary = context->summary,
        .tally = &writer->tally,
        .event_count = writer->events.rows,
        .step_names = writer->step_names,
        .step_count = writer->step_count,
        .notes = writer->notes,
        .threads = &writer->threads,
        .aggregate = context->next,
        .total = context->total,
    };
    return index_tables_write(&facts, writer->file, error);
}

enum status index_writer_commit(struct stage *stage, const struct identity *source, struct error *error) {
    struct index_writer *writer = (struct index_writer *)stage;
    if (!stands_for_trace(writer))
        return FAIL(error, STATUS_BAD_INDEX, "the trace is damaged, too large or of several clocks: no index");
    if (writer->status != STATUS_OK) {
        *error = writer->error;
        return writer->status;
    }
    TRY(write_events(writer, error));
    TRY(table_out_end(&writer->events, error));
    TRY(table_out_end(&writer->launches, error));
    TRY(write_tables(writer, error));
    return index_file_commit(writer->file, source, error);
}

struct stage *index_writer_new(const struct index_writer_context *context) {
    static const struct stage_ops ops = {"index_writer", writer_push, writer_push_batch, writer_flush, writer_free};
    struct index_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->stage = (struct stage){&ops, context->next};
    writer->context = *context;
    writer->path = strdup(context->path);
    writer->space = sort_space_new(context->memory_bytes, NULL);
    if (writer->space)
        writer->notes = sorter_new(writer->space, sizeof(struct annotation_record), 4);
    if (!writer->path || !writer->notes || !thread_numbers_init(&writer->threads) ||
        !table_out_init(&writer->events, EVENT_COLUMNS) || !table_out_init(&writer->launches, LAUNCH_COLUMNS)) {
        writer_free(&writer->stage);
        return NULL;
    }
    return &writer->stage;
}
