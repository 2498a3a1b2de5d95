#include "resolve/periods.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

enum { FIRST_SHIFT = 44 }; /* 4.9 hours: a trace mostly has one window or two */

bool periods_init(struct periods *periods) {
    *periods = (struct periods){.shift = FIRST_SHIFT, .index = map_new(LIMIT_PERIODS)};
    return periods->index;
}

void periods_fini(struct periods *periods) {
    map_free(periods->index);
    free(periods->items);
    *periods = (struct periods){0};
}

static uint64_t key_of(const struct periods *periods, uint32_t clock, int64_t ts_ns) {
    return (uint64_t)clock << 32 | (uint32_t)(ts_ns >> periods->shift);
}

static void merge(struct period *into, const struct period *from) {
    into->first_ns = from->first_ns < into->first_ns ? from->first_ns : into->first_ns;
    into->last_ns = from->last_ns > into->last_ns ? from->last_ns : into->last_ns;
    into->first_byte = from->first_byte < into->first_byte ? from->first_byte : into->first_byte;
    into->count += from->count;
    into->dur_ns += from->dur_ns;
}

/* Adds what a window has, as long as there is room. */
static enum status put(struct periods *periods, const struct period *period, bool *fits, struct error *error) {
    uint64_t *position;
    TRY(map_at(periods->index, key_of(periods, period->clock, period->first_ns), &position, error));
    *fits = position != NULL;
    if (!position)
        return STATUS_OK;
    if (*position != 0) {
        merge(&periods->items[*position - 1], period);
        return STATUS_OK;
    }
    void *items = periods->items;
    TRY(array_grow(&items, &periods->capacity, periods->count + 1, sizeof *period, LIMIT_PERIODS, error));
    periods->items = items;
    periods->items[periods->count++] = *period;
    *position = periods->count;
    return STATUS_OK;
}

/* Windows of twice the width: two of them become one. */
static enum status widen(struct periods *periods, struct error *error) {
    struct map *index = map_new(LIMIT_PERIODS);
    if (!index)
        return FAIL_MEMORY(error);
    map_free(periods->index);
    periods->index = index;
    periods->shift++;
    const size_t count = periods->count;
    periods->count = 0;
    for (size_t i = 0; i < count; i++) { /* none lands behind where it lay */
        const struct period period = periods->items[i];
        bool fits;
        TRY(put(periods, &period, &fits, error));
    }
    periods->last_position[0] = periods->last_position[1] = 0;
    return STATUS_OK;
}

enum status periods_add(struct periods *periods, uint32_t clock, int64_t ts_ns, int64_t dur_ns, uint64_t byte,
                        struct error *error) {
    const struct period one = {clock, ts_ns, ts_ns, 1, byte, dur_ns, 0, false};
    const int side = clock != 0;
    uint64_t key = key_of(periods, clock, ts_ns);
    if (periods->last_position[side] > 0 && periods->last_key[side] == key) {
        merge(&periods->items[periods->last_position[side] - 1], &one);
        return STATUS_OK;
    }
    bool fits = false;
    TRY(put(periods, &one, &fits, error));
    while (!fits) {
        TRY(widen(periods, error));
        TRY(put(periods, &one, &fits, error));
    }
    key = key_of(periods, clock, ts_ns);
    periods->last_key[side] = key;
    periods->last_position[side] = *map_find(periods->index, key);
    return STATUS_OK;
}

const struct period *periods_find(const struct periods *periods, uint32_t clock, int64_t ts_ns) {
    const uint64_t *position = map_find(periods->index, key_of(periods, clock, ts_ns));
    return position ? &periods->items[*position - 1] : NULL;
}
