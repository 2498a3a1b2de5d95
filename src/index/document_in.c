#include "index/document_in.h"

#include <string.h>

#include "base/limits.h"
#include "index/row_values.h"

enum { EXTRA_NAME_BYTES = 1 << 16 }; /* texts of the index that are no names of the trace: codes and a device */

struct room { /* for names */
    const struct names *names;
    bool enough;
};

static enum status take_name_bytes(void *self, const uint64_t *row, struct error *error) {
    struct room *room = self;
    (void)error;
    const uint64_t bytes = row[DOCUMENT_NAME_BYTES];
    room->enough = bytes <= LIMIT_NAME_BYTES && bytes + names_bytes(room->names) + EXTRA_NAME_BYTES <= LIMIT_NAME_BYTES;
    return STATUS_OK;
}

enum status document_in_check_names(struct table_in *table, const struct names *names, struct error *error) {
    struct room room = {.names = names};
    TRY(table_in_each(table, SECTION_DOCUMENT, 1, take_name_bytes, &room, error));
    return room.enough ? STATUS_OK : FAIL(error, STATUS_LIMIT, "too many names beside these rules");
}

struct reading {
    const struct names_in *names;
    struct summary *summary;
    bool finds_steps;
    bool annotated; /* the index holds the annotations of its trace */
};

static enum status take_device(const struct reading *reading, const uint64_t *row, struct error *error) {
    struct device_properties *device = &reading->summary->document.device;
    uint32_t name = NAME_NONE;
    TRY(names_in_get(reading->names, row[DOCUMENT_DEVICE_NAME], &name, error));
    const struct text text = names_get(reading->summary->names, name);
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

static bool is_sound(const uint64_t *row) {
    for (int i = DOCUMENT_COMPLETE; i <= DOCUMENT_LAUNCHES_NVIDIA; i++)
        if (!is_flag(row[i]))
            return false;
    return is_flag(row[DOCUMENT_ANNOTATED]) && row[DOCUMENT_COMPRESSION] <= READ_ZSTD &&
           row[DOCUMENT_DEVICE_ENTRIES] <= UINT32_MAX;
}

static enum status take_document(void *self, const uint64_t *row, struct error *error) {
    struct reading *reading = self;
    struct document *document = &reading->summary->document;
    if (!is_sound(row))
        return INDEX_DAMAGED(error, "the document");
    reading->annotated = row[DOCUMENT_ANNOTATED] != 0;
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
    return take_device(reading, row, error);
}

/* ANOMALY_COUNT: none has this code. */
static int anomaly_of(struct text code) {
    int i = 0;
    while (i < ANOMALY_COUNT && !text_equal(text_from(anomaly_get((enum anomaly)i)->code), code))
        i++;
    return i;
}

static enum status take_anomaly(void *self, const uint64_t *row, struct error *error) {
    const struct reading *reading = self;
    struct tally one = {0};
    uint32_t code = NAME_NONE;
    TRY(names_in_get(reading->names, row[ANOMALY_CODE], &code, error));
    const int i = anomaly_of(names_get(reading->summary->names, code));
    if (i == ANOMALY_STEP_EMPTY && reading->finds_steps)
        return STATUS_OK; /* counted anew */
    if (i == ANOMALY_COUNT || !is_flag(row[ANOMALY_HAS_BYTE]) || row[ANOMALY_GPU] > INT64_MAX ||
        anomaly_get((enum anomaly)i)->severity >= SEVERITY_DATA_LOSS)
        return INDEX_DAMAGED(error, "an anomaly");
    one.rows[i].count = row[ANOMALY_TIMES];
    one.rows[i].has_byte = row[ANOMALY_HAS_BYTE] != 0;
    one.rows[i].first_byte = row[ANOMALY_BYTE];
    one.rows[i].gpu_ns = (int64_t)row[ANOMALY_GPU];
    tally_merge(&reading->summary->tally, &one);
    return STATUS_OK;
}

/* Frames may have had a part in these; without them a load would count anew. */
static bool frames_may_count(const struct tally *tally) {
    return tally->rows[ANOMALY_BAD_TEXT].count > 0 || tally->rows[ANOMALY_NAME_CUT].count > 0 ||
           tally->rows[ANOMALY_DEPTH_FULL].count > 0 || tally->rows[ANOMALY_PATHS_FULL].count > 0 ||
           tally->rows[ANOMALY_BAD_DURATION].count > 0;
}

static enum status check_anomalies(const struct reading *reading, bool skip_stacks, struct error *error) {
    const struct tally *tally = &reading->summary->tally;
    if (skip_stacks && frames_may_count(tally))
        return FAIL(error, STATUS_LIMIT, "stacks may have had a part in the diagnostics");
    if (reading->finds_steps && !reading->annotated)
        return FAIL(error, STATUS_LIMIT, "the trace has too many annotations for its index");
    if (reading->finds_steps && tally->rows[ANOMALY_DEPTH_FULL].count > 0)
        return FAIL(error, STATUS_LIMIT, "annotations may have had a part in the diagnostics");
    return STATUS_OK;
}

enum status document_in_read(struct table_in *table, const struct names_in *names, const struct index_target *target,
                             struct error *error) {
    struct reading reading = {
        .names = names, .summary = target->summary, .finds_steps = index_target_finds_steps(target)};
    TRY(table_in_each(table, SECTION_DOCUMENT, 1, take_document, &reading, error));
    if (!target->summary->document.from_index)
        return INDEX_DAMAGED(error, "no document");
    TRY(table_in_each(table, SECTION_ANOMALIES, ANOMALY_COUNT, take_anomaly, &reading, error));
    return check_anomalies(&reading, target->skip_stacks, error);
}
