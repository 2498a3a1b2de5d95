/* What each kernel takes of each step, and what each step's span is made of. In: the GPU events of steps in the order
 * of (device, ts). Out: summary.step_detail; beyond its ceilings nothing is kept, for a part would mislead. */
#ifndef TRACECMP_SHARES_H
#define TRACECMP_SHARES_H

#include "aggregate/origin_facts.h"
#include "flow/summary.h"

struct shares;

struct shares *shares_new(bool wanted); /* !wanted: nothing is kept; NULL: no memory */
void shares_free(struct shares *shares);
/* Events of one step. */
enum status shares_add(struct shares *shares, const struct gpu_run *run, struct error *error) CHECKED;
/* Once, when the summary's kernels and steps stand. kernel_rows: class -> row of summary.kernels; step_rows: number of
 * a step -> row of summary.steps; borrowed. */
enum status shares_make(struct shares *shares, struct summary *summary, const uint32_t *kernel_rows,
                        const uint32_t *step_rows, struct error *error) CHECKED;

#endif
