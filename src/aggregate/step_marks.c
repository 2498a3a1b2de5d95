#include <stdlib.h>

#include "aggregate/step_table.h"

/* How far from an end a step may be left out, whatever their number: each one looks at all its peers. */
enum { LEAST_PEERS = 3, MOST_LEFT_OUT = 16 };

struct peers {       /* values of a step's peers, ascending */
    int64_t *values; /* owned */
    uint32_t count;
};

static int value_order(const void *left, const void *right) {
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static unsigned magnitude_of(uint32_t number) {
    return number == 0 ? 0 : 32 - (unsigned)__builtin_clz(number);
}

/* By tokens where both say them, for these tell most of the work. */
static bool same_size(const struct step_row *a, const struct step_row *b) {
    const bool tokens = a->tokens > 0 && b->tokens > 0;
    return tokens ? magnitude_of(a->tokens) == magnitude_of(b->tokens)
                  : magnitude_of(a->requests) == magnitude_of(b->requests);
}

typedef int64_t measure(const struct step_row *step);

static int64_t gpu_time(const struct step_row *step) {
    return step->gpu_ns;
}
static int64_t span(const struct step_row *step) {
    return step->span_ns;
}
static int64_t events(const struct step_row *step) {
    return (int64_t)step->gpu_events;
}

/* false: too few to judge by. */
static bool gather(struct peers *peers, const struct step_row *steps, uint32_t count, uint32_t at, bool of_like_size,
                   measure *value) {
    peers->count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i != at && steps[i].use == STEP_USED && steps[i].phase == steps[at].phase &&
            (!of_like_size || same_size(&steps[i], &steps[at])))
            peers->values[peers->count++] = value(&steps[i]);
    if (peers->count < LEAST_PEERS)
        return false;
    qsort(peers->values, peers->count, sizeof *peers->values, value_order);
    return true;
}

/* Nearest rank. */
static int64_t percentile(const struct peers *peers, unsigned percent) {
    return peers->values[((uint64_t)percent * peers->count + 99) / 100 - 1];
}

/* Is the step's value above halves/2 of the median of its peers, and above the 90th percentile? */
static bool stands_out(struct peers *peers, const struct step_row *steps, uint32_t count, uint32_t at, measure *value,
                       unsigned halves) {
    if (!gather(peers, steps, count, at, true, value))
        return false;
    const int64_t own = value(&steps[at]), median = percentile(peers, 50);
    return own > median / 2 * halves && own > percentile(peers, 90);
}

static bool warms_up(struct peers *peers, const struct step_row *steps, uint32_t count, uint32_t at) {
    return stands_out(peers, steps, count, at, gpu_time, 3) || stands_out(peers, steps, count, at, span, 4);
}

static bool is_clipped(struct peers *peers, const struct step_row *steps, uint32_t count, uint32_t at) {
    return gather(peers, steps, count, at, false, events) && events(&steps[at]) * 20 < percentile(peers, 10) * 19;
}

static void mark(struct peers *peers, struct step_row *steps, uint32_t count) {
    const uint32_t most = count / 4 < MOST_LEFT_OUT ? count / 4 : MOST_LEFT_OUT;
    for (uint32_t i = 0; i < most; i++) {
        steps[i].use = is_clipped(peers, steps, count, i) ? STEP_CLIPPED
                       : warms_up(peers, steps, count, i) ? STEP_WARM_UP
                                                          : STEP_USED;
        if (steps[i].use == STEP_USED)
            break;
    }
    for (uint32_t i = count; i > count - most && is_clipped(peers, steps, count, i - 1); i--)
        steps[i - 1].use = STEP_CLIPPED;
}

enum status step_table_mark(struct step_row *steps, uint32_t count, struct error *error) {
    struct peers peers = {calloc((size_t)count + 1, sizeof *peers.values), 0};
    if (!peers.values)
        return FAIL_MEMORY(error);
    mark(&peers, steps, count);
    free(peers.values);
    return STATUS_OK;
}
