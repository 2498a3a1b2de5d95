#include "index/format.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/tally.h"

const uint32_t section_columns[SECTION_TEXT] = {
    [SECTION_EVENTS] = EVENT_COLUMNS, [SECTION_LAUNCHES] = LAUNCH_COLUMNS,        [SECTION_ORIGINS] = ORIGIN_COLUMNS,
    [SECTION_TOTALS] = TOTAL_COLUMNS, [SECTION_BUCKETS] = BUCKET_COLUMNS,         [SECTION_PATHS] = PATH_COLUMNS,
    [SECTION_STEPS] = STEP_COLUMNS,   [SECTION_ANNOTATIONS] = ANNOTATION_COLUMNS, [SECTION_THREADS] = THREAD_COLUMNS,
    [SECTION_CPU_OPS] = OP_COLUMNS,   [SECTION_ANOMALIES] = ANOMALY_COLUMNS,      [SECTION_DOCUMENT] = DOCUMENT_COLUMNS,
    [SECTION_NAMES] = NAME_COLUMNS,
};

uint64_t index_diagnostics(void) {
    uint64_t hash = 0;
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        const char *code = anomaly_get((enum anomaly)i)->code;
        hash = XXH3_64bits_withSeed(code, strlen(code), hash);
    }
    return hash;
}

void index_header_init(struct index_header *header) {
    *header = (struct index_header){
        .version = INDEX_VERSION, .byte_order = INDEX_BYTE_ORDER, .diagnostics = index_diagnostics()};
    memcpy(header->magic, INDEX_MAGIC, sizeof header->magic);
    snprintf(header->tool, sizeof header->tool, "%s", TRACECMP_VERSION);
}

uint64_t index_header_hash(const struct index_header *header) {
    return XXH3_64bits(header, offsetof(struct index_header, hash));
}
