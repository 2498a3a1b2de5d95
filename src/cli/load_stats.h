/* What loading a trace cost, for --stats. */
#ifndef TRACECMP_LOAD_STATS_H
#define TRACECMP_LOAD_STATS_H

#include "base/sort.h"
#include "cli/options.h"
#include "flow/summary.h"

struct load_stats {
    double opened, read, resolved; /* seconds of clock.h */
    uint64_t records, record_bytes, spilled_bytes;
};

/* Before the space of its records is given back. */
void load_stats_take(struct load_stats *stats, const struct sort_space *space);
/* Says it on standard error. */
void load_stats_say(const char *name, const struct load_stats *stats, const struct summary *summary);
/* The same of the whole process, and what its ceilings allow. */
void load_stats_say_memory(const struct options *options);

#endif
