/* Two summaries -> their differences. Pure: no I/O. */
#ifndef TRACECMP_COMPARE_H
#define TRACECMP_COMPARE_H

#include "flow/diff.h"

enum compare_per { COMPARE_PER_AUTO, COMPARE_PER_STEP, COMPARE_PER_TOTAL };

struct compare_options {
    enum compare_per per; /* AUTO: per step when both have steps and their counts differ */
};

/* base, test: borrowed for the life of the diff. PER_STEP when a side has no steps is STATUS_USAGE. */
enum status compare_new(struct diff **diff, const struct summary *base, const struct summary *test,
                        const struct compare_options *options, struct error *error) CHECKED;

#endif
