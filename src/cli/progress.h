/* One line on standard error while traces are read: bytes, percent, rate, events, time left. */
#ifndef TRACECMP_PROGRESS_H
#define TRACECMP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress_state {
    uint64_t bytes, events;
    uint64_t size; /* 0: unknown */
};

struct progress;

/* in_place: one line that is written over again (a terminal); else a line each second. NULL: no memory. */
struct progress *progress_new(bool in_place);
/* Erases the line. */
void progress_free(struct progress *progress);
void progress_show(struct progress *progress, const struct progress_state *state);

#endif
