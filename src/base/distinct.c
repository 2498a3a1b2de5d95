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

static bool are_same(const uint64_t *a, const uint64_t *b, size_t words) {
    for (size_t i = 0; i < words; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

static uint32_t *find_slot(const struct distinct *distinct, const uint64_t *record) {
    const size_t mask = distinct->slot_count - 1;
    uint64_t hash = 0;
    for (size_t i = 0; i < distinct->words; i++)
        hash = hash_add(hash, record[i]);
    size_t i = (size_t)hash & mask;
    while (distinct->slots[i] != 0 &&
           !are_same(distinct_get(distinct, distinct->slots[i] - 1), record, distinct->words))
        i = (i + 1) & mask;
    return &distinct->slots[i];
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

static enum status add(struct distinct *distinct, const uint64_t *record, struct error *error) {
    void *items = distinct->items;
    TRY(array_grow(&items, &distinct->capacity, distinct->count + (size_t)1, distinct->words * sizeof *record,
                   distinct->most, error));
    distinct->items = items;
    memcpy(distinct->items + distinct->count * distinct->words, record, distinct->words * sizeof *record);
    distinct->count++;
    return 2 * (size_t)distinct->count > distinct->slot_count ? double_slots(distinct, error) : STATUS_OK;
}

enum status distinct_number(struct distinct *distinct, const void *record, uint32_t *number, struct error *error) {
    uint32_t *slot = find_slot(distinct, record);
    const bool is_new = *slot == 0, has_room = distinct->count < distinct->most;
    *number = !is_new ? *slot - 1 : has_room ? distinct->count : DISTINCT_NONE;
    if (!is_new || !has_room)
        return STATUS_OK;
    *slot = distinct->count + 1;
    return add(distinct, record, error);
}
