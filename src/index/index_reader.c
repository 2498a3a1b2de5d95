#include "index/index_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/limits.h"
#include "base/sort.h"
#include "index/columns.h"
#include "index/format.h"
#include "index/gpu_events.h"
#include "index/origin_totals.h"
#include "index/section_stream.h"

struct index_reader {
    char *path; /* owned */
    int descriptor;
    uint64_t size;
    struct index_header header;
};

/* What one play knows. */
struct play {
    const struct index_reader *reader;
    const struct index_target *target;
    struct summary *summary;
    struct section_stream table, text, launches; /* launches: where steps are found */
    struct columns block;
    const struct index_part *part; /* of the table that is being read */
    uint64_t row;                  /* before this block */
    bool annotated;                /* it holds the annotations of its trace */
    bool names_fit;                /* beside those of the rules */
    uint32_t *names;               /* by number in the index: the name; [0] is NAME_NONE */
    uint32_t name_count;
    struct event *origins; /* by number in the index, from 1; NULL: only batches are given, which do not need them */
    uint32_t origin_count;
    uint32_t *numbers, *devices; /* the same, from 1: what it is in the summary; its device */
    struct origin_totals totals;
    uint32_t *step_classes; /* by number of a step in the index, [0] for none */
    uint32_t step_count;
    uint64_t *threads; /* row << 32 | process, by number; [0] is none */
    uint32_t thread_count;
};

enum {
    TABLE_BYTES = 160 << 10,   /* read at once; more than a block of any table */
    TEXT_BYTES = 64 << 10,     /* more than a name */
    LAUNCH_BYTES = 64 << 10,   /* more than a block */
    EXTRA_NAME_BYTES = 1 << 16 /* texts of the index that are no names of the trace: codes and a device */
};

/* Opening */

static enum status check_parts(const struct index_reader *reader, struct error *error) {
    uint64_t at = sizeof reader->header;
    for (int i = 0; i < SECTIONS; i++) {
        const struct index_part *part = &reader->header.parts[i];
        const uint64_t start = (at + 7) & ~UINT64_C(7);
        if (part->offset != start || part->offset > reader->size || part->length > reader->size - part->offset)
            return INDEX_DAMAGED(error, "a section lies elsewhere");
        at = part->offset + part->length;
    }
    return at == reader->size ? STATUS_OK : INDEX_DAMAGED(error, "its length");
}

static enum status check_header(const struct index_reader *reader, struct error *error) {
    const struct index_header *header = &reader->header;
    char tool[sizeof header->tool] = "";
    strncpy(tool, TRACECMP_VERSION, sizeof tool - 1);
    if (memcmp(header->magic, INDEX_MAGIC, sizeof header->magic) != 0)
        return FAIL(error, STATUS_BAD_INDEX, "this is no index; the trace is read instead");
    if (header->version != INDEX_VERSION || header->byte_order != INDEX_BYTE_ORDER ||
        memcmp(header->tool, tool, sizeof tool) != 0 || header->diagnostics != index_diagnostics())
        return FAIL(error, STATUS_BAD_INDEX, "the index is of another version; the trace is read instead");
    if (header->hash != XXH3_64bits(header, offsetof(struct index_header, hash)))
        return INDEX_DAMAGED(error, "its header");
    return header->file_bytes == reader->size ? STATUS_OK : INDEX_DAMAGED(error, "its length");
}

static enum status read_header(struct index_reader *reader, struct error *error) {
    struct stat info;
    if (fstat(reader->descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return FAIL(error, STATUS_BAD_INDEX, "this is no index; the trace is read instead");
    reader->size = (uint64_t)info.st_size;
    if (reader->size < sizeof reader->header)
        return INDEX_DAMAGED(error, "its length");
    const ssize_t got = pread(reader->descriptor, &reader->header, sizeof reader->header, 0);
    if (got < 0)
        return FAIL(error, STATUS_BAD_INDEX, "the index cannot be read: %s", strerror(errno));
    if ((size_t)got < sizeof reader->header)
        return INDEX_DAMAGED(error, "its length");
    TRY(check_header(reader, error));
    return check_parts(reader, error);
}

enum status index_reader_new(struct index_reader **out, const char *path, const struct identity *source,
                             struct error *error) {
    *out = NULL;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return STATUS_OK;
    struct index_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        close(descriptor);
        return FAIL_MEMORY(error);
    }
    reader->descriptor = descriptor;
    enum status status = (reader->path = strdup(path)) ? read_header(reader, error) : FAIL_MEMORY(error);
    if (status != STATUS_OK)
        error_input(error, path);
    if (status == STATUS_OK && identity_equal(&reader->header.source, source))
        *out = reader;
    else
        index_reader_free(reader);
    return status;
}

void index_reader_free(struct index_reader *reader) {
    if (!reader)
        return;
    close(reader->descriptor);
    free(reader->path);
    free(reader);
}

/* Tables: begin_table, then next_block until it gives no rows. */

static enum status begin_table(struct play *play, enum index_section section, uint64_t most, struct error *error) {
    play->part = &play->reader->header.parts[section];
    section_stream_begin(&play->table, play->part);
    play->block.count = section_columns[section];
    play->block.rows = 0;
    play->row = 0;
    return play->part->rows <= most ? STATUS_OK : INDEX_DAMAGED(error, "too many rows");
}

static enum status next_block(struct play *play, struct error *error) {
    struct section_stream *table = &play->table;
    play->row += play->block.rows;
    play->block.rows = 0;
    if (play->row == play->part->rows)
        return section_stream_end(table, play->part, error);
    if (!section_stream_fill(table, columns_bytes_max(play->block.count)))
        return INDEX_DAMAGED(error, "its length");
    if (!columns_unpack(&play->block, &table->at, table->end) ||
        play->block.rows > play->part->rows - play->row)
        return INDEX_DAMAGED(error, "a block of rows");
    return STATUS_OK;
}

/* A section that these options do not need is not looked at, unless all are to be checked. */
static enum status pass_over(struct play *play, enum index_section section, struct error *error) {
    if (!play->target->check_all)
        return STATUS_OK;
    const struct index_part *part = &play->reader->header.parts[section];
    section_stream_begin(&play->table, part);
    return section_stream_sound(&play->table, part) ? STATUS_OK : INDEX_DAMAGED(error, "a checksum");
}

/* Calls `take` for each row of a table. */
static enum status each_row(struct play *play, enum index_section section, uint64_t most,
                            enum status (*take)(struct play *play, const uint64_t *row, struct error *error),
                            struct error *error) {
    TRY(begin_table(play, section, most, error));
    for (;;) {
        TRY(next_block(play, error));
        if (play->block.rows == 0)
            return STATUS_OK;
        for (uint32_t i = 0; i < play->block.rows; i++) {
            uint64_t row[COLUMNS_MAX];
            for (uint32_t column = 0; column < play->block.count; column++)
                row[column] = play->block.values[column][i];
            TRY(take(play, row, error));
        }
    }
}

static enum status name_at(const struct play *play, uint64_t number, uint32_t *name, struct error *error) {
    if (number >= play->name_count)
        return INDEX_DAMAGED(error, "a name");
    *name = play->names[number];
    return STATUS_OK;
}

static enum status take_name(struct play *play, const uint64_t *row, struct error *error) {
    struct section_stream *text = &play->text;
    const uint64_t length = row[NAME_LENGTH];
    if (length == 0 || length > LIMIT_NAME_LENGTH || !section_stream_fill(text, length) ||
        length > (uint64_t)(text->end - text->at))
        return INDEX_DAMAGED(error, "the length of a name");
    const struct text name = {(const char *)text->at, length};
    text->at += length;
    TRY(names_intern(play->summary->names, name, &play->names[play->name_count++], error));
    return names_beyond(play->summary->names) == 0 ? STATUS_OK : FAIL(error, STATUS_LIMIT, "too many names");
}

static enum status read_names(struct play *play, struct error *error) {
    const struct index_part *parts = play->reader->header.parts;
    const uint64_t count = parts[SECTION_NAMES].rows, bytes = parts[SECTION_TEXT].length;
    if (bytes > LIMIT_NAME_BYTES || count > bytes || count != parts[SECTION_TEXT].rows)
        return INDEX_DAMAGED(error, "too many names");
    play->names = calloc(count + 1, sizeof *play->names);
    if (!play->names)
        return FAIL_MEMORY(error);
    play->name_count = 1;
    section_stream_begin(&play->text, &parts[SECTION_TEXT]);
    TRY(each_row(play, SECTION_NAMES, count, take_name, error));
    return section_stream_end(&play->text, &parts[SECTION_TEXT], error);
}

static bool is_flag(uint64_t value) {
    return value <= 1;
}

static enum status take_device(struct play *play, const uint64_t *row, struct error *error) {
    struct device_properties *device = &play->summary->document.device;
    uint32_t name = NAME_NONE;
    TRY(name_at(play, row[DOCUMENT_DEVICE_NAME], &name, error));
    const struct text text = names_get(play->summary->names, name);
    if (!is_flag(row[DOCUMENT_DEVICE]) || text.size >= sizeof device->name)
        return INDEX_DAMAGED(error, "the device");
    *device = (struct device_properties){
        .present = row[DOCUMENT_DEVICE] != 0,
        .major = (int64_t)row[DOCUMENT_MAJOR],
        .minor = (int64_t)row[DOCUMENT_MINOR],
        .total_memory_bytes = (int64_t)row[DOCUMENT_TOTAL_MEMORY],
        .sm_count = (int64_t)row[DOCUMENT_SM_COUNT],
        .warp_size = (int64_t)row[DOCUMENT_WARP_SIZE],
    };
    memcpy(device->name, text.data, text.size);
    return STATUS_OK;
}

static enum status take_document(struct play *play, const uint64_t *row, struct error *error) {
    struct document *document = &play->summary->document;
    for (int i = DOCUMENT_COMPLETE; i <= DOCUMENT_LAUNCHES_NVIDIA; i++)
        if (!is_flag(row[i]))
            return INDEX_DAMAGED(error, "the document");
    play->annotated = row[DOCUMENT_ANNOTATED] != 0;
    if (!is_flag(row[DOCUMENT_ANNOTATED]) || row[DOCUMENT_COMPRESSION] > READ_ZSTD ||
        row[DOCUMENT_DEVICE_ENTRIES] > UINT32_MAX)
        return INDEX_DAMAGED(error, "the document");
    document->bytes = row[DOCUMENT_BYTES];
    document->bytes_uncompressed = row[DOCUMENT_BYTES_UNCOMPRESSED];
    document->compression = (enum read_compression)row[DOCUMENT_COMPRESSION];
    document->items = row[DOCUMENT_ITEMS];
    document->complete = row[DOCUMENT_COMPLETE] != 0;
    document->says_amd = row[DOCUMENT_SAYS_AMD] != 0;
    document->says_nvidia = row[DOCUMENT_SAYS_NVIDIA] != 0;
    document->launches_amd = row[DOCUMENT_LAUNCHES_AMD] != 0;
    document->launches_nvidia = row[DOCUMENT_LAUNCHES_NVIDIA] != 0;
    document->device_entries = (uint32_t)row[DOCUMENT_DEVICE_ENTRIES];
    document->from_index = true;
    return take_device(play, row, error);
}

/* A load of the trace would hold all its names beside those of the rules: where they would not fit it must decide. */
static enum status take_name_bytes(struct play *play, const uint64_t *row, struct error *error) {
    (void)error;
    const uint64_t rules = names_bytes(play->summary->names);
    const uint64_t bytes = row[DOCUMENT_NAME_BYTES];
    play->names_fit = bytes <= LIMIT_NAME_BYTES && bytes + rules + EXTRA_NAME_BYTES <= LIMIT_NAME_BYTES;
    return STATUS_OK;
}

static bool finds_steps(const struct play *play) {
    return !stage_takes_batches(play->target->next);
}

static enum status take_anomaly(struct play *play, const uint64_t *row, struct error *error) {
    uint32_t code = NAME_NONE;
    TRY(name_at(play, row[ANOMALY_CODE], &code, error));
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        const struct anomaly_info *info = anomaly_get((enum anomaly)i);
        if (!text_equal(text_from(info->code), names_get(play->summary->names, code)))
            continue;
        struct tally one = {0};
        if (i == ANOMALY_STEP_EMPTY && finds_steps(play))
            return STATUS_OK; /* counted anew */
        one.rows[i].count = row[ANOMALY_TIMES];
        one.rows[i].has_byte = row[ANOMALY_HAS_BYTE] != 0;
        one.rows[i].first_byte = row[ANOMALY_BYTE];
        one.rows[i].gpu_ns = (int64_t)row[ANOMALY_GPU];
        tally_merge(&play->summary->tally, &one);
        const bool sound = is_flag(row[ANOMALY_HAS_BYTE]) && row[ANOMALY_GPU] <= INT64_MAX;
        return sound && info->severity < SEVERITY_DATA_LOSS ? STATUS_OK : INDEX_DAMAGED(error, "an anomaly");
    }
    return INDEX_DAMAGED(error, "an anomaly");
}

/* Frames may have had a part in these; without them a load would count anew. */
static bool frames_may_count(const struct tally *tally) {
    return tally->rows[ANOMALY_BAD_TEXT].count > 0 || tally->rows[ANOMALY_NAME_CUT].count > 0 ||
           tally->rows[ANOMALY_DEPTH_FULL].count > 0 || tally->rows[ANOMALY_PATHS_FULL].count > 0 ||
           tally->rows[ANOMALY_BAD_DURATION].count > 0;
}

static enum status take_path(struct play *play, const uint64_t *row, struct error *error) {
    const uint32_t wanted = paths_count(play->summary->paths);
    uint32_t name = NAME_NONE, node;
    TRY(name_at(play, row[PATH_NAME], &name, error));
    if (row[PATH_CALLER] >= wanted)
        return INDEX_DAMAGED(error, "a call path");
    TRY(paths_child(play->summary->paths, (uint32_t)row[PATH_CALLER], name, &node, error));
    return node == wanted ? STATUS_OK : INDEX_DAMAGED(error, "a call path");
}

static enum status take_step(struct play *play, const uint64_t *row, struct error *error) {
    struct event event = {.kind = EVENT_ANNOTATION, .class_id = UINT32_MAX};
    TRY(name_at(play, row[STEP_NAME], &event.name_id, error));
    TRY(stage_push(play->target->classify, &event, error));
    play->step_classes[++play->step_count] = event.class_id; /* UINT32_MAX: no step, and no event may be in it */
    return STATUS_OK;
}

static enum status read_steps(struct play *play, struct error *error) {
    const uint64_t count = play->reader->header.parts[SECTION_STEPS].rows;
    if (count > LIMIT_STEPS)
        return INDEX_DAMAGED(error, "too many steps");
    play->step_classes = calloc(count + 1, sizeof *play->step_classes);
    if (!play->step_classes)
        return FAIL_MEMORY(error);
    if (!finds_steps(play))
        return each_row(play, SECTION_STEPS, count, take_step, error);
    play->step_count = (uint32_t)count;
    return pass_over(play, SECTION_STEPS, error);
}

static enum status take_thread(struct play *play, const uint64_t *row, struct error *error) {
    uint32_t name = NAME_NONE, process = NAME_NONE;
    TRY(name_at(play, row[THREAD_ROW], &name, error));
    TRY(name_at(play, row[THREAD_PROCESS], &process, error));
    play->threads[++play->thread_count] = (uint64_t)name << 32 | process;
    return STATUS_OK;
}

static enum status read_threads(struct play *play, struct error *error) {
    const uint64_t count = play->reader->header.parts[SECTION_THREADS].rows;
    if (count > LIMIT_TABLE_ROWS)
        return INDEX_DAMAGED(error, "too many threads");
    play->threads = calloc(count + 1, sizeof *play->threads);
    return play->threads ? each_row(play, SECTION_THREADS, count, take_thread, error) : FAIL_MEMORY(error);
}

static bool is_time(int64_t ns) {
    return ns >= -LIMIT_TIME_NS && ns <= LIMIT_TIME_NS;
}

static enum status take_annotation(struct play *play, const uint64_t *row, struct error *error) {
    const uint64_t thread = row[ANNOTATION_THREAD];
    struct event event = {
        .kind = row[ANNOTATION_ON_GPU] ? EVENT_GPU_ANNOTATION : EVENT_ANNOTATION,
        .class_id = UINT32_MAX,
        .ts_ns = sort_value_signed(row[ANNOTATION_TS]),
        .dur_ns = sort_value_signed(row[ANNOTATION_DUR]),
        .external_id = row[ANNOTATION_EXTERNAL_ID],
    };
    TRY(name_at(play, row[ANNOTATION_NAME], &event.name_id, error));
    if (!is_flag(row[ANNOTATION_ON_GPU]) || thread == 0 || thread > play->thread_count || !is_time(event.ts_ns) ||
        !is_time(event.dur_ns))
        return INDEX_DAMAGED(error, "an annotation");
    event.row = (uint32_t)(play->threads[thread] >> 32);
    event.process = (uint32_t)play->threads[thread];
    TRY(stage_push(play->target->classify, &event, error));
    return event.class_id == UINT32_MAX ? STATUS_OK : stage_push(play->target->next, &event, error);
}

static enum status check_origin(const struct play *play, const uint64_t *row, struct error *error) {
    const uint64_t nodes = play->reader->header.parts[SECTION_PATHS].rows;
    if (row[ORIGIN_KIND] >= EVENT_GPU_KINDS || row[ORIGIN_PHASE] >= PHASES || row[ORIGIN_STACK] > nodes ||
        row[ORIGIN_OP_METHOD] > OP_BY_EXTERNAL_ID || !is_flag(row[ORIGIN_LAUNCHED]))
        return INDEX_DAMAGED(error, "an origin");
    return STATUS_OK;
}

static enum status take_origin(struct play *play, const uint64_t *row, struct error *error) {
    TRY(check_origin(play, row, error));
    struct event event = {
        .kind = (enum event_kind)row[ORIGIN_KIND],
        .class_id = UINT32_MAX,
        .launched = row[ORIGIN_LAUNCHED] != 0,
        .op_method = (enum op_method)row[ORIGIN_OP_METHOD],
        .phase = (enum phase)row[ORIGIN_PHASE],
        .stack = play->target->skip_stacks ? PATH_ROOT : (uint32_t)row[ORIGIN_STACK],
    };
    TRY(name_at(play, row[ORIGIN_NAME], &event.name_id, error));
    TRY(name_at(play, row[ORIGIN_DEVICE], &event.device, error));
    TRY(name_at(play, row[ORIGIN_ROW], &event.row, error));
    TRY(name_at(play, row[ORIGIN_CPU_OP], &event.cpu_op, error));
    TRY(name_at(play, row[ORIGIN_TOP_OP], &event.top_op, error));
    TRY(stage_push(play->target->classify, &event, error));
    TRY(origins_number(play->summary->origins, &event, error));
    const uint32_t number = ++play->origin_count;
    play->numbers[number] = event.origin;
    play->devices[number] = event.device;
    if (play->origins)
        play->origins[number] = event;
    return STATUS_OK;
}

static enum status read_origins(struct play *play, struct error *error) {
    const uint64_t count = play->reader->header.parts[SECTION_ORIGINS].rows;
    if (count >= LIMIT_ORIGINS)
        return INDEX_DAMAGED(error, "too many origins");
    if (finds_steps(play))
        play->origins = calloc(count + 1, sizeof *play->origins);
    play->numbers = calloc(count + 1, sizeof *play->numbers);
    play->devices = calloc(count + 1, sizeof *play->devices);
    if ((finds_steps(play) && !play->origins) || !play->numbers || !play->devices)
        return FAIL_MEMORY(error);
    return each_row(play, SECTION_ORIGINS, count, take_origin, error);
}

static enum status take_total(struct play *play, const uint64_t *row, struct error *error) {
    return origin_totals_add(&play->totals, row, error);
}

static enum status take_bucket(struct play *play, const uint64_t *row, struct error *error) {
    const struct origin_total *complete;
    TRY(origin_totals_bucket(&play->totals, row, &complete, error));
    if (!complete)
        return STATUS_OK;
    return play->target->push_total(play->target->next, play->numbers[play->totals.at + 1], complete, error);
}

static enum status read_totals(struct play *play, struct error *error) {
    const struct index_part *parts = play->reader->header.parts;
    if (!play->target->push_total || parts[SECTION_TOTALS].rows == 0) {
        TRY(pass_over(play, SECTION_TOTALS, error));
        return pass_over(play, SECTION_BUCKETS, error);
    }
    if (parts[SECTION_TOTALS].rows != play->origin_count)
        return INDEX_DAMAGED(error, "totals");
    TRY(origin_totals_init(&play->totals, play->origin_count, parts[SECTION_EVENTS].rows, parts[SECTION_BUCKETS].rows,
                           error));
    TRY(each_row(play, SECTION_TOTALS, LIMIT_DURATION_ORIGINS - 1, take_total, error));
    TRY(origin_totals_check(&play->totals, error));
    return each_row(play, SECTION_BUCKETS, parts[SECTION_BUCKETS].rows, take_bucket, error);
}

static enum status take_op(struct play *play, const uint64_t *row, struct error *error) {
    struct event event = {
        .kind = EVENT_CPU_OP, .calls = row[OP_CALLS], .dur_ns = (int64_t)row[OP_TOTAL], .step = STEP_NONE};
    TRY(name_at(play, row[OP_NAME], &event.name_id, error));
    if (event.calls == 0 || event.dur_ns < 0)
        return INDEX_DAMAGED(error, "a cpu_op");
    return stage_push(play->target->next, &event, error);
}

static enum status play_events(struct play *play, struct error *error) {
    const struct gpu_tables tables = {
        .origins = play->origins,
        .numbers = play->numbers,
        .devices = play->devices,
        .origin_count = play->origin_count,
        .step_classes = play->step_classes,
        .step_count = play->step_count,
        .threads = play->threads,
        .thread_count = play->thread_count,
        .name_count = names_count(play->summary->names),
    };
    const struct origin_totals *totals = &play->totals;
    const struct index_part *parts = play->reader->header.parts;
    const struct gpu_section events = {&play->table, &parts[SECTION_EVENTS]};
    const struct gpu_section launches = {&play->launches, &parts[SECTION_LAUNCHES]};
    struct gpu_sums sums;
    TRY(gpu_events_play(&tables, play->target, &events, &launches, &sums, error));
    if (totals->count > 0 && (totals->ns != sums.ns || totals->step_events != sums.step_events ||
                              totals->step_ns != sums.step_ns))
        return INDEX_DAMAGED(error, "totals");
    return STATUS_OK;
}

/* What these options would make a load count that the index cannot tell. */
static enum status check_anomalies(const struct play *play, struct error *error) {
    const struct tally *tally = &play->summary->tally;
    if (play->target->skip_stacks && frames_may_count(tally))
        return FAIL(error, STATUS_LIMIT, "stacks may have had a part in the diagnostics");
    if (finds_steps(play) && !play->annotated)
        return FAIL(error, STATUS_LIMIT, "the trace has too many annotations for its index");
    if (finds_steps(play) && tally->rows[ANOMALY_DEPTH_FULL].count > 0)
        return FAIL(error, STATUS_LIMIT, "annotations may have had a part in the diagnostics");
    return STATUS_OK;
}

static enum status read_annotations(struct play *play, struct error *error) {
    if (!finds_steps(play)) {
        TRY(pass_over(play, SECTION_LAUNCHES, error));
        TRY(pass_over(play, SECTION_THREADS, error));
        return pass_over(play, SECTION_ANNOTATIONS, error);
    }
    TRY(read_threads(play, error));
    return each_row(play, SECTION_ANNOTATIONS, UINT64_MAX, take_annotation, error);
}

static enum status play_all(struct play *play, struct error *error) {
    TRY(each_row(play, SECTION_DOCUMENT, 1, take_name_bytes, error));
    if (!play->names_fit)
        return FAIL(error, STATUS_LIMIT, "too many names beside these rules");
    TRY(read_names(play, error));
    TRY(each_row(play, SECTION_DOCUMENT, 1, take_document, error));
    if (!play->summary->document.from_index)
        return INDEX_DAMAGED(error, "no document");
    TRY(each_row(play, SECTION_ANOMALIES, ANOMALY_COUNT, take_anomaly, error));
    TRY(check_anomalies(play, error));
    if (play->target->skip_stacks)
        TRY(pass_over(play, SECTION_PATHS, error));
    else
        TRY(each_row(play, SECTION_PATHS, LIMIT_PATHS - 1, take_path, error));
    TRY(read_steps(play, error));
    TRY(read_annotations(play, error));
    TRY(read_origins(play, error));
    TRY(read_totals(play, error));
    TRY(each_row(play, SECTION_CPU_OPS, play->name_count, take_op, error));
    TRY(play_events(play, error));
    return stage_flush(play->target->next, error);
}

enum status index_reader_play(struct index_reader *reader, const struct index_target *target, struct error *error) {
    struct play play = {.reader = reader, .target = target, .summary = target->summary};
    const bool ready = columns_init(&play.block, COLUMNS_MAX) &&
                       section_stream_init(&play.table, reader->descriptor, TABLE_BYTES) &&
                       section_stream_init(&play.text, reader->descriptor, TEXT_BYTES) &&
                       (!finds_steps(&play) || section_stream_init(&play.launches, reader->descriptor, LAUNCH_BYTES));
    enum status status = ready ? STATUS_OK : FAIL_MEMORY(error);
    if (status == STATUS_OK)
        status = play_all(&play, error);
    if (status != STATUS_OK)
        error_input(error, reader->path);
    columns_fini(&play.block);
    section_stream_fini(&play.table);
    section_stream_fini(&play.text);
    section_stream_fini(&play.launches);
    origin_totals_fini(&play.totals);
    free(play.threads);
    free(play.names);
    free(play.devices);
    free(play.origins);
    free(play.numbers);
    free(play.step_classes);
    return status;
}

static enum status drop(struct stage *stage, struct event *event, struct error *error) {
    (void)stage;
    (void)event;
    (void)error;
    return STATUS_OK;
}

static enum status end(struct stage *stage, struct error *error) {
    (void)stage;
    (void)error;
    return STATUS_OK;
}

static void keep(struct stage *stage) {
    (void)stage;
}

struct stage *index_discard(void) {
    static const struct stage_ops ops = {"index_discard", drop, NULL, end, keep};
    static struct stage stage = {&ops, NULL};
    return &stage;
}
