#include "base/distinct.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 256 };

bool distinct_init(struct distinct *distinct, size_t words, uint32_t most) {
    *distinct = (struct distinct){.words = words, .most = most, .slot_count = FIRST_SLOTS};
    distinct->slots = calloc(distinct->slot_count, sizeof *distinct->slots);
    return distinct->slots;
}

void distinct_fini(struct distinct *distinct) {
    free(distinct->items);
    free(distinct->slots);
    *distinct = (struct distinct){0};
}

static inline bool are_same(const uint64_t *a, const uint64_t *b, size_t words) {
    for (size_t i = 0; i < words; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

__attribute__((always_inline)) static inline uint32_t *find_slot_of(const struct distinct *distinct,
                                                                    const uint64_t *record, size_t words) {
    const size_t mask = distinct->slot_count - 1;
    uint64_t hash = 0;
    for (size_t i = 0; i < words; i++)
        hash = hash_add(hash, record[i]);
    size_t i = (size_t)hash & mask;
    while (distinct->slots[i] != 0 && !are_same(distinct->items + (distinct->slots[i] - 1) * words, record, words))
        i = (i + 1) & mask;
    return &distinct->slots[i];
}

/* The usual sizes have code of their own. */
static uint32_t *find_slot(const struct distinct *distinct, const uint64_t *record) {
    switch (distinct->words) {
    case 2:
        return find_slot_of(distinct, record, 2);
    case 4:
        return find_slot_of(distinct, record, 4);
    default:
        return find_slot_of(distinct, record, distinct->words);
    }
}

static enum status double_slots(struct distinct *distinct, struct error *error) {
    uint32_t *slots = calloc(distinct->slot_count * 2, sizeof *slots);
    if (!slots)
        return FAIL_MEMORY(error);
    free(distinct->slots);
    distinct->slots = slots;
    distinct->slot_count *= 2;
    for (uint32_t number = 0; number < distinct->count; number++)
        *find_slot(distinct, distinct_get(distinct, number)) = number + 1;
    return STATUS_OK;
}

__attribute__((noinline)) static enum status add(struct distinct *distinct, const uint64_t *record, uint32_t *slot,
                                                 struct error *error) {
    void *items = distinct->items;
    TRY(array_grow(&items, &distinct->capacity, distinct->count + (size_t)1, distinct->words * sizeof *record,
                   distinct->most, error));
    distinct->items = items;
    memcpy(distinct->items + distinct->count * distinct->words, record, distinct->words * sizeof *record);
    *slot = ++distinct->count;
    return 2 * (size_t)distinct->count > distinct->slot_count ? double_slots(distinct, error) : STATUS_OK;
}

enum status distinct_number(struct distinct *distinct, const void *record, uint32_t *number, struct error *error) {
    uint32_t *slot = find_slot(distinct, record);
    *number = *slot - 1;
    if (*slot != 0)
        return STATUS_OK;
    const bool has_room = distinct->count < distinct->most;
    *number = has_room ? distinct->count : DISTINCT_NONE;
    return has_room ? add(distinct, record, slot, error) : STATUS_OK;
}
