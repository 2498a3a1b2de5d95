#include "base/names.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/arena.h"
#include "base/buf.h"

struct names {
    struct arena *arena;
    struct entry {
        struct text text;
        uint64_t hash;
    } * entries;
    size_t capacity;
    uint32_t count;
    uint32_t *slots; /* open addressing: 0 is free, else an id; the length is a power of two */
    size_t slot_count;
    size_t bytes, max_bytes;
    uint64_t beyond;
    uint32_t rows, max_rows;
    uint64_t rows_beyond;
};

enum { NAMES_FIRST_SLOTS = 1024, NAMES_MAX = INT32_MAX };

static enum status add_entry(struct names *names, struct text text, uint64_t hash, struct error *error) {
    void *entries = names->entries;
    TRY(array_grow(&entries, &names->capacity, names->count + (size_t)1, sizeof *names->entries, NAMES_MAX, error));
    names->entries = entries;
    names->entries[names->count++] = (struct entry){text, hash};
    return STATUS_OK;
}

struct names *names_new(size_t max_bytes) {
    struct error error;
    struct names *names = calloc(1, sizeof *names);
    if (!names)
        return NULL;
    names->max_bytes = max_bytes;
    names->max_rows = UINT32_MAX;
    names->arena = arena_new();
    names->slot_count = NAMES_FIRST_SLOTS;
    names->slots = calloc(names->slot_count, sizeof *names->slots);
    if (!names->arena || !names->slots || add_entry(names, TEXT(""), 0, &error) != STATUS_OK ||
        add_entry(names, TEXT("(names beyond the limit)"), 0, &error) != STATUS_OK) {
        names_free(names);
        return NULL;
    }
    return names;
}

void names_free(struct names *names) {
    if (!names)
        return;
    arena_free(names->arena);
    free(names->entries);
    free(names->slots);
    free(names);
}

static uint32_t *find_slot(const struct names *names, struct text text, uint64_t hash) {
    const size_t mask = names->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &names->slots[i];
        if (*slot == 0)
            return slot;
        const struct entry *entry = &names->entries[*slot];
        if (entry->hash == hash && text_equal(entry->text, text))
            return slot;
    }
}

static enum status double_slots(struct names *names, struct error *error) {
    const size_t slot_count = names->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return FAIL_MEMORY(error);
    for (uint32_t id = NAME_FIRST; id < names->count; id++) {
        size_t i = names->entries[id].hash & (slot_count - 1);
        while (slots[i] != 0)
            i = (i + 1) & (slot_count - 1);
        slots[i] = id;
    }
    free(names->slots);
    names->slots = slots;
    names->slot_count = slot_count;
    return STATUS_OK;
}

static enum status add_name(struct names *names, struct text text, uint64_t hash, uint32_t *slot, uint32_t *id,
                            struct error *error) {
    const size_t cost = text.size + sizeof(struct entry) + 2 * sizeof(uint32_t);
    if (cost > names->max_bytes - names->bytes || names->count >= NAMES_MAX) {
        names->beyond++;
        *id = NAME_BEYOND;
        return STATUS_OK;
    }
    char *copy = arena_take(names->arena, text.size);
    if (!copy)
        return FAIL_MEMORY(error);
    memcpy(copy, text.data, text.size);
    *id = names->count;
    TRY(add_entry(names, (struct text){copy, text.size}, hash, error));
    *slot = *id;
    names->bytes += cost;
    return STATUS_OK;
}

/* *slot: the text's, or the free one where it belongs. */
static enum status look_up(struct names *names, struct text text, uint64_t *hash, uint32_t **slot,
                           struct error *error) {
    if (names->count + names->count / 2 >= names->slot_count)
        TRY(double_slots(names, error));
    *hash = XXH3_64bits(text.data, text.size);
    *slot = find_slot(names, text, *hash);
    return STATUS_OK;
}

enum status names_intern(struct names *names, struct text text, uint32_t *id, struct error *error) {
    uint64_t hash;
    uint32_t *slot;
    *id = NAME_NONE;
    if (text.size == 0)
        return STATUS_OK;
    TRY(look_up(names, text, &hash, &slot, error));
    *id = *slot;
    return *slot != 0 ? STATUS_OK : add_name(names, text, hash, slot, id, error);
}

enum status names_intern_row(struct names *names, struct text text, uint32_t *id, struct error *error) {
    uint64_t hash;
    uint32_t *slot;
    TRY(look_up(names, text, &hash, &slot, error));
    *id = *slot;
    if (*slot != 0)
        return STATUS_OK;
    if (names->rows >= names->max_rows) {
        names->rows_beyond++;
        *id = NAME_BEYOND;
        return STATUS_OK;
    }
    TRY(add_name(names, text, hash, slot, id, error));
    names->rows += *id != NAME_BEYOND;
    return STATUS_OK;
}

void names_limit_rows(struct names *names, uint32_t max_rows) {
    names->max_rows = max_rows;
}

uint64_t names_rows_beyond(const struct names *names) {
    return names->rows_beyond;
}

struct text names_get(const struct names *names, uint32_t id) {
    return names->entries[id].text;
}

uint32_t names_count(const struct names *names) {
    return names->count;
}

uint64_t names_beyond(const struct names *names) {
    return names->beyond;
}

size_t names_bytes(const struct names *names) {
    return names->bytes;
}
