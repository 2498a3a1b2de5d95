/* What each kernel takes of each step, and what each step's span is made of. In: the GPU events of steps in the order
 * of (device, ts). Out: summary.step_detail; beyond its ceilings nothing is kept, for a part would mislead. */
#ifndef TRACECMP_SHARES_H
#define TRACECMP_SHARES_H

#include "aggregate/union.h"
#include "flow/summary.h"

struct shares;

struct shares *shares_new(bool wanted); /* !wanted: nothing is kept; NULL: no memory */
void shares_free(struct shares *shares);
/* Makes room for kernel classes up to this one. */
enum status shares_know(struct shares *shares, uint32_t class_id, struct error *error) CHECKED;
/* Events of one step, of known classes; alone: union.h. */
enum status shares_add(struct shares *shares, const struct gpu_run *run, const struct device_time *alone,
                       struct error *error) CHECKED;
/* Once, when the summary's kernels and steps stand. kernel_rows: class -> row of summary.kernels; step_rows: number of
 * a step -> row of summary.steps; borrowed. */
enum status shares_make(struct shares *shares, struct summary *summary, const uint32_t *kernel_rows,
                        const uint32_t *step_rows, struct error *error) CHECKED;

#endif
