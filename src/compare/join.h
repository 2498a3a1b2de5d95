/* Rows of two summaries that mean the same thing: operations by name, kernels by (name as in the trace, kind). */
#ifndef TRACECMP_JOIN_H
#define TRACECMP_JOIN_H

#include "base/error.h"
#include "flow/summary.h"

enum { JOIN_NONE = INT32_MAX };

struct join_pair {
    uint32_t base, test; /* rows of the tables; JOIN_NONE on a side that has none, never on both */
};

struct join {
    struct join_pair *pairs; /* owned by the caller (free); ascending by name, then kind */
    uint32_t count;
};

enum status join_operations(struct join *join, const struct summary *base, const struct summary *test,
                            struct error *error) CHECKED;
enum status join_kernels(struct join *join, const struct summary *base, const struct summary *test,
                         struct error *error) CHECKED;

#endif
