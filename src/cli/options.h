/* The command line -> struct options. One table says every option; --help is made from it. */
#ifndef TRACECMP_OPTIONS_H
#define TRACECMP_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "aggregate/aggregate.h"
#include "compare/compare.h"
#include "report/report.h"

enum command { COMMAND_NONE, COMMAND_SUMMARY, COMMAND_COMPARE, COMMAND_TAIL, COMMAND_INDEX };
enum index_use { INDEX_AUTO, INDEX_OFF, INDEX_IN_DIRECTORY };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

enum { OPTIONS_GATES = 64, OPTIONS_SIDES = 2, OPTIONS_RULES = 16 };

struct options { /* strings are borrowed from argv */
    enum command command;
    bool help, version;
    char **traces; /* among argv, which they were moved to the front of */
    size_t trace_count;
    struct report_options report;
    struct aggregate_options aggregate;
    struct compare_options compare;
    const char *output; /* NULL: standard output */
    bool collect_stacks, stats;
    const char *step_regex;
    const char *rules[OPTIONS_RULES];
    size_t rule_count;
    const char *gates[OPTIONS_GATES];
    size_t gate_count;
    size_t memory_bytes, chunk_bytes; /* chunk_bytes 0: the best size */
    unsigned threads;                 /* 0: online CPUs */
    enum when progress, color;
    enum index_use index;
    const char *index_directory; /* of INDEX_IN_DIRECTORY */
    unsigned interval_ms, idle_ms; /* of tail; idle_ms 0: no matter how long */
};

/* STATUS_USAGE, with what is wrong, when it makes no sense. */
enum status options_parse(struct options *options, int count, char **arguments, struct error *error) CHECKED;
/* The help of the options' command, or of the program. */
void options_help(const struct options *options, FILE *out);
/* The budget for the records of each of the traces that are read at once. The tables of all but one are paid from
 * memory_bytes too, as far as it goes. */
size_t options_share(size_t memory_bytes, size_t traces);
/* As it is written; "" of COMMAND_NONE. */
const char *options_command_name(enum command command);

#endif
