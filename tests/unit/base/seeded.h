/* Pseudo-random numbers (splitmix64), the same in every run. */
#ifndef TRACECMP_SEEDED_H
#define TRACECMP_SEEDED_H

#include <stdint.h>

struct seeded {
    uint64_t state; /* start with any seed */
};

static inline uint64_t seeded_next(struct seeded *seeded) {
    uint64_t mixed = seeded->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

/* 0 .. limit - 1 */
static inline uint64_t seeded_below(struct seeded *seeded, uint64_t limit) { return seeded_next(seeded) % limit; }

#endif
