#include "samples_of.h"

#include <stdlib.h>

static uint64_t constant(struct seeded *seeded, uint64_t value) {
    (void)seeded;
    return value;
}

static uint64_t uniform(struct seeded *seeded, uint64_t limit) { return seeded_below(seeded, limit); }

static uint64_t log_uniform(struct seeded *seeded, uint64_t bits) {
    return seeded_next(seeded) >> (64 - 1 - seeded_below(seeded, bits));
}

static uint64_t two_valued(struct seeded *seeded, uint64_t large) { return seeded_below(seeded, 2) ? large : 3; }

const struct distribution distributions[] = {
    {"zero", constant, 0},
    {"one", constant, 1},
    {"largest exact", constant, 127},
    {"first bucket of two", constant, 129},
    {"constant", constant, 123456789},
    {"huge constant", constant, UINT64_C(1) << 62},
    {"uniform, small", uniform, 300},
    {"uniform, large", uniform, 1000000000},
    {"log-uniform, seconds", log_uniform, 34},
    {"log-uniform, huge", log_uniform, 62},
    {"two values", two_valued, UINT64_C(1) << 50},
};
const size_t distribution_count = sizeof distributions / sizeof *distributions;

static int by_value(const void *a, const void *b) {
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

void samples_draw(struct samples *samples, const struct distribution *distribution, size_t count) {
    struct seeded seeded = {count};
    samples->count = count;
    for (size_t i = 0; i < count; i++)
        samples->values[i] = distribution->draw(&seeded, distribution->parameter);
    qsort(samples->values, count, sizeof *samples->values, by_value);
}

uint64_t samples_nearest_rank(const struct samples *samples, unsigned percent) {
    size_t rank = 1;
    while (rank * 100 < samples->count * percent)
        rank++;
    return samples->values[rank - 1];
}
