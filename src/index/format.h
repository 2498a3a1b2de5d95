/* The index file, as FORMAT.md describes it. */
#ifndef TRACECMP_FORMAT_H
#define TRACECMP_FORMAT_H

#include "base/error.h"
#include "index/identity.h"
#include "index/sections.h"

/* Raised whenever what is stored, or what it means, changes. */
enum { INDEX_VERSION = 6, INDEX_BYTE_ORDER = 0x01020304 };

#define INDEX_MAGIC "TRACEIDX"

/* What is wrong with an index, for those who wonder why its trace is read. */
#define INDEX_DAMAGED(error, what)                                                                                     \
    FAIL((error), STATUS_BAD_INDEX, "the index is damaged (" what "); the trace is read instead")

struct index_part {
    uint64_t offset, length, rows, hash; /* hash: XXH3 of the length bytes */
};

struct index_header {
    char magic[8];
    uint32_t version, byte_order;
    char tool[16];        /* version of the program, zeros behind it */
    uint64_t diagnostics; /* index_diagnostics */
    struct identity source;
    uint64_t file_bytes;
    struct index_part parts[SECTIONS];
    uint64_t hash; /* XXH3 of the header up to here */
};

_Static_assert(sizeof(struct index_header) == 40 + 40 + 8 + 32 * SECTIONS + 8, "the header has no gaps");

/* A header of this program, all else of it 0: what comes before `source` is the same in every one of its indexes. */
void index_header_init(struct index_header *header);
/* What its `hash` must be. */
uint64_t index_header_hash(const struct index_header *header);
/* XXH3 of the codes of all diagnostics: a program that counts others is of another version. */
uint64_t index_diagnostics(void);

#endif
