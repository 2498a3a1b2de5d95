#include "flow/origins.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"

enum { CHUNK_ORIGINS = 1024, CHUNKS = LIMIT_ORIGINS / CHUNK_ORIGINS };

struct origins {
    struct origin *chunks[CHUNKS]; /* owned, as slots; none moves. The first of the first, ORIGIN_NONE, is none */
    uint32_t count;
    uint32_t *slots; /* open addressing: 0 is free, else a number; the length is a power of two */
    size_t slot_count;
    uint64_t beyond;
};

enum { ORIGINS_FIRST_SLOTS = 1024, ORIGIN_WORDS = sizeof(struct origin) / sizeof(uint64_t) };

_Static_assert(sizeof(struct origin) % sizeof(uint64_t) == 0, "an origin is compared and hashed by words");

static struct origin *item(const struct origins *origins, uint32_t number) {
    return &origins->chunks[number / CHUNK_ORIGINS][number % CHUNK_ORIGINS];
}

static enum status add_origin(struct origins *origins, const struct origin *origin, struct error *error) {
    struct origin **chunk = &origins->chunks[origins->count / CHUNK_ORIGINS];
    if (!*chunk)
        *chunk = malloc(CHUNK_ORIGINS * sizeof **chunk);
    if (!*chunk)
        return FAIL_MEMORY(error);
    *item(origins, origins->count++) = *origin;
    return STATUS_OK;
}

struct origins *origins_new(void) {
    struct error error;
    struct origins *origins = calloc(1, sizeof *origins);
    if (!origins)
        return NULL;
    origins->slot_count = ORIGINS_FIRST_SLOTS;
    origins->slots = calloc(origins->slot_count, sizeof *origins->slots);
    if (!origins->slots || add_origin(origins, &(struct origin){0}, &error) != STATUS_OK) {
        origins_free(origins);
        return NULL;
    }
    return origins;
}

void origins_free(struct origins *origins) {
    if (!origins)
        return;
    for (size_t i = 0; i < CHUNKS; i++)
        free(origins->chunks[i]);
    free(origins->slots);
    free(origins);
}

static size_t hash_of(const struct origin *origin) {
    uint64_t words[ORIGIN_WORDS], hash = 0;
    memcpy(words, origin, sizeof words);
    for (size_t i = 0; i < ORIGIN_WORDS; i++)
        hash = hash_add(hash, words[i]);
    return (size_t)hash;
}

static uint32_t *find_slot(const struct origins *origins, const struct origin *origin) {
    const size_t mask = origins->slot_count - 1;
    size_t i = hash_of(origin) & mask;
    while (origins->slots[i] != 0 && memcmp(item(origins, origins->slots[i]), origin, sizeof *origin) != 0)
        i = (i + 1) & mask;
    return &origins->slots[i];
}

static enum status double_slots(struct origins *origins, struct error *error) {
    const size_t slot_count = origins->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return FAIL_MEMORY(error);
    free(origins->slots);
    origins->slots = slots;
    origins->slot_count = slot_count;
    for (uint32_t number = 1; number < origins->count; number++)
        *find_slot(origins, item(origins, number)) = number;
    return STATUS_OK;
}

enum status origins_number(struct origins *origins, struct event *event, struct error *error) {
    const struct origin origin = {
        .class_id = event->class_id,
        .name_id = event->name_id,
        .device = event->device,
        .row = event->row,
        .cpu_op = event->cpu_op,
        .top_op = event->top_op,
        .stack = event->stack,
        .kind = (uint8_t)event->kind,
        .phase = (uint8_t)event->phase,
        .op_method = (uint8_t)event->op_method,
        .launched = event->launched,
    };
    uint32_t *slot = find_slot(origins, &origin);
    event->origin = *slot;
    if (*slot != 0)
        return STATUS_OK;
    if (origins->count >= LIMIT_ORIGINS) {
        origins->beyond++;
        return STATUS_OK;
    }
    event->origin = origins->count;
    *slot = origins->count;
    TRY(add_origin(origins, &origin, error));
    return 2 * (size_t)origins->count > origins->slot_count ? double_slots(origins, error) : STATUS_OK;
}

struct event origins_event(const struct origins *origins, uint32_t number) {
    const struct origin *origin = item(origins, number);
    return (struct event){
        .kind = (enum event_kind)origin->kind,
        .name_id = origin->name_id,
        .class_id = origin->class_id,
        .device = origin->device,
        .row = origin->row,
        .launched = origin->launched,
        .op_method = (enum op_method)origin->op_method,
        .cpu_op = origin->cpu_op,
        .top_op = origin->top_op,
        .stack = origin->stack,
        .phase = (enum phase)origin->phase,
        .step = STEP_NONE,
        .origin = number,
    };
}

const struct origin *origins_get(const struct origins *origins, uint32_t number) {
    return item(origins, number);
}
uint32_t origins_count(const struct origins *origins) {
    return origins->count;
}
uint64_t origins_beyond(const struct origins *origins) {
    return origins->beyond;
}
