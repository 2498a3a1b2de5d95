/* Why an operation's time differs: by more launches, or by slower ones. Launches are matched as far as both sides have
 * as many: those of a kernel first, then the surplus ones, whatever kernels they are, for another kernel that does the
 * same work is no launch more. What matched launches take more is speed; the launches that are left, as they took on
 * their side, are count. */
#ifndef TRACECMP_CAUSES_H
#define TRACECMP_CAUSES_H

#include "compare/side.h"
#include "flow/diff.h"

/* Fills gap_count_ns and gap_speed_ns of the operation. diff->kernels and the operation's list of them are made; the
 * sides are those that its amounts are of. */
void causes_find(struct diff_operation *operation, const struct diff *diff, const struct side *base,
                 const struct side *test);

#endif
