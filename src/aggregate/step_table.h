/* The table of steps, and which of them are no measure of a step. */
#ifndef TRACECMP_STEP_TABLE_H
#define TRACECMP_STEP_TABLE_H

#include "aggregate/cells.h"

/* Fills summary.steps, its statistics, and step_detail. kernel_rows: kernel_rows.h; borrowed. */
enum status step_table_make(struct summary *summary, const struct cells *cells, const struct classes *classes,
                            const uint32_t *kernel_rows, struct error *error) CHECKED;

/* Sets `use` of the steps, which are sorted by start. Peers are other steps of the same phase.
 *   warm-up: from the first step on, GPU time above 3/2 of the median of its peers of like size (tokens, else requests,
 *            between the same powers of two), or span above twice theirs; and above the 90th percentile of either
 *   clipped: from either end on, fewer than 95 % of the GPU events that nine in ten of its peers have
 * Whoever has fewer than three peers is used, and at most a quarter of the steps are left out at each end. */
void step_table_mark(struct step_row *rows, uint32_t count);

#endif
