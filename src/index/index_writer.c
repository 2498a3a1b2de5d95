#include "index/index_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sort.h"
#include "flow/gpu_batch.h"
#include "index/columns.h"
#include "index/index_file.h"

struct op_sum {
    uint64_t calls;
    int64_t total_ns;
};

struct annotation_record { /* an annotation, in the order in which it is looked for */
    uint64_t key[4];       /* on the GPU, row, ts, longest first */
    uint64_t external_id;
    uint32_t name, process;
};

struct index_writer {
    struct stage stage; /* first */
    struct index_writer_context context;
    char *path;              /* owned, as everything below */
    struct index_file *file; /* NULL until the first block is full */
    enum status status;      /* the first failure */
    struct error error;
    struct columns block;    /* of the table that is being written */
    struct columns launches; /* of the same rows, while that is events */
    unsigned char *packed;   /* a block as it is stored */
    uint64_t rows;           /* of that table, in blocks already written */
    struct op_sum *ops;      /* by name */
    size_t op_count, op_capacity;
    uint32_t *step_names; /* by step */
    size_t step_count, step_capacity;
    struct sorter *notes;
    struct map *thread_numbers; /* row << 32 | process -> number, from 1 */
    uint64_t *threads;          /* row << 32 | process, by number less 1 */
    size_t thread_count, thread_capacity;
    uint64_t last_thread, last_number; /* mostly asked for again */
    uint64_t event_count;
    bool flushed;
    struct tally tally; /* before what aggregate/ adds at the end */
    uint64_t kernels_beyond;
    uint32_t *stored;      /* by name: its number in the index; 0: it is not stored */
    uint32_t stored_count; /* names stored */
    struct buf extra;      /* texts that are no names of the trace, one behind the other, */
    uint32_t extra_sizes[ANOMALY_COUNT + 1], extra_count; /* and their lengths */
};

static void writer_free(struct stage *stage) {
    struct index_writer *writer = (struct index_writer *)stage;
    index_file_free(writer->file);
    columns_fini(&writer->block);
    columns_fini(&writer->launches);
    buf_fini(&writer->extra);
    free(writer->packed);
    free(writer->path);
    sorter_free(writer->notes);
    map_free(writer->thread_numbers);
    free(writer->threads);
    free(writer->ops);
    free(writer->step_names);
    free(writer->stored);
    free(writer);
}

/* Tables */

static enum status write_block(struct index_writer *writer, struct error *error) {
    if (writer->block.rows == 0)
        return STATUS_OK;
    const size_t size = columns_pack(&writer->block, writer->packed);
    writer->rows += writer->block.rows;
    writer->block.rows = 0;
    return index_file_write(writer->file, writer->packed, size, error);
}

static enum status begin_table(struct index_writer *writer, enum index_section section, struct error *error) {
    writer->block.count = section_columns[section];
    writer->rows = 0;
    return index_file_begin(writer->file, section, error);
}

static enum status add_row(struct index_writer *writer, const uint64_t *row, struct error *error) {
    struct columns *block = &writer->block;
    for (uint32_t column = 0; column < block->count; column++)
        block->values[column][block->rows] = row[column];
    return ++block->rows == COLUMN_ROWS ? write_block(writer, error) : STATUS_OK;
}

static enum status end_table(struct index_writer *writer, struct error *error) {
    TRY(write_block(writer, error));
    index_file_end(writer->file, writer->rows);
    return STATUS_OK;
}

/* While events pass */

static enum status gather_op(struct index_writer *writer, const struct event *event, struct error *error) {
    if (event->name_id >= writer->op_count) {
        void *ops = writer->ops;
        TRY(array_grow(&ops, &writer->op_capacity, event->name_id + (size_t)1, sizeof *writer->ops, INT32_MAX, error));
        writer->ops = ops;
        memset(writer->ops + writer->op_count, 0,
               (event->name_id + (size_t)1 - writer->op_count) * sizeof *writer->ops);
        writer->op_count = event->name_id + (size_t)1;
    }
    struct op_sum *sum = &writer->ops[event->name_id];
    sum->calls += event->calls;
    if (__builtin_add_overflow(sum->total_ns, event->dur_ns, &sum->total_ns))
        sum->total_ns = INT64_MAX;
    return STATUS_OK;
}

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

/* The number of a thread; beyond LIMIT_TABLE_ROWS of them there is no index. */
static enum status number_thread(struct index_writer *writer, uint64_t thread, uint64_t *number, struct error *error) {
    uint64_t *known;
    if (writer->last_number > 0 && writer->last_thread == thread) {
        *number = writer->last_number;
        return STATUS_OK;
    }
    TRY(map_at(writer->thread_numbers, thread, &known, error));
    if (!known)
        return FAIL(error, STATUS_BAD_INDEX, "the trace has too many threads for an index");
    if (*known == 0) {
        void *threads = writer->threads;
        TRY(array_grow(&threads, &writer->thread_capacity, writer->thread_count + 1, sizeof thread, LIMIT_TABLE_ROWS,
                       error));
        writer->threads = threads;
        writer->threads[writer->thread_count++] = thread;
        *known = writer->thread_count;
    }
    writer->last_thread = thread;
    *number = writer->last_number = *known;
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
    return index_file_begin(writer->file, SECTION_EVENTS, error);
}

/* Launches come in the same blocks as their events, and wait until these are all written. */
static enum status write_events(struct index_writer *writer, struct error *error) {
    if (!writer->file)
        TRY(open_file(writer, error));
    if (writer->block.rows == 0)
        return STATUS_OK;
    writer->launches.rows = writer->block.rows;
    TRY(index_file_put_by(writer->file, writer->packed, columns_pack(&writer->launches, writer->packed), error));
    return write_block(writer, error);
}

/* The threads of a part of a batch; those of launches that were not found stay 0. */
static enum status number_threads(struct index_writer *writer, const struct gpu_batch *batch, uint32_t first,
                                  uint32_t rows, uint64_t *numbers, struct error *error) {
    for (uint32_t i = 0; i < rows; i++) {
        numbers[i] = 0;
        if (batch->launched[first + i])
            TRY(number_thread(writer, batch->launch_thread[first + i], &numbers[i], error));
    }
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
    for (uint32_t i = first; i < first + rows; run++) {
        const uint32_t end = run->end < first + rows ? run->end : first + rows;
        const uint64_t step = run->step == STEP_NONE ? 0 : run->step + UINT64_C(1);
        for (; i < end; i++)
            steps[i - first] = step;
    }
}

/* Times with their sign flipped: sort_key_signed, which compilers make vector code of. */
static void put_times(const int64_t *times, uint32_t rows, uint64_t *keys) {
    for (uint32_t i = 0; i < rows; i++)
        keys[i] = sort_key_signed(times[i]);
}

/* As many events as there is room for, from `first` on. */
static enum status gather_part(struct index_writer *writer, const struct gpu_batch *batch, uint32_t first,
                               uint32_t rows, struct error *error) {
    struct columns *block = &writer->block;
    const uint32_t at = block->rows;
    put_times(batch->ts_ns + first, rows, block->values[EVENT_TS] + at);
    put_times(batch->launch_ns + first, rows, writer->launches.values[LAUNCH_TS] + at);
    put_steps(batch, first, rows, block->values[EVENT_STEP] + at);
    for (uint32_t i = 0; i < rows; i++) {
        block->values[EVENT_DUR][at + i] = (uint64_t)batch->dur_ns[first + i];
        block->values[EVENT_ORIGIN][at + i] = batch->origin[first + i];
    }
    TRY(number_threads(writer, batch, first, rows, writer->launches.values[LAUNCH_THREAD] + at, error));
    block->rows += rows;
    return block->rows < COLUMN_ROWS ? STATUS_OK : write_events(writer, error);
}

static enum status gather_batch(struct index_writer *writer, const struct gpu_batch *batch, struct error *error) {
    TRY(gather_steps(writer, batch, error));
    for (uint32_t first = 0; first < batch->count;) {
        const uint32_t room = COLUMN_ROWS - writer->block.rows, left = batch->count - first;
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
    if (writer->status == STATUS_OK)
        writer->status = event->kind == EVENT_CPU_OP ? gather_op(writer, event, &writer->error)
                         : is_annotation(event)      ? gather_annotation(writer, event, &writer->error)
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

static uint64_t stored(const struct index_writer *writer, uint32_t name) {
    return writer->stored[name];
}

static void mark_names(struct index_writer *writer) {
    const struct summary *summary = writer->context.summary;
    for (uint32_t i = 1; i < origins_count(summary->origins); i++) {
        const struct origin *origin = origins_get(summary->origins, i);
        writer->stored[origin->name_id] = writer->stored[origin->device] = writer->stored[origin->row] = 1;
        writer->stored[origin->cpu_op] = writer->stored[origin->top_op] = 1;
    }
    for (uint32_t node = 1; node < paths_count(summary->paths); node++)
        writer->stored[paths_name(summary->paths, node)] = 1;
    for (size_t i = 0; i < writer->step_count; i++)
        writer->stored[writer->step_names[i]] = 1;
    for (size_t i = 0; i < writer->op_count; i++)
        if (writer->ops[i].calls > 0)
            writer->stored[i] = 1;
    writer->stored[NAME_NONE] = 0;
}

/* A trace of hardly anything else would have an index too large for its size. */
static bool keeps_annotations(const struct index_writer *writer) {
    enum { ALWAYS = 1000, ROW_BYTES = 20, PARTS = 25 }; /* of a row, usually; of the JSON, one is for annotations */
    const uint64_t count = sorter_count(writer->notes);
    return count <= ALWAYS || count <= writer->context.summary->document.bytes_uncompressed / PARTS / ROW_BYTES;
}

/* Annotations with all they name. */
static enum status mark_annotations(struct index_writer *writer, struct error *error) {
    const void *at;
    TRY(sorter_finish(writer->notes, error));
    while (keeps_annotations(writer)) {
        TRY(sorter_next(writer->notes, &at, error));
        if (!at)
            break;
        const struct annotation_record *note = at;
        uint64_t ignored;
        writer->stored[note->name] = 1;
        TRY(number_thread(writer, note->key[1] << 32 | note->process, &ignored, error));
    }
    for (size_t i = 0; i < writer->thread_count; i++)
        writer->stored[writer->threads[i] >> 32] = writer->stored[(uint32_t)writer->threads[i]] = 1;
    return sorter_rewind(writer->notes, error);
}

static enum status choose_names(struct index_writer *writer, struct error *error) {
    const uint32_t count = names_count(writer->context.summary->names);
    writer->stored = calloc(count, sizeof *writer->stored);
    if (!writer->stored)
        return FAIL_MEMORY(error);
    TRY(mark_annotations(writer, error));
    mark_names(writer);
    for (uint32_t name = NAME_FIRST; name < count; name++)
        if (writer->stored[name])
            writer->stored[name] = ++writer->stored_count;
    return STATUS_OK;
}

/* A text of its own behind the trace's names; its number in the index. */
static enum status add_text(struct index_writer *writer, const char *string, uint64_t *number, struct error *error) {
    const size_t size = strlen(string);
    *number = 0;
    if (size == 0)
        return STATUS_OK;
    TRY(buf_append(&writer->extra, string, size, error));
    writer->extra_sizes[writer->extra_count++] = (uint32_t)size;
    *number = writer->stored_count + (uint64_t)writer->extra_count;
    return STATUS_OK;
}

static enum status write_origins(struct index_writer *writer, struct error *error) {
    const struct origins *origins = writer->context.summary->origins;
    for (uint32_t i = 1; i < origins_count(origins); i++) {
        const struct origin *origin = origins_get(origins, i);
        const uint64_t row[ORIGIN_COLUMNS] = {
            [ORIGIN_NAME] = stored(writer, origin->name_id),
            [ORIGIN_KIND] = origin->kind,
            [ORIGIN_DEVICE] = stored(writer, origin->device),
            [ORIGIN_ROW] = stored(writer, origin->row),
            [ORIGIN_CPU_OP] = stored(writer, origin->cpu_op),
            [ORIGIN_TOP_OP] = stored(writer, origin->top_op),
            [ORIGIN_STACK] = origin->stack,
            [ORIGIN_PHASE] = origin->phase,
            [ORIGIN_OP_METHOD] = origin->op_method,
            [ORIGIN_LAUNCHED] = origin->launched,
        };
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

/* Where most origins have few events, it is as well to add up events. */
static bool keeps_totals(const struct index_writer *writer) {
    enum { ENOUGH_EVENTS = 4 };
    const uint32_t end = origins_count(writer->context.summary->origins);
    return end <= LIMIT_DURATION_ORIGINS && writer->event_count / ENOUGH_EVENTS >= end;
}

static enum status each_total(struct index_writer *writer,
                              enum status (*add)(struct index_writer *writer, const struct origin_total *total,
                                                 struct error *error),
                              struct error *error) {
    const struct index_writer_context *context = &writer->context;
    const uint32_t end = keeps_totals(writer) ? origins_count(context->summary->origins) : 0;
    enum status status = STATUS_OK;
    for (uint32_t origin = 1; origin < end && status == STATUS_OK; origin++) {
        struct origin_total total = {.step_count = 0};
        status = context->total(context->next, origin, &total, error);
        if (status == STATUS_OK)
            status = add(writer, &total, error);
        stats_fini(&total.durations);
    }
    return status;
}

static enum status add_total(struct index_writer *writer, const struct origin_total *total, struct error *error) {
    const struct stats *durations = &total->durations;
    const uint64_t row[TOTAL_COLUMNS] = {
        [TOTAL_COUNT] = durations->count,
        [TOTAL_TIME] = (uint64_t)durations->total_ns,
        [TOTAL_STEP_COUNT] = total->step_count,
        [TOTAL_STEP_TIME] = (uint64_t)total->step_ns,
        [TOTAL_MIN] = (uint64_t)durations->min_ns,
        [TOTAL_MAX] = (uint64_t)durations->max_ns,
        [TOTAL_SQUARES_LOW] = (uint64_t)durations->squares,
        [TOTAL_SQUARES_HIGH] = (uint64_t)(durations->squares >> 64),
        [TOTAL_BUCKETS] = durations->hist.used,
    };
    return add_row(writer, row, error);
}

static enum status add_buckets(struct index_writer *writer, const struct origin_total *total, struct error *error) {
    const struct hist *hist = &total->durations.hist;
    for (uint32_t i = 0; i < hist->used; i++) {
        const uint64_t row[BUCKET_COLUMNS] = {[BUCKET_INDEX] = hist->buckets[i].index,
                                              [BUCKET_TIMES] = hist->buckets[i].count};
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_totals(struct index_writer *writer, struct error *error) {
    return each_total(writer, add_total, error);
}

static enum status write_buckets(struct index_writer *writer, struct error *error) {
    return each_total(writer, add_buckets, error);
}

static enum status write_paths(struct index_writer *writer, struct error *error) {
    const struct paths *paths = writer->context.summary->paths;
    for (uint32_t node = 1; node < paths_count(paths); node++) {
        const uint64_t row[PATH_COLUMNS] = {
            [PATH_CALLER] = paths_caller(paths, node),
            [PATH_NAME] = stored(writer, paths_name(paths, node)),
        };
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_steps(struct index_writer *writer, struct error *error) {
    for (size_t i = 0; i < writer->step_count; i++) {
        const uint64_t row[STEP_COLUMNS] = {[STEP_NAME] = stored(writer, writer->step_names[i])};
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_annotations(struct index_writer *writer, struct error *error) {
    while (keeps_annotations(writer)) {
        const void *at;
        TRY(sorter_next(writer->notes, &at, error));
        if (!at)
            return STATUS_OK;
        const struct annotation_record *note = at;
        uint64_t row[ANNOTATION_COLUMNS] = {
            [ANNOTATION_NAME] = stored(writer, note->name),
            [ANNOTATION_ON_GPU] = note->key[0],
            [ANNOTATION_TS] = note->key[2],
            [ANNOTATION_DUR] = ~note->key[3],
            [ANNOTATION_EXTERNAL_ID] = note->external_id,
        };
        TRY(number_thread(writer, note->key[1] << 32 | note->process, &row[ANNOTATION_THREAD], error));
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_threads(struct index_writer *writer, struct error *error) {
    for (size_t i = 0; i < writer->thread_count; i++) {
        const uint64_t row[THREAD_COLUMNS] = {
            [THREAD_ROW] = stored(writer, (uint32_t)(writer->threads[i] >> 32)),
            [THREAD_PROCESS] = stored(writer, (uint32_t)writer->threads[i]),
        };
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_ops(struct index_writer *writer, struct error *error) {
    for (uint32_t name = 0; name < writer->op_count; name++) {
        const struct op_sum *sum = &writer->ops[name];
        const uint64_t row[OP_COLUMNS] = {
            [OP_NAME] = stored(writer, name), [OP_CALLS] = sum->calls, [OP_TOTAL] = (uint64_t)sum->total_ns};
        if (sum->calls > 0)
            TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_anomalies(struct index_writer *writer, struct error *error) {
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        uint64_t row[ANOMALY_COLUMNS] = {
            [ANOMALY_TIMES] = writer->tally.rows[i].count,
            [ANOMALY_HAS_BYTE] = writer->tally.rows[i].has_byte,
            [ANOMALY_BYTE] = writer->tally.rows[i].first_byte,
            [ANOMALY_GPU] = (uint64_t)writer->tally.rows[i].gpu_ns,
        };
        if (row[ANOMALY_TIMES] == 0)
            continue;
        TRY(add_text(writer, anomaly_get((enum anomaly)i)->code, &row[ANOMALY_CODE], error));
        TRY(add_row(writer, row, error));
    }
    return STATUS_OK;
}

static enum status write_document(struct index_writer *writer, struct error *error) {
    const struct document *document = &writer->context.summary->document;
    const struct device_properties *device = &document->device;
    uint64_t row[DOCUMENT_COLUMNS] = {
        [DOCUMENT_BYTES] = document->bytes,
        [DOCUMENT_BYTES_UNCOMPRESSED] = document->bytes_uncompressed,
        [DOCUMENT_COMPRESSION] = document->compression,
        [DOCUMENT_ITEMS] = document->items,
        [DOCUMENT_COMPLETE] = document->complete,
        [DOCUMENT_SAYS_AMD] = document->says_amd,
        [DOCUMENT_SAYS_NVIDIA] = document->says_nvidia,
        [DOCUMENT_LAUNCHES_AMD] = document->launches_amd,
        [DOCUMENT_LAUNCHES_NVIDIA] = document->launches_nvidia,
        [DOCUMENT_DEVICE_ENTRIES] = document->device_entries,
        [DOCUMENT_DEVICE] = device->present,
        [DOCUMENT_MAJOR] = (uint64_t)device->major,
        [DOCUMENT_MINOR] = (uint64_t)device->minor,
        [DOCUMENT_TOTAL_MEMORY] = (uint64_t)device->total_memory_bytes,
        [DOCUMENT_SM_COUNT] = (uint64_t)device->sm_count,
        [DOCUMENT_WARP_SIZE] = (uint64_t)device->warp_size,
        [DOCUMENT_NAME_BYTES] = names_bytes(writer->context.summary->names),
        [DOCUMENT_ANNOTATED] = keeps_annotations(writer),
    };
    TRY(add_text(writer, device->name, &row[DOCUMENT_DEVICE_NAME], error));
    return add_row(writer, row, error);
}

static enum status write_names(struct index_writer *writer, struct error *error) {
    const struct names *names = writer->context.summary->names;
    for (uint32_t name = NAME_FIRST; name < names_count(names); name++)
        if (writer->stored[name])
            TRY(add_row(writer, &(uint64_t){names_get(names, name).size}, error));
    for (uint32_t i = 0; i < writer->extra_count; i++)
        TRY(add_row(writer, &(uint64_t){writer->extra_sizes[i]}, error));
    return STATUS_OK;
}

static enum status write_text(struct index_writer *writer, struct error *error) {
    const struct names *names = writer->context.summary->names;
    TRY(index_file_begin(writer->file, SECTION_TEXT, error));
    for (uint32_t name = NAME_FIRST; name < names_count(names); name++) {
        const struct text text = names_get(names, name);
        if (writer->stored[name])
            TRY(index_file_write(writer->file, text.data, text.size, error));
    }
    TRY(index_file_write(writer->file, writer->extra.data, writer->extra.size, error));
    index_file_end(writer->file, writer->stored_count + (uint64_t)writer->extra_count);
    return STATUS_OK;
}

static enum status write_tables(struct index_writer *writer, struct error *error) {
    static const struct {
        enum index_section section;
        enum status (*write)(struct index_writer *writer, struct error *error);
    } tables[] = {
        {SECTION_ORIGINS, write_origins},     {SECTION_TOTALS, write_totals},
        {SECTION_BUCKETS, write_buckets},     {SECTION_PATHS, write_paths},
        {SECTION_STEPS, write_steps},         {SECTION_ANNOTATIONS, write_annotations},
        {SECTION_THREADS, write_threads},     {SECTION_CPU_OPS, write_ops},
        {SECTION_ANOMALIES, write_anomalies}, {SECTION_DOCUMENT, write_document},
        {SECTION_NAMES, write_names}, /* behind those that add texts */
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        TRY(begin_table(writer, tables[i].section, error));
        TRY(tables[i].write(writer, error));
        TRY(end_table(writer, error));
    }
    return write_text(writer, error);
}

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

enum status index_writer_commit(struct stage *stage, const struct identity *source, struct error *error) {
    struct index_writer *writer = (struct index_writer *)stage;
    if (!stands_for_trace(writer))
        return FAIL(error, STATUS_BAD_INDEX, "the trace is damaged, too large or of several clocks: no index");
    if (writer->status != STATUS_OK) {
        *error = writer->error;
        return writer->status;
    }
    TRY(write_events(writer, error));
    TRY(end_table(writer, error));
    writer->event_count = writer->rows;
    TRY(index_file_take_up(writer->file, SECTION_LAUNCHES, writer->event_count, error));
    TRY(choose_names(writer, error));
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
    buf_init(&writer->extra, LIMIT_NAME_LENGTH);
    writer->path = strdup(context->path);
    writer->packed = malloc(columns_bytes_max(COLUMNS_MAX));
    writer->notes = sorter_new(context->space, sizeof(struct annotation_record), 4);
    writer->thread_numbers = map_new(LIMIT_TABLE_ROWS);
    if (!writer->path || !writer->packed || !writer->notes || !writer->thread_numbers ||
        !columns_init(&writer->block, COLUMNS_MAX) || !columns_init(&writer->launches, LAUNCH_COLUMNS)) {
        writer_free(&writer->stage);
        return NULL;
    }
    writer->block.count = EVENT_COLUMNS;
    return &writer->stage;
}
