/* Summary or diff -> FILE. No policy: what is printed is what was computed. */
#ifndef TRACECMP_REPORT_H
#define TRACECMP_REPORT_H

#include <stdio.h>

#include "flow/diff.h"
#include "flow/summary.h"

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_HTML };
enum report_table {
    REPORT_OPERATIONS,
    REPORT_KERNELS,
    REPORT_CPU_OPS,
    REPORT_PHASES,
    REPORT_STEPS,
    REPORT_LAYERS,
    REPORT_TIMELINE,
};

struct report_options {
    enum report_format format;
    enum report_table table; /* csv */
    uint32_t top;            /* rows per table in text; UINT32_MAX: all */
    bool stacks;             /* text: print Python stacks */
    bool layers;             /* text: print the layer table */
    bool color;              /* text */
    unsigned width;          /* text: columns of the terminal */
    const char *version;
    const char *base_name; /* the trace's name as the user gave it; for summary too */
    const char *test_name;
};

/* A failing write is STATUS_IO. The caller flushes and closes. */
enum status report_summary(FILE *out, const struct summary *summary, const struct report_options *options,
                           struct error *error) CHECKED;
/* The first lines, operations and phases of the text report. */
enum status report_glance(FILE *out, const struct summary *summary, const struct report_options *options,
                          struct error *error) CHECKED;
enum status report_diff(FILE *out, const struct diff *diff, const struct report_options *options,
                        struct error *error) CHECKED;

#endif
