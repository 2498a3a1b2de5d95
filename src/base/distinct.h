/* Distinct records of a fixed number of words, each once, by a small number: from 0, in the order of first sight. */
#ifndef TRACECMP_DISTINCT_H
#define TRACECMP_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct distinct {
    size_t words;
    uint64_t *items; /* owned, as slots; one behind the other */
    size_t capacity;
    uint32_t count, most;
    uint32_t *slots; /* open addressing: 0 is free, else a number + 1; the length is a power of two */
    size_t slot_count;
};

bool distinct_init(struct distinct *distinct, size_t words, uint32_t most); /* false: no memory; fini all the same */
void distinct_fini(struct distinct *distinct);
/* *number of the record (`words` words); of a new one that would be one more than `most`: DISTINCT_NONE. */
enum { DISTINCT_NONE = INT32_MAX };
enum status distinct_number(struct distinct *distinct, const void *record, uint32_t *number,
                            struct error *error) CHECKED;

/* Borrowed until the next distinct_number. */
static inline const void *distinct_get(const struct distinct *distinct, uint32_t number) {
    return distinct->items + number * distinct->words;
}

#endif
