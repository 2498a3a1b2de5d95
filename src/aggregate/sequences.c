#include "aggregate/sequences.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/buf.h"
#include "base/column_loop.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"

struct gathered { /* events, column by column */
    int64_t *ts_ns, *dur_ns;
    uint32_t *places;
};

struct open_sequence {
    bool open;
    uint32_t step;
    uint64_t used; /* when its last events came */
    struct gathered events;
    size_t count, capacity;
};

enum { OPEN_SEQUENCES = 1 + LIMIT_OPEN_STEPS }; /* the first is that of no step */

struct sequences {
    struct names *names;           /* borrowed */
    const struct classes *classes; /* borrowed */
    struct sequence_taker taker;
    bool begun;
    uint32_t device;
    uint64_t clock; /* runs of events so far */
    struct open_sequence open[OPEN_SEQUENCES];
    struct sequence_pool pool;
    uint32_t *pool_places; /* of the pool's positions, as their times, which they get when they are handed over */
    int64_t *pool_times_ns;
    size_t position_capacity, place_capacity, time_capacity, sequence_capacity;
    struct map *known;      /* hash -> index in the pool + 1 */
    struct position *kinds; /* by place, without time */
    size_t kind_count, kind_capacity;
    bool too_many_kinds;
    struct map *kind_index; /* hash, or what follows it where that was taken -> place + 1 */
    int64_t beyond_ns;
};

struct sequences *sequences_new(struct names *names, const struct classes *classes, struct sequence_taker taker) {
    struct sequences *sequences = calloc(1, sizeof *sequences);
    if (!sequences)
        return NULL;
    *sequences = (struct sequences){.names = names, .classes = classes, .taker = taker};
    sequences->known = map_new(LIMIT_SEQUENCE_POSITIONS);
    sequences->kind_index = map_new(LIMIT_SEQUENCE_PLACES);
    if (sequences->known && sequences->kind_index)
        return sequences;
    sequences_free(sequences);
    return NULL;
}

void sequences_free(struct sequences *sequences) {
    if (!sequences)
        return;
    for (int i = 0; i < OPEN_SEQUENCES; i++) {
        free(sequences->open[i].events.ts_ns);
        free(sequences->open[i].events.dur_ns);
        free(sequences->open[i].events.places);
    }
    free(sequences->pool.positions);
    free(sequences->pool.sequences);
    free(sequences->pool_places);
    free(sequences->pool_times_ns);
    free(sequences->kinds);
    map_free(sequences->known);
    map_free(sequences->kind_index);
    free(sequences);
}

enum { POSITION_WORDS = 2 };

_Static_assert(sizeof(struct position) == sizeof(int64_t) + POSITION_WORDS * sizeof(uint64_t), "no gaps");

static void words_of(const struct position *position, uint64_t words[POSITION_WORDS]) {
    memcpy(words, (const char *)position + offsetof(struct position, class_id), POSITION_WORDS * sizeof *words);
}

static bool same_position(const struct position *a, const struct position *b) {
    uint64_t left[POSITION_WORDS], right[POSITION_WORDS];
    words_of(a, left);
    words_of(b, right);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
}

enum status sequences_place(struct sequences *sequences, const struct position *position, uint32_t *place,
                            struct error *error) {
    uint64_t words[POSITION_WORDS], *known;
    words_of(position, words);
    for (uint64_t hash = hash_add(hash_add(0, words[0]), words[1]);; hash++) {
        TRY(map_at(sequences->kind_index, hash, &known, error));
        *place = known && *known > 0 ? (uint32_t)*known - 1 : SEQUENCE_NO_PLACE;
        if (!known || *known == 0 || same_position(&sequences->kinds[*place], position))
            break;
    }
    sequences->too_many_kinds = sequences->too_many_kinds || !known;
    if (!known || *known > 0)
        return STATUS_OK;
    void *kinds = sequences->kinds;
    TRY(array_grow(&kinds, &sequences->kind_capacity, sequences->kind_count + 1, sizeof *sequences->kinds,
                   LIMIT_SEQUENCE_PLACES, error));
    sequences->kinds = kinds;
    sequences->kinds[sequences->kind_count] = *position;
    *place = (uint32_t)sequences->kind_count++;
    *known = sequences->kind_count;
    return STATUS_OK;
}

int64_t sequences_beyond_ns(const struct sequences *sequences) {
    return sequences->beyond_ns;
}

/* Adds the times when the sequence is the one at `index`. */
COLUMN_LOOP static bool add_instance(struct sequences *sequences, size_t index, const struct gathered *events,
                                     size_t count) {
    struct sequence *sequence = &sequences->pool.sequences[index];
    int64_t *const times_ns = sequences->pool_times_ns + sequence->first;
    if (sequence->count != count ||
        memcmp(sequences->pool_places + sequence->first, events->places, count * sizeof *events->places) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        times_ns[i] += events->dur_ns[i];
    sequence->instances++;
    return true;
}

static enum status hand_over(struct sequences *sequences, struct error *error) {
    struct sequence_pool *pool = &sequences->pool;
    if (pool->sequence_count == 0)
        return STATUS_OK;
    for (size_t i = 0; i < pool->position_count; i++)
        pool->positions[i].total_ns = sequences->pool_times_ns[i];
    TRY(sequences->taker.take(sequences->taker.self, pool, error));
    pool->position_count = pool->sequence_count = 0;
    map_free(sequences->known);
    sequences->known = map_new(LIMIT_SEQUENCE_POSITIONS);
    return sequences->known ? STATUS_OK : FAIL_MEMORY(error);
}

static enum status make_pool_room(struct sequences *sequences, size_t count, struct error *error) {
    struct sequence_pool *pool = &sequences->pool;
    void *positions = pool->positions, *places = sequences->pool_places, *times_ns = sequences->pool_times_ns;
    void *items = pool->sequences;
    TRY(array_grow(&positions, &sequences->position_capacity, pool->position_count + count, sizeof *pool->positions,
                   LIMIT_SEQUENCE_POSITIONS, error));
    pool->positions = positions;
    TRY(array_grow(&places, &sequences->place_capacity, pool->position_count + count, sizeof *sequences->pool_places,
                   LIMIT_SEQUENCE_POSITIONS, error));
    sequences->pool_places = places;
    TRY(array_grow(&times_ns, &sequences->time_capacity, pool->position_count + count, sizeof *sequences->pool_times_ns,
                   LIMIT_SEQUENCE_POSITIONS, error));
    sequences->pool_times_ns = times_ns;
    TRY(array_grow(&items, &sequences->sequence_capacity, pool->sequence_count + 1, sizeof *pool->sequences,
                   LIMIT_SEQUENCE_POSITIONS, error));
    pool->sequences = items;
    return STATUS_OK;
}

static enum status add_sequence(struct sequences *sequences, uint64_t hash, const struct gathered *events, size_t count,
                                struct error *error) {
    struct sequence_pool *pool = &sequences->pool;
    if (pool->position_count + count > LIMIT_SEQUENCE_POSITIONS)
        TRY(hand_over(sequences, error));
    TRY(make_pool_room(sequences, count, error));
    const size_t first = pool->position_count;
    pool->sequences[pool->sequence_count++] = (struct sequence){hash, 1, (uint32_t)first, (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        pool->positions[first + i] = sequences->kinds[events->places[i]];
        sequences->pool_times_ns[first + i] = events->dur_ns[i];
        sequences->pool_places[first + i] = events->places[i];
    }
    pool->position_count += count;
    return STATUS_OK;
}

static void drop_first(struct open_sequence *open, size_t count) {
    struct gathered *events = &open->events;
    open->count -= count;
    memmove(events->ts_ns, events->ts_ns + count, open->count * sizeof *events->ts_ns);
    memmove(events->dur_ns, events->dur_ns + count, open->count * sizeof *events->dur_ns);
    memmove(events->places, events->places + count, open->count * sizeof *events->places);
}

/* Files the first `count` events of an open sequence; the others stay. */
static enum status file_events(struct sequences *sequences, struct open_sequence *open, size_t count,
                               struct error *error) {
    if (count == 0)
        return STATUS_OK;
    const uint64_t hash = XXH3_64bits(open->events.places, count * sizeof *open->events.places);
    const uint64_t *known = map_find(sequences->known, hash);
    if (!known || !add_instance(sequences, *known - 1, &open->events, count)) {
        TRY(add_sequence(sequences, hash, &open->events, count, error));
        uint64_t *index;
        TRY(map_at(sequences->known, hash, &index, error));
        if (index)
            *index = sequences->pool.sequence_count;
    }
    drop_first(open, count);
    return STATUS_OK;
}

static const struct position *kind_of(const struct sequences *sequences, const struct open_sequence *open, size_t i) {
    return &sequences->kinds[open->events.places[i]];
}

static struct text operation_of(const struct sequences *sequences, const struct open_sequence *open, size_t i) {
    return names_get(sequences->names, sequences->classes->kernels[kind_of(sequences, open, i)->class_id].operation);
}

/* Where a full sequence is cut best: before the last embedding, after the last sampling, else at the widest pause;
 * always in its second half. */
static size_t best_cut(const struct sequences *sequences, const struct open_sequence *open) {
    size_t sampling = 0, pause = open->count;
    int64_t widest_ns = INT64_MIN;
    const struct gathered *events = &open->events;
    for (size_t i = open->count - 1; i > open->count / 2; i--) {
        const bool embeds = text_equal(operation_of(sequences, open, i), TEXT("Embedding"));
        if (embeds && !text_equal(operation_of(sequences, open, i - 1), TEXT("Embedding")))
            return i;
        if (sampling == 0 && text_equal(operation_of(sequences, open, i - 1), TEXT("Sampling")))
            sampling = i;
        const int64_t pause_ns = events->ts_ns[i] - events->ts_ns[i - 1] - events->dur_ns[i - 1];
        if (pause_ns > widest_ns) {
            widest_ns = pause_ns;
            pause = i;
        }
    }
    return sampling > 0 ? sampling : pause;
}

static int compare_rows(const struct sequences *sequences, uint32_t a, uint32_t b) {
    return text_compare(names_get(sequences->names, a), names_get(sequences->names, b));
}

/* The order of events that begin at the same time must not depend on the order in which they come. */
static bool comes_before(const struct sequences *sequences, const struct open_sequence *open, size_t a, size_t b) {
    const struct gathered *events = &open->events;
    if (events->ts_ns[a] != events->ts_ns[b])
        return events->ts_ns[a] < events->ts_ns[b];
    const struct position *left = kind_of(sequences, open, a), *right = kind_of(sequences, open, b);
    const struct kernel_class *kernels = sequences->classes->kernels;
    int order = compare_rows(sequences, kernels[left->class_id].name, kernels[right->class_id].name);
    if (order == 0)
        order = (events->dur_ns[a] > events->dur_ns[b]) - (events->dur_ns[a] < events->dur_ns[b]);
    if (order == 0)
        order = compare_rows(sequences, left->row, right->row);
    if (order == 0)
        order = (left->phase > right->phase) - (left->phase < right->phase);
    return order != 0 ? order < 0 : left->module < right->module;
}

static enum status make_room(struct sequences *sequences, struct open_sequence *open, struct error *error) {
    struct gathered *events = &open->events;
    if (open->count >= LIMIT_SEQUENCE_EVENTS)
        TRY(file_events(sequences, open, best_cut(sequences, open), error));
    size_t capacity[] = {open->capacity, open->capacity, open->capacity};
    void *ts_ns = events->ts_ns, *dur_ns = events->dur_ns, *places = events->places;
    TRY(array_grow(&ts_ns, &capacity[0], open->count + 1, sizeof *events->ts_ns, LIMIT_SEQUENCE_EVENTS, error));
    events->ts_ns = ts_ns;
    TRY(array_grow(&dur_ns, &capacity[1], open->count + 1, sizeof *events->dur_ns, LIMIT_SEQUENCE_EVENTS, error));
    events->dur_ns = dur_ns;
    TRY(array_grow(&places, &capacity[2], open->count + 1, sizeof *events->places, LIMIT_SEQUENCE_EVENTS, error));
    events->places = places;
    open->capacity = capacity[0];
    return STATUS_OK;
}

static void swap(struct gathered *events, size_t a, size_t b) {
    const int64_t ts_ns = events->ts_ns[a], dur_ns = events->dur_ns[a];
    const uint32_t place = events->places[a];
    events->ts_ns[a] = events->ts_ns[b];
    events->dur_ns[a] = events->dur_ns[b];
    events->places[a] = events->places[b];
    events->ts_ns[b] = ts_ns;
    events->dur_ns[b] = dur_ns;
    events->places[b] = place;
}

/* The last event goes to where it belongs. */
static void sort_last(const struct sequences *sequences, struct open_sequence *open) {
    const size_t last = open->count - 1, least = last < LIMIT_TIES ? 0 : last - LIMIT_TIES;
    for (size_t i = last; i > least && comes_before(sequences, open, i, i - 1); i--)
        swap(&open->events, i, i - 1);
}

/* One past the last event of the run, from i on, for which there is room. */
static uint32_t room_end(const struct open_sequence *open, const struct gpu_run *run, uint32_t i) {
    const size_t room = (open->capacity < LIMIT_SEQUENCE_EVENTS ? open->capacity : LIMIT_SEQUENCE_EVENTS) - open->count;
    return run->end - i < room ? run->end : i + (uint32_t)room;
}

/* Puts a whole run behind the others, as far as there is room, when each event begins later than the one before and has
 * a place, which is usual; returns one past the last of them. */
COLUMN_LOOP static uint32_t append_all(const struct sequences *sequences, struct open_sequence *open,
                                       const struct gpu_run *run) {
    const uint32_t first = run->first, end = room_end(open, run, first), count = end - first;
    const int64_t *const ts_ns = run->batch->ts_ns + first;
    const uint32_t *const origins = run->batch->origin + first;
    const struct gathered events = open->events;
    if (count == 0 || sequences->too_many_kinds || !column_ascends(ts_ns, count, 1) ||
        (open->count > 0 && ts_ns[0] <= events.ts_ns[open->count - 1]))
        return first;
    uint32_t *const places = events.places + open->count; /* there is none before there is room */
    memcpy(events.ts_ns + open->count, ts_ns, count * sizeof *events.ts_ns);
    memcpy(events.dur_ns + open->count, run->batch->dur_ns + first, count * sizeof *events.dur_ns);
    for (uint32_t i = 0; i < count; i++)
        places[i] = run->facts[origins[i]].place;
    open->count += count;
    return end;
}

/* Puts events from i on behind the others as long as each begins later than the one before; returns one past the last
 * of them. */
static uint32_t append(struct open_sequence *open, const struct gpu_run *run, uint32_t i) {
    const struct gpu_batch *const batch = run->batch;
    const struct gathered events = open->events;
    const uint32_t end = room_end(open, run, i);
    int64_t last_ns = open->count > 0 ? events.ts_ns[open->count - 1] : INT64_MIN;
    size_t at = open->count;
    for (; i < end && batch->ts_ns[i] > last_ns; i++) {
        const uint32_t place = gpu_run_facts(run, i)->place;
        if (place == SEQUENCE_NO_PLACE)
            break;
        events.ts_ns[at] = last_ns = batch->ts_ns[i];
        events.dur_ns[at] = batch->dur_ns[i];
        events.places[at++] = place;
    }
    open->count = at;
    return i;
}

/* An event of no place, or that begins with others. */
static enum status put(struct sequences *sequences, struct open_sequence *open, const struct gpu_run *run, uint32_t i,
                       struct error *error) {
    const uint32_t place = gpu_run_facts(run, i)->place;
    if (place == SEQUENCE_NO_PLACE) {
        sequences->beyond_ns += run->batch->dur_ns[i];
        return STATUS_OK;
    }
    if (open->count == open->capacity || open->count >= LIMIT_SEQUENCE_EVENTS)
        TRY(make_room(sequences, open, error));
    open->events.ts_ns[open->count] = run->batch->ts_ns[i];
    open->events.dur_ns[open->count] = run->batch->dur_ns[i];
    open->events.places[open->count++] = place;
    sort_last(sequences, open);
    return STATUS_OK;
}

static enum status gather(struct sequences *sequences, struct open_sequence *open, const struct gpu_run *run,
                          struct error *error) {
    uint32_t i = append_all(sequences, open, run);
    for (; (i = append(open, run, i)) < run->end; i++)
        TRY(put(sequences, open, run, i, error));
    return STATUS_OK;
}

/* The open sequence of a step; when all are taken, the one that has waited longest for an event is complete. */
static enum status open_for(struct sequences *sequences, uint32_t step, struct open_sequence **open,
                            struct error *error) {
    struct open_sequence *oldest = &sequences->open[1];
    if (step == STEP_NONE) {
        *open = &sequences->open[0];
        return STATUS_OK;
    }
    for (int i = 1; i < OPEN_SEQUENCES; i++) {
        *open = &sequences->open[i];
        if ((*open)->open && (*open)->step == step)
            return STATUS_OK;
        if (!(*open)->open ? oldest->open : (oldest->open && (*open)->used < oldest->used))
            oldest = *open;
    }
    if (oldest->open)
        TRY(file_events(sequences, oldest, oldest->count, error));
    oldest->open = true;
    oldest->step = step;
    *open = oldest;
    return STATUS_OK;
}

static enum status close_all(struct sequences *sequences, struct error *error) {
    for (int i = 0; i < OPEN_SEQUENCES; i++) {
        struct open_sequence *open = &sequences->open[i];
        TRY(file_events(sequences, open, open->count, error));
        open->open = false;
    }
    return STATUS_OK;
}

enum status sequences_push(struct sequences *sequences, const struct gpu_run *run, struct error *error) {
    struct open_sequence *open;
    if (!sequences->begun || sequences->device != run->batch->device)
        TRY(close_all(sequences, error));
    sequences->begun = true;
    sequences->device = run->batch->device;
    TRY(open_for(sequences, run->step, &open, error));
    open->used = sequences->clock++;
    return gather(sequences, open, run, error);
}

enum status sequences_flush(struct sequences *sequences, struct error *error) {
    TRY(close_all(sequences, error));
    return hand_over(sequences, error);
}
