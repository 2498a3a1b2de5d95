#include "aggregate/sequences.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"

struct gathered {
    int64_t ts_ns;
    struct position position; /* total_ns: of the one event */
};

struct open_sequence {
    bool open;
    uint32_t step;
    uint64_t used; /* when its last events came */
    struct gathered *events;
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
    size_t position_capacity, sequence_capacity;
    struct map *known; /* hash -> place in the pool + 1 */
};

struct sequences *sequences_new(struct names *names, const struct classes *classes, struct sequence_taker taker) {
    struct sequences *sequences = calloc(1, sizeof *sequences);
    if (!sequences)
        return NULL;
    *sequences = (struct sequences){.names = names, .classes = classes, .taker = taker};
    if ((sequences->known = map_new(LIMIT_SEQUENCE_POSITIONS)))
        return sequences;
    free(sequences);
    return NULL;
}

void sequences_free(struct sequences *sequences) {
    if (!sequences)
        return;
    for (int i = 0; i < OPEN_SEQUENCES; i++)
        free(sequences->open[i].events);
    free(sequences->pool.positions);
    free(sequences->pool.sequences);
    map_free(sequences->known);
    free(sequences);
}

enum { POSITION_WORDS = 2 };

_Static_assert(sizeof(struct position) == sizeof(int64_t) + POSITION_WORDS * sizeof(uint64_t), "no gaps");

static void words_of(const struct position *position, uint64_t words[POSITION_WORDS]) {
    memcpy(words, (const char *)position + offsetof(struct position, class_id), POSITION_WORDS * sizeof *words);
}

static uint64_t hash_of(const struct gathered *events, size_t count) {
    uint64_t hash = count, words[POSITION_WORDS];
    for (size_t i = 0; i < count; i++) {
        words_of(&events[i].position, words);
        hash = hash_add(hash_add(hash, words[0]), words[1]);
    }
    return hash;
}

static bool same_position(const struct position *a, const struct position *b) {
    uint64_t left[POSITION_WORDS], right[POSITION_WORDS];
    words_of(a, left);
    words_of(b, right);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
}

/* Adds the times when the sequence is the one at `place`. */
static bool add_instance(struct sequence_pool *pool, size_t place, const struct gathered *events, size_t count) {
    struct sequence *sequence = &pool->sequences[place];
    struct position *positions = pool->positions + sequence->first;
    if (sequence->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!same_position(&positions[i], &events[i].position))
            return false;
    for (size_t i = 0; i < count; i++)
        positions[i].total_ns += events[i].position.total_ns;
    sequence->instances++;
    return true;
}

static enum status hand_over(struct sequences *sequences, struct error *error) {
    struct sequence_pool *pool = &sequences->pool;
    if (pool->sequence_count == 0)
        return STATUS_OK;
    TRY(sequences->taker.take(sequences->taker.self, pool, error));
    pool->position_count = pool->sequence_count = 0;
    map_free(sequences->known);
    sequences->known = map_new(LIMIT_SEQUENCE_POSITIONS);
    return sequences->known ? STATUS_OK : FAIL_MEMORY(error);
}

static enum status add_sequence(struct sequences *sequences, uint64_t hash, const struct gathered *events, size_t count,
                                struct error *error) {
    struct sequence_pool *pool = &sequences->pool;
    if (pool->position_count + count > LIMIT_SEQUENCE_POSITIONS)
        TRY(hand_over(sequences, error));
    void *positions = pool->positions;
    TRY(array_grow(&positions, &sequences->position_capacity, pool->position_count + count, sizeof *pool->positions,
                   LIMIT_SEQUENCE_POSITIONS, error));
    pool->positions = positions;
    void *items = pool->sequences;
    TRY(array_grow(&items, &sequences->sequence_capacity, pool->sequence_count + 1, sizeof *pool->sequences,
                   LIMIT_SEQUENCE_POSITIONS, error));
    pool->sequences = items;
    pool->sequences[pool->sequence_count++] =
        (struct sequence){hash, 1, (uint32_t)pool->position_count, (uint32_t)count};
    for (size_t i = 0; i < count; i++)
        pool->positions[pool->position_count++] = events[i].position;
    return STATUS_OK;
}

/* Files the first `count` events of an open sequence; the others stay. */
static enum status file_events(struct sequences *sequences, struct open_sequence *open, size_t count,
                               struct error *error) {
    if (count == 0)
        return STATUS_OK;
    const uint64_t hash = hash_of(open->events, count);
    const uint64_t *known = map_find(sequences->known, hash);
    if (!known || !add_instance(&sequences->pool, *known - 1, open->events, count)) {
        TRY(add_sequence(sequences, hash, open->events, count, error));
        uint64_t *place;
        TRY(map_at(sequences->known, hash, &place, error));
        if (place)
            *place = sequences->pool.sequence_count;
    }
    open->count -= count;
    memmove(open->events, open->events + count, open->count * sizeof *open->events);
    return STATUS_OK;
}

static struct text operation_of(const struct sequences *sequences, const struct gathered *event) {
    return names_get(sequences->names, sequences->classes->kernels[event->position.class_id].operation);
}

/* Where a full sequence is cut best: before the last embedding, after the last sampling, else at the widest pause;
 * always in its second half. */
static size_t best_cut(const struct sequences *sequences, const struct open_sequence *open) {
    size_t sampling = 0, pause = open->count;
    int64_t widest_ns = INT64_MIN;
    for (size_t i = open->count - 1; i > open->count / 2; i--) {
        const struct gathered *before = &open->events[i - 1];
        const bool embeds = text_equal(operation_of(sequences, &open->events[i]), TEXT("Embedding"));
        if (embeds && !text_equal(operation_of(sequences, before), TEXT("Embedding")))
            return i;
        if (sampling == 0 && text_equal(operation_of(sequences, before), TEXT("Sampling")))
            sampling = i;
        const int64_t pause_ns = open->events[i].ts_ns - before->ts_ns - before->position.total_ns;
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
static bool comes_before(const struct sequences *sequences, const struct gathered *a, const struct gathered *b) {
    if (a->ts_ns != b->ts_ns)
        return a->ts_ns < b->ts_ns;
    const struct position *left = &a->position, *right = &b->position;
    const struct kernel_class *kernels = sequences->classes->kernels;
    int order = compare_rows(sequences, kernels[left->class_id].name, kernels[right->class_id].name);
    if (order == 0)
        order = (left->total_ns > right->total_ns) - (left->total_ns < right->total_ns);
    if (order == 0)
        order = compare_rows(sequences, left->row, right->row);
    if (order == 0)
        order = (left->phase > right->phase) - (left->phase < right->phase);
    return order != 0 ? order < 0 : left->module < right->module;
}

static enum status make_room(struct sequences *sequences, struct open_sequence *open, struct error *error) {
    if (open->count >= LIMIT_SEQUENCE_EVENTS)
        TRY(file_events(sequences, open, best_cut(sequences, open), error));
    void *events = open->events;
    TRY(array_grow(&events, &open->capacity, open->count + 1, sizeof *open->events, LIMIT_SEQUENCE_EVENTS, error));
    open->events = events;
    return STATUS_OK;
}

static void insert(const struct sequences *sequences, struct open_sequence *open, const struct gathered *event) {
    size_t place = open->count++;
    const size_t least = place < LIMIT_TIES ? 0 : place - LIMIT_TIES;
    for (; place > least && comes_before(sequences, event, &open->events[place - 1]); place--)
        open->events[place] = open->events[place - 1];
    open->events[place] = *event;
}

static enum status gather(struct sequences *sequences, struct open_sequence *open, const struct gpu_run *run,
                          struct error *error) {
    for (uint32_t i = run->first; i < run->end; i++) {
        const struct origin_facts *facts = gpu_run_facts(run, i);
        if (open->count == open->capacity || open->count >= LIMIT_SEQUENCE_EVENTS)
            TRY(make_room(sequences, open, error));
        const struct gathered event = {run->batch->ts_ns[i],
                                       {.total_ns = run->batch->dur_ns[i],
                                        .class_id = facts->class_id,
                                        .row = facts->row,
                                        .module = facts->module,
                                        .phase = facts->phase,
                                        .has_stack = facts->has_stack}};
        if (open->count == 0 || event.ts_ns > open->events[open->count - 1].ts_ns)
            open->events[open->count++] = event;
        else
            insert(sequences, open, &event);
    }
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
