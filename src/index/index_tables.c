#include "index/index_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "flow/gpu_batch.h"
#include "index/table_out.h"

struct tables {
    const struct index_facts *facts; /* borrowed */
    struct index_file *file;         /* borrowed */
    struct table_out table, aside;   /* the one that is being written; one that comes behind it */
    uint32_t *stored;                /* owned; by name: its number in the index; 0: it is not stored */
    uint32_t stored_count;           /* names stored */
    struct buf extra;                /* owned; texts that are no names of the trace, one behind the other, */
    uint32_t extra_sizes[ANOMALY_COUNT + 1], extra_count; /* and their lengths */
};

static uint64_t stored(const struct tables *tables, uint32_t name) {
    return tables->stored[name];
}

static void mark_names(struct tables *tables) {
    const struct summary *summary = tables->facts->summary;
    const struct thread_numbers *threads = tables->facts->threads;
    for (uint32_t i = 1; i < origins_count(summary->origins); i++) {
        const struct origin *origin = origins_get(summary->origins, i);
        tables->stored[origin->name_id] = tables->stored[origin->device] = tables->stored[origin->row] = 1;
        tables->stored[origin->cpu_op] = tables->stored[origin->top_op] = 1;
    }
    for (uint32_t node = 1; node < paths_count(summary->paths); node++)
        tables->stored[paths_name(summary->paths, node)] = 1;
    for (size_t i = 0; i < threads->count; i++)
        tables->stored[thread_row(threads->threads[i])] = tables->stored[thread_process(threads->threads[i])] = 1;
    for (size_t i = 0; i < tables->facts->step_count; i++)
        tables->stored[tables->facts->step_names[i]] = 1;
    for (uint32_t i = 0; i < summary->cpu_op_count; i++)
        if (summary->cpu_ops[i].calls > 0)
            tables->stored[summary->cpu_ops[i].name] = 1;
    tables->stored[NAME_NONE] = 0;
}

/* A trace of hardly anything else would have an index too large for its size. */
static bool keeps_annotations(const struct tables *tables) {
    enum { ALWAYS = 1000, ROW_BYTES = 20, PARTS = 25 }; /* of a row, usually; of the JSON, one is for annotations */
    const uint64_t count = sorter_count(tables->facts->notes);
    return count <= ALWAYS || count <= tables->facts->summary->document.bytes_uncompressed / PARTS / ROW_BYTES;
}

/* Annotations with all they name, for which their threads must be known. */
static enum status mark_annotations(struct tables *tables, struct error *error) {
    const void *at;
    TRY(sorter_finish(tables->facts->notes, error));
    while (keeps_annotations(tables)) {
        TRY(sorter_next(tables->facts->notes, &at, error));
        if (!at)
            break;
        const struct annotation_record *note = at;
        uint64_t ignored;
        tables->stored[note->name] = 1;
        TRY(thread_numbers_get(tables->facts->threads, thread_of((uint32_t)note->key[1], note->process), &ignored,
                               error));
    }
    return sorter_rewind(tables->facts->notes, error);
}

static enum status choose_names(struct tables *tables, struct error *error) {
    const uint32_t count = names_count(tables->facts->summary->names);
    tables->stored = calloc(count, sizeof *tables->stored);
    if (!tables->stored)
        return FAIL_MEMORY(error);
    TRY(mark_annotations(tables, error));
    mark_names(tables);
    for (uint32_t name = NAME_FIRST; name < count; name++)
        if (tables->stored[name])
            tables->stored[name] = ++tables->stored_count;
    return STATUS_OK;
}

/* A text of its own behind the trace's names; its number in the index. */
static enum status add_text(struct tables *tables, const char *string, uint64_t *number, struct error *error) {
    const size_t size = strlen(string);
    *number = 0;
    if (size == 0)
        return STATUS_OK;
    TRY(buf_append(&tables->extra, string, size, error));
    tables->extra_sizes[tables->extra_count++] = (uint32_t)size;
    *number = tables->stored_count + (uint64_t)tables->extra_count;
    return STATUS_OK;
}

static enum status write_origins(struct tables *tables, struct error *error) {
    const struct origins *origins = tables->facts->summary->origins;
    for (uint32_t i = 1; i < origins_count(origins); i++) {
        const struct origin *origin = origins_get(origins, i);
        const uint64_t row[ORIGIN_COLUMNS] = {
            [ORIGIN_NAME] = stored(tables, origin->name_id),
            [ORIGIN_KIND] = origin->kind,
            [ORIGIN_DEVICE] = stored(tables, origin->device),
            [ORIGIN_ROW] = stored(tables, origin->row),
            [ORIGIN_CPU_OP] = stored(tables, origin->cpu_op),
            [ORIGIN_TOP_OP] = stored(tables, origin->top_op),
            [ORIGIN_STACK] = origin->stack,
            [ORIGIN_PHASE] = origin->phase,
            [ORIGIN_OP_METHOD] = origin->op_method,
            [ORIGIN_LAUNCHED] = origin->launched,
        };
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

/* Where most origins have few events, it is as well to add up events. */
static bool keeps_totals(const struct tables *tables) {
    enum { ENOUGH_EVENTS = 4 };
    const uint32_t end = origins_count(tables->facts->summary->origins);
    return end <= LIMIT_DURATION_ORIGINS && tables->facts->event_count / ENOUGH_EVENTS >= end;
}

static enum status add_total(struct tables *tables, const struct origin_total *total, struct error *error) {
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
    return table_out_add(&tables->table, row, error);
}

static enum status add_buckets(struct tables *tables, const struct origin_total *total, struct error *error) {
    const struct hist *hist = &total->durations.hist;
    for (uint32_t i = 0; i < hist->used; i++) {
        const uint64_t row[BUCKET_COLUMNS] = {
            [BUCKET_INDEX] = hist->buckets[i].index, [BUCKET_TIMES] = hist->buckets[i].count};
        TRY(table_out_add(&tables->aside, row, error));
    }
    return STATUS_OK;
}

static enum status add_origin(struct tables *tables, uint32_t origin, struct error *error) {
    const struct index_facts *facts = tables->facts;
    struct origin_total total = {.step_count = 0};
    enum status status = facts->total(facts->aggregate, origin, &total, error);
    if (status == STATUS_OK)
        status = add_total(tables, &total, error);
    if (status == STATUS_OK)
        status = add_buckets(tables, &total, error);
    stats_fini(&total.durations);
    return status;
}

/* Buckets come as totals do, and wait until these are all written. */
static enum status write_totals(struct tables *tables, struct error *error) {
    const uint32_t end = keeps_totals(tables) ? origins_count(tables->facts->summary->origins) : 0;
    table_out_begin_aside(&tables->aside, tables->file, SECTION_BUCKETS);
    for (uint32_t origin = 1; origin < end; origin++)
        TRY(add_origin(tables, origin, error));
    return STATUS_OK;
}

static enum status write_paths(struct tables *tables, struct error *error) {
    const struct paths *paths = tables->facts->summary->paths;
    for (uint32_t node = 1; node < paths_count(paths); node++) {
        const uint64_t row[PATH_COLUMNS] = {
            [PATH_CALLER] = paths_caller(paths, node),
            [PATH_NAME] = stored(tables, paths_name(paths, node)),
        };
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_steps(struct tables *tables, struct error *error) {
    for (size_t i = 0; i < tables->facts->step_count; i++) {
        const uint64_t row[STEP_COLUMNS] = {[STEP_NAME] = stored(tables, tables->facts->step_names[i])};
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_annotations(struct tables *tables, struct error *error) {
    while (keeps_annotations(tables)) {
        const void *at;
        TRY(sorter_next(tables->facts->notes, &at, error));
        if (!at)
            return STATUS_OK;
        const struct annotation_record *note = at;
        uint64_t row[ANNOTATION_COLUMNS] = {
            [ANNOTATION_NAME] = stored(tables, note->name),
            [ANNOTATION_ON_GPU] = note->key[0],
            [ANNOTATION_TS] = note->key[2],
            [ANNOTATION_DUR] = ~note->key[3],
            [ANNOTATION_EXTERNAL_ID] = note->external_id,
        };
        TRY(thread_numbers_get(tables->facts->threads, thread_of((uint32_t)note->key[1], note->process),
                               &row[ANNOTATION_THREAD], error));
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_threads(struct tables *tables, struct error *error) {
    for (size_t i = 0; i < tables->facts->threads->count; i++) {
        const uint64_t row[THREAD_COLUMNS] = {
            [THREAD_ROW] = stored(tables, thread_row(tables->facts->threads->threads[i])),
            [THREAD_PROCESS] = stored(tables, thread_process(tables->facts->threads->threads[i])),
        };
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static int compare_names(const void *a, const void *b) {
    const struct cpu_op_row *const *left = a, *const *right = b;
    return ((*left)->name > (*right)->name) - ((*left)->name < (*right)->name);
}

/* Those that were called; the summary has also others, and its order depends on options. */
static uint32_t list_ops(const struct summary *summary, const struct cpu_op_row **ops) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < summary->cpu_op_count; i++)
        if (summary->cpu_ops[i].calls > 0)
            ops[count++] = &summary->cpu_ops[i];
    qsort(ops, count, sizeof *ops, compare_names);
    return count;
}

static enum status add_ops(struct tables *tables, const struct cpu_op_row **ops, uint32_t count, struct error *error) {
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t row[OP_COLUMNS] = {[OP_NAME] = stored(tables, ops[i]->name),
                                          [OP_CALLS] = ops[i]->calls,
                                          [OP_TOTAL] = (uint64_t)ops[i]->cpu_total_ns};
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_ops(struct tables *tables, struct error *error) {
    const struct summary *summary = tables->facts->summary;
    const struct cpu_op_row **ops = malloc((summary->cpu_op_count + (size_t)1) * sizeof *ops);
    if (!ops)
        return FAIL_MEMORY(error);
    const enum status status = add_ops(tables, ops, list_ops(summary, ops), error);
    free(ops);
    return status;
}

static enum status write_anomalies(struct tables *tables, struct error *error) {
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        uint64_t row[ANOMALY_COLUMNS] = {
            [ANOMALY_TIMES] = tables->facts->tally->rows[i].count,
            [ANOMALY_HAS_BYTE] = tables->facts->tally->rows[i].has_byte,
            [ANOMALY_BYTE] = tables->facts->tally->rows[i].first_byte,
            [ANOMALY_GPU] = (uint64_t)tables->facts->tally->rows[i].gpu_ns,
        };
        if (row[ANOMALY_TIMES] == 0)
            continue;
        TRY(add_text(tables, anomaly_get((enum anomaly)i)->code, &row[ANOMALY_CODE], error));
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_document(struct tables *tables, struct error *error) {
    const struct document *document = &tables->facts->summary->document;
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
        [DOCUMENT_NAME_BYTES] = names_bytes(tables->facts->summary->names),
        [DOCUMENT_ANNOTATED] = keeps_annotations(tables),
    };
    TRY(add_text(tables, device->name, &row[DOCUMENT_DEVICE_NAME], error));
    return table_out_add(&tables->table, row, error);
}

static enum status write_names(struct tables *tables, struct error *error) {
    const struct names *names = tables->facts->summary->names;
    for (uint32_t name = NAME_FIRST; name < names_count(names); name++)
        if (tables->stored[name])
            TRY(table_out_add(&tables->table, &(uint64_t){names_get(names, name).size}, error));
    for (uint32_t i = 0; i < tables->extra_count; i++)
        TRY(table_out_add(&tables->table, &(uint64_t){tables->extra_sizes[i]}, error));
    return STATUS_OK;
}

static enum status write_text(struct tables *tables, struct error *error) {
    const struct names *names = tables->facts->summary->names;
    TRY(index_file_begin(tables->file, SECTION_TEXT, error));
    for (uint32_t name = NAME_FIRST; name < names_count(names); name++) {
        const struct text text = names_get(names, name);
        if (tables->stored[name])
            TRY(index_file_write(tables->file, text.data, text.size, error));
    }
    TRY(index_file_write(tables->file, tables->extra.data, tables->extra.size, error));
    index_file_end(tables->file, tables->stored_count + (uint64_t)tables->extra_count);
    return STATUS_OK;
}

typedef enum status table_writer(struct tables *tables, struct error *error);

static enum status write_table(struct tables *tables, enum index_section section, table_writer *write,
                               struct error *error) {
    TRY(table_out_begin(&tables->table, tables->file, section, error));
    TRY(write(tables, error));
    return table_out_end(&tables->table, error);
}

static enum status write_tables(struct tables *tables, struct error *error) {
    static const struct {
        enum index_section section;
        table_writer *write;
    } others[] = {
        {SECTION_PATHS, write_paths},       {SECTION_STEPS, write_steps}, {SECTION_ANNOTATIONS, write_annotations},
        {SECTION_THREADS, write_threads},   {SECTION_CPU_OPS, write_ops}, {SECTION_ANOMALIES, write_anomalies},
        {SECTION_DOCUMENT, write_document}, {SECTION_NAMES, write_names}, /* behind those that add texts */
    };
    TRY(choose_names(tables, error));
    TRY(write_table(tables, SECTION_ORIGINS, write_origins, error));
    TRY(write_table(tables, SECTION_TOTALS, write_totals, error));
    TRY(table_out_end(&tables->aside, error));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        TRY(write_table(tables, others[i].section, others[i].write, error));
    return write_text(tables, error);
}

enum status index_tables_write(const struct index_facts *facts, struct index_file *file, struct error *error) {
    struct tables tables = {.facts = facts, .file = file};
    buf_init(&tables.extra, LIMIT_NAME_LENGTH);
    const bool ready = table_out_init(&tables.table, COLUMNS_MAX) && table_out_init(&tables.aside, BUCKET_COLUMNS);
    const enum status status = ready ? write_tables(&tables, error) : FAIL_MEMORY(error);
    table_out_fini(&tables.table);
    table_out_fini(&tables.aside);
    buf_fini(&tables.extra);
    free(tables.stored);
    return status;
}
