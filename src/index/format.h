/* The index file, as FORMAT.md describes it. */
#ifndef TRACECMP_FORMAT_H
#define TRACECMP_FORMAT_H

#include "index/identity.h"

/* Raised whenever what is stored, or what it means, changes. */
enum { INDEX_VERSION = 1, INDEX_BYTE_ORDER = 0x01020304 };

#define INDEX_MAGIC "TRACEIDX"

enum index_section {
    SECTION_EVENTS,
    SECTION_ORIGINS,
    SECTION_PATHS,
    SECTION_STEPS,
    SECTION_CPU_OPS,
    SECTION_ANOMALIES,
    SECTION_DOCUMENT,
    SECTION_NAMES,
    SECTION_TEXT, /* the bytes of all names; every other section is a table */
    SECTIONS,
};

enum { EVENT_TS, EVENT_DUR, EVENT_ORIGIN, EVENT_STEP, EVENT_COLUMNS };
enum {
    ORIGIN_NAME,
    ORIGIN_KIND,
    ORIGIN_DEVICE,
    ORIGIN_ROW,
    ORIGIN_CPU_OP,
    ORIGIN_TOP_OP,
    ORIGIN_STACK,
    ORIGIN_PHASE,
    ORIGIN_OP_METHOD,
    ORIGIN_LAUNCHED,
    ORIGIN_COLUMNS,
};
enum { PATH_CALLER, PATH_NAME, PATH_COLUMNS };
enum { STEP_NAME, STEP_COLUMNS };
enum { OP_NAME, OP_CALLS, OP_TOTAL, OP_COLUMNS };
enum { ANOMALY_CODE, ANOMALY_TIMES, ANOMALY_HAS_BYTE, ANOMALY_BYTE, ANOMALY_COLUMNS };
enum {
    DOCUMENT_BYTES,
    DOCUMENT_BYTES_UNCOMPRESSED,
    DOCUMENT_COMPRESSION,
    DOCUMENT_ITEMS,
    DOCUMENT_COMPLETE,
    DOCUMENT_SAYS_AMD,
    DOCUMENT_SAYS_NVIDIA,
    DOCUMENT_LAUNCHES_AMD,
    DOCUMENT_LAUNCHES_NVIDIA,
    DOCUMENT_DEVICE_ENTRIES,
    DOCUMENT_DEVICE,
    DOCUMENT_DEVICE_NAME,
    DOCUMENT_MAJOR,
    DOCUMENT_MINOR,
    DOCUMENT_TOTAL_MEMORY,
    DOCUMENT_SM_COUNT,
    DOCUMENT_WARP_SIZE,
    DOCUMENT_NAME_BYTES,
    DOCUMENT_COLUMNS,
};
enum { NAME_LENGTH, NAME_COLUMNS };

extern const uint32_t section_columns[SECTION_TEXT];

struct index_part {
    uint64_t offset, length, rows, hash; /* hash: XXH3 of the length bytes */
};

struct index_header {
    char magic[8];
    uint32_t version, byte_order;
    char tool[16]; /* version of the program, zeros behind it */
    struct identity source;
    uint64_t file_bytes;
    struct index_part parts[SECTIONS];
    uint64_t hash; /* XXH3 of the header up to here */
};

_Static_assert(sizeof(struct index_header) == 32 + 40 + 8 + 32 * SECTIONS + 8, "the header has no gaps");

#endif
