/* Where the kernels of a class stand in the finished table. */
#ifndef TRACECMP_KERNEL_ROWS_H
#define TRACECMP_KERNEL_ROWS_H

#include "flow/classes.h"
#include "flow/summary.h"

/* *rows: by kernel class, its row of summary.kernels, which are in their final order; 0 for a class without events.
 * Owned by the caller (free). */
enum status kernel_rows_new(uint32_t **rows, const struct summary *summary, const struct classes *classes,
                            struct error *error) CHECKED;

#endif
