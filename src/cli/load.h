/* Reads the traces of a command, all at the same time, into summaries. */
#ifndef TRACECMP_LOAD_H
#define TRACECMP_LOAD_H

#include "classify/rules.h"
#include "cli/options.h"
#include "flow/summary.h"

/* summaries: as many as options->trace_count, owned by the caller when STATUS_OK. What was lost of an input is in
 * its tally. */
enum status load_traces(const struct options *options, const struct rules *rules, struct summary **summaries,
                        struct error *error) CHECKED;
/* The built-in rules with those of --rules before them. */
enum status load_rules(const struct options *options, struct rules **rules, struct error *error) CHECKED;

#endif
