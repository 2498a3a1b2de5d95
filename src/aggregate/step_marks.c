#include "aggregate/step_table.h"

/* How far from an end a step may be left out, whatever their number: each one looks at all its peers. */
enum { LEAST_PEERS = 3, MOST_LEFT_OUT = 16 };

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

struct steps { /* borrowed */
    struct step_row *rows;
    uint32_t count;
};

static bool are_peers(const struct steps *steps, uint32_t i, uint32_t at, bool of_like_size) {
    const struct step_row *peer = &steps->rows[i], *step = &steps->rows[at];
    return i != at && peer->use == STEP_USED && peer->phase == step->phase && (!of_like_size || same_size(peer, step));
}

/* Nearest rank, from 1: what holds for the percentile's value and all below holds for so many. */
static uint32_t rank_of(uint32_t count, unsigned percent) {
    return (uint32_t)(((uint64_t)percent * count + 99) / 100);
}

/* Is the step's value above halves/2 of the median of its peers, and above the 90th percentile? */
static bool stands_out(const struct steps *steps, uint32_t at, measure *value, unsigned halves) {
    const int64_t own = value(&steps->rows[at]);
    uint32_t peers = 0, above = 0, far_above = 0;
    for (uint32_t i = 0; i < steps->count; i++) {
        if (!are_peers(steps, i, at, true))
            continue;
        const int64_t other = value(&steps->rows[i]);
        peers++;
        above += own > other;
        far_above += own > other / 2 * halves;
    }
    return peers >= LEAST_PEERS && far_above >= rank_of(peers, 50) && above >= rank_of(peers, 90);
}

static bool warms_up(const struct steps *steps, uint32_t at) {
    return stands_out(steps, at, gpu_time, 3) || stands_out(steps, at, span, 4);
}

/* Has it less than 95 % of the events at the 10th percentile of its peers? */
static bool is_clipped(const struct steps *steps, uint32_t at) {
    const int64_t own = events(&steps->rows[at]);
    uint32_t peers = 0, reached = 0;
    for (uint32_t i = 0; i < steps->count; i++) {
        if (!are_peers(steps, i, at, false))
            continue;
        peers++;
        reached += own * 20 >= events(&steps->rows[i]) * 19;
    }
    return peers >= LEAST_PEERS && reached < rank_of(peers, 10);
}

void step_table_mark(struct step_row *rows, uint32_t count) {
    const struct steps steps = {rows, count};
    const uint32_t most = count / 4 < MOST_LEFT_OUT ? count / 4 : MOST_LEFT_OUT;
    for (uint32_t i = 0; i < most; i++) {
        rows[i].use = is_clipped(&steps, i) ? STEP_CLIPPED : warms_up(&steps, i) ? STEP_WARM_UP : STEP_USED;
        if (rows[i].use == STEP_USED)
            break;
    }
    for (uint32_t i = count; i > count - most && is_clipped(&steps, i - 1); i--)
        rows[i - 1].use = STEP_CLIPPED;
}
