#include "index/index_tables.h"

#include <stdlib.h>

#include "flow/gpu_batch.h"
#include "index/names_out.h"
#include "index/table_out.h"
#include "index/totals_out.h"

struct tables {
    const struct index_facts *facts; /* borrowed */
    struct index_file *file;         /* borrowed */
    struct table_out table;          /* the one that is being written */
    struct names_out names;
    bool annotated; /* annotations are stored */
};

static uint64_t number_of(const struct tables *tables, uint32_t name) {
    return names_out_get(&tables->names, name);
}

static void mark_origin(struct names_out *names, const struct origin *origin) {
    names_out_mark(names, origin->name_id);
    names_out_mark(names, origin->device);
    names_out_mark(names, origin->row);
    names_out_mark(names, origin->cpu_op);
    names_out_mark(names, origin->top_op);
}

static void mark_thread(struct names_out *names, uint64_t thread) {
    names_out_mark(names, thread_row(thread));
    names_out_mark(names, thread_process(thread));
}

static void mark_names(struct tables *tables) {
    const struct index_facts *facts = tables->facts;
    const struct summary *summary = facts->summary;
    struct names_out *names = &tables->names;
    for (uint32_t i = 1; i < origins_count(summary->origins); i++)
        mark_origin(names, origins_get(summary->origins, i));
    for (uint32_t node = 1; node < paths_count(summary->paths); node++)
        names_out_mark(names, paths_name(summary->paths, node));
    for (size_t i = 0; i < facts->threads->count; i++)
        mark_thread(names, facts->threads->threads[i]);
    for (size_t i = 0; i < facts->step_count; i++)
        names_out_mark(names, facts->step_names[i]);
    for (uint32_t i = 0; i < summary->cpu_op_count; i++)
        if (summary->cpu_ops[i].calls > 0)
            names_out_mark(names, summary->cpu_ops[i].name);
}

/* A trace of hardly anything else would have an index too large for its size. */
static bool are_few_annotations(const struct index_facts *facts) {
    enum { ALWAYS = 1000, ROW_BYTES = 20, PARTS = 25 }; /* of a row, usually; of the JSON, one is for annotations */
    const uint64_t count = sorter_count(facts->notes);
    return count <= ALWAYS || count <= facts->summary->document.bytes_uncompressed / PARTS / ROW_BYTES;
}

/* The next annotation and the number of its thread; NULL after the last. */
static enum status next_annotation(struct tables *tables, const struct annotation_record **note, uint64_t *thread,
                                   struct error *error) {
    const void *at;
    TRY(sorter_next(tables->facts->notes, &at, error));
    *note = at;
    if (!at)
        return STATUS_OK;
    const uint64_t where = thread_of((uint32_t)(*note)->key[1], (*note)->process);
    return thread_numbers_get(tables->facts->threads, where, thread, error);
}

/* All they name, their threads among it. */
static enum status mark_annotations(struct tables *tables, struct error *error) {
    const struct annotation_record *note;
    uint64_t thread;
    for (;;) {
        TRY(next_annotation(tables, &note, &thread, error));
        if (!note)
            return sorter_rewind(tables->facts->notes, error);
        names_out_mark(&tables->names, note->name);
    }
}

static enum status choose_names(struct tables *tables, struct error *error) {
    TRY(sorter_finish(tables->facts->notes, error));
    tables->annotated = are_few_annotations(tables->facts);
    if (tables->annotated)
        TRY(mark_annotations(tables, error));
    mark_names(tables);
    names_out_number(&tables->names);
    return STATUS_OK;
}

static enum status write_origins(struct tables *tables, struct error *error) {
    const struct origins *origins = tables->facts->summary->origins;
    for (uint32_t i = 1; i < origins_count(origins); i++) {
        const struct origin *origin = origins_get(origins, i);
        const uint64_t row[ORIGIN_COLUMNS] = {
            [ORIGIN_NAME] = number_of(tables, origin->name_id),
            [ORIGIN_KIND] = origin->kind,
            [ORIGIN_DEVICE] = number_of(tables, origin->device),
            [ORIGIN_ROW] = number_of(tables, origin->row),
            [ORIGIN_CPU_OP] = number_of(tables, origin->cpu_op),
            [ORIGIN_TOP_OP] = number_of(tables, origin->top_op),
            [ORIGIN_STACK] = origin->stack,
            [ORIGIN_PHASE] = origin->phase,
            [ORIGIN_OP_METHOD] = origin->op_method,
            [ORIGIN_LAUNCHED] = origin->launched,
        };
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_paths(struct tables *tables, struct error *error) {
    const struct paths *paths = tables->facts->summary->paths;
    for (uint32_t node = 1; node < paths_count(paths); node++) {
        const uint64_t row[PATH_COLUMNS] = {
            [PATH_CALLER] = paths_caller(paths, node),
            [PATH_NAME] = number_of(tables, paths_name(paths, node)),
        };
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_steps(struct tables *tables, struct error *error) {
    for (size_t i = 0; i < tables->facts->step_count; i++) {
        const uint64_t row[STEP_COLUMNS] = {[STEP_NAME] = number_of(tables, tables->facts->step_names[i])};
        TRY(table_out_add(&tables->table, row, error));
    }
    return STATUS_OK;
}

static enum status write_annotations(struct tables *tables, struct error *error) {
    const struct annotation_record *note;
    uint64_t thread;
    if (!tables->annotated)
        return STATUS_OK;
    for (;;) {
        TRY(next_annotation(tables, &note, &thread, error));
        if (!note)
            return STATUS_OK;
        const uint64_t row[ANNOTATION_COLUMNS] = {
            [ANNOTATION_NAME] = number_of(tables, note->name),
            [ANNOTATION_ON_GPU] = note->key[0],
            [ANNOTATION_THREAD] = thread,
            [ANNOTATION_TS] = note->key[2],
            [ANNOTATION_DUR] = ~note->key[3],
            [ANNOTATION_EXTERNAL_ID] = note->external_id,
        };
        TRY(table_out_add(&tables->table, row, error));
    }
}

static enum status write_threads(struct tables *tables, struct error *error) {
    const struct thread_numbers *threads = tables->facts->threads;
    for (size_t i = 0; i < threads->count; i++) {
        const uint64_t row[THREAD_COLUMNS] = {
            [THREAD_ROW] = number_of(tables, thread_row(threads->threads[i])),
            [THREAD_PROCESS] = number_of(tables, thread_process(threads->threads[i])),
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
        const uint64_t row[OP_COLUMNS] = {[OP_NAME] = number_of(tables, ops[i]->name),
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
        TRY(names_out_add(&tables->names, anomaly_get((enum anomaly)i)->code, &row[ANOMALY_CODE], error));
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
        [DOCUMENT_ANNOTATED] = tables->annotated,
    };
    TRY(names_out_add(&tables->names, device->name, &row[DOCUMENT_DEVICE_NAME], error));
    return table_out_add(&tables->table, row, error);
}

static enum status write_names(struct tables *tables, struct error *error) {
    return names_out_write_lengths(&tables->names, &tables->table, error);
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
    TRY(totals_out_write(tables->facts, tables->file, error));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        TRY(write_table(tables, others[i].section, others[i].write, error));
    return names_out_write_text(&tables->names, tables->file, error);
}

enum status index_tables_write(const struct index_facts *facts, struct index_file *file, struct error *error) {
    struct tables tables = {.facts = facts, .file = file};
    const bool ready =
        names_out_init(&tables.names, facts->summary->names) && table_out_init(&tables.table, COLUMNS_MAX);
    const enum status status = ready ? write_tables(&tables, error) : FAIL_MEMORY(error);
    names_out_fini(&tables.names);
    table_out_fini(&tables.table);
    return status;
}
