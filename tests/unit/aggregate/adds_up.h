/* What holds for the summary of every trace: each GPU event and nanosecond is in exactly one row of each table, tables
 * are in their order, and the timeline has no hole. */
#ifndef TRACECMP_ADDS_UP_H
#define TRACECMP_ADDS_UP_H

#include "flow/summary.h"

/* name: of the case, for messages. */
void expect_adds_up(const struct summary *summary, const char *name);

#endif
