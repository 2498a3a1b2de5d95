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

static inline void extend(struct period *period, int64_t first_ns, int64_t last_ns, uint64_t first_byte, uint64_t count,
                          int64_t dur_ns) {
    period->first_ns = first_ns < period->first_ns ? first_ns : period->first_ns;
    period->last_ns = last_ns > period->last_ns ? last_ns : period->last_ns;
    period->first_byte = first_byte < period->first_byte ? first_byte : period->first_byte;
    period->count += count;
    period->dur_ns += dur_ns;
}

static void merge(struct period *into, const struct period *from) {
    extend(into, from->first_ns, from->last_ns, from->first_byte, from->count, from->dur_ns);
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

/* Not into the window of the event before. Seldom: kept apart from what is short. */
__attribute__((noinline)) static enum status add_elsewhere(struct periods *periods, const struct period *one,
                                                           struct error *error) {
    const int side = one->clock != 0;
    bool fits = false;
    TRY(put(periods, one, &fits, error));
    while (!fits) {
        TRY(widen(periods, error));
        TRY(put(periods, one, &fits, error));
    }
    periods->last_key[side] = key_of(periods, one->clock, one->first_ns);
    periods->last_position[side] = *map_find(periods->index, periods->last_key[side]);
    return STATUS_OK;
}

enum status periods_add(struct periods *periods, uint32_t clock, int64_t ts_ns, int64_t dur_ns, uint64_t byte,
                        struct error *error) {
    const uint64_t position = periods->last_position[clock != 0];
    if (position > 0 && periods->last_key[clock != 0] == key_of(periods, clock, ts_ns)) {
        extend(&periods->items[position - 1], ts_ns, ts_ns, byte, 1, dur_ns);
        return STATUS_OK;
    }
    return add_elsewhere(periods, &(struct period){clock, ts_ns, ts_ns, 1, byte, dur_ns, 0, false}, error);
}

const struct period *periods_find(const struct periods *periods, uint32_t clock, int64_t ts_ns) {
    const uint64_t *position = map_find(periods->index, key_of(periods, clock, ts_ns));
    return position ? &periods->items[*position - 1] : NULL;
}
