/* What loading a trace cost, for --stats. */
#ifndef TRACECMP_LOAD_STATS_H
#define TRACECMP_LOAD_STATS_H

#include "base/sort.h"
#include "cli/options.h"
#include "flow/summary.h"

struct load_stats { /* seconds of clock.h */
    double opened, read, resolved;
};

/* Says it on standard error. */
void load_stats_say(const char *name, const struct load_stats *stats, const struct summary *summary,
                    const struct sort_space *space);
/* The same of the whole process, and what its ceilings allow. */
void load_stats_say_memory(const struct options *options);

#endif
