/* When each clock of a trace has events: the time axis in windows of one width, and of each window with events of a
 * clock how many, from when to when. The width grows with their number, so that memory is bounded; what comes out does
 * not depend on the order in which events come. */
#ifndef TRACECMP_PERIODS_H
#define TRACECMP_PERIODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct period { /* a window, as far as the clock has events in it */
    uint32_t clock;
    int64_t first_ns, last_ns; /* starts of events */
    uint64_t count, first_byte;
    int64_t dur_ns; /* all together */
    uint32_t island;
    bool outside; /* these two are for whoever judges them */
};

struct periods {
    struct map *index;    /* owned; (clock, window) -> place + 1 */
    struct period *items; /* owned */
    size_t count, capacity;
    unsigned shift;                         /* a window is 2^shift ns */
    uint64_t last_key[2], last_position[2]; /* of a CPU's clock (0) and of another; positions from 1, 0 for none */
};

bool periods_init(struct periods *periods); /* false: no memory; fini all the same */
void periods_fini(struct periods *periods);
/* clock: below LIMIT_PERIODS / 4. The durations of all events together do not overflow. */
enum status periods_add(struct periods *periods, uint32_t clock, int64_t ts_ns, int64_t dur_ns, uint64_t byte,
                        struct error *error) CHECKED;
/* The one that an event was added to. */
const struct period *periods_find(const struct periods *periods, uint32_t clock, int64_t ts_ns);

#endif
