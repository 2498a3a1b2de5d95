/* Two summaries -> their differences. Pure: no I/O. */
#ifndef TRACECMP_COMPARE_H
#define TRACECMP_COMPARE_H

#include "base/pool.h"
#include "compare/threshold.h"
#include "flow/diff.h"

/* A row is slower or faster when its gap is wider than this share of the smaller side (the smaller, so that swapped
 * sides swap the verdict; for a row that got slower it is base's), and stands out from the noise: by the interval of
 * the gap where steps show how it spreads (spread.h), else by being wider than this time. Else it is similar. */
#define COMPARE_SIMILAR_SHARE "1%"
#define COMPARE_SIMILAR_TIME "50us"

/* The operation of GPU events that no rule knows. */
#define COMPARE_OTHER "Other"

enum compare_per { COMPARE_PER_AUTO, COMPARE_PER_STEP, COMPARE_PER_TOTAL };

struct compare_options {
    enum compare_per per;                         /* AUTO: per step when both have steps and their counts differ */
    struct threshold similar_share, similar_time; /* scale 0: as above */
    struct pool *pool;                            /* borrowed: what need not wait is done at once; NULL: one by one */
};

/* base, test: borrowed for the life of the diff. PER_STEP when a side has no steps is STATUS_USAGE. */
enum status compare_new(struct diff **diff, const struct summary *base, const struct summary *test,
                        const struct compare_options *options, struct error *error) CHECKED;

/* Borrowed; NULL when neither side has such an operation. */
const struct diff_operation *compare_find_operation(const struct diff *diff, struct text name);

#endif
