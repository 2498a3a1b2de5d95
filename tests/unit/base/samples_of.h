/* Values drawn from the kinds of distribution that durations have, and their exact percentiles. */
#ifndef TRACECMP_SAMPLES_OF_H
#define TRACECMP_SAMPLES_OF_H

#include <stddef.h>
#include <stdint.h>

#include "seeded.h"

struct distribution {
    const char *name;
    uint64_t (*draw)(struct seeded *seeded, uint64_t parameter);
    uint64_t parameter;
};

extern const struct distribution distributions[];
extern const size_t distribution_count;

enum { SAMPLES_MAX = 4000 };

struct samples {
    size_t count;
    uint64_t values[SAMPLES_MAX]; /* ascending */
};

/* The same numbers for the same arguments; count at most SAMPLES_MAX. */
void samples_draw(struct samples *samples, const struct distribution *distribution, size_t count);
/* The ceil(percent/100 * count)-th smallest. */
uint64_t samples_nearest_rank(const struct samples *samples, unsigned percent);

#endif
