/* Seconds from a point in the past that never moves. */
#ifndef TRACECMP_CLOCK_H
#define TRACECMP_CLOCK_H

#include <time.h>

static inline double clock_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

#endif
