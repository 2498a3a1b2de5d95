/* What a piece of work costs: the CPU time of the best of as many runs as fit into a fixed time, which is what the
 * machine can do when nothing else is in the way. */
#ifndef TRACECMP_TIMING_H
#define TRACECMP_TIMING_H

#include <stdint.h>

#include "base/error.h"

/* One run of the work, with all that it sets up; self: borrowed. */
struct timing_work {
    const char *name;
    enum status (*run)(void *self, struct error *error);
    void *self;
    const char *unit; /* what `units` counts, in the singular */
    uint64_t units;
    uint64_t bytes; /* 0: not a matter of bytes */
};

void timing_head(void); /* of the table */
/* Measures the work and prints its line. Ends the program when the work fails. */
void timing_run(const struct timing_work *work);
/* Ends the program with the error, unless the status is STATUS_OK. */
void timing_check(enum status status, const struct error *error);

#endif
