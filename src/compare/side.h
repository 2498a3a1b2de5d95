/* One side of a comparison: what each row of its summary amounts to, in total or as the mean over its steps. Amounts
 * are rounded so that the rows of each table sum exactly to total_ns, in an order that depends on this summary alone:
 * a trace has the same amounts whatever it is compared with, and on either side. */
#ifndef TRACECMP_SIDE_H
#define TRACECMP_SIDE_H

#include "base/error.h"
#include "flow/summary.h"

enum side_part { SIDE_COMPUTE, SIDE_EXPOSED_COMM, SIDE_EXPOSED_COPY, SIDE_IDLE, SIDE_PARTS };

/* Larger amounts (146 years) count as this: gaps, and differences of gaps, then stay within int64_t. */
#define SIDE_CEILING_NS (INT64_MAX / 2)

struct side {
    const struct summary *summary; /* borrowed */
    bool per_step;
    uint32_t steps; /* what amounts are divided by; 1 in total */
    int64_t total_ns;
    int64_t (*operations)[PHASES]; /* owned; by row of summary.operations */
    int64_t *kernels;              /* owned; by row of summary.kernels; those of an operation sum to its amount */
    int64_t phases[PHASES];        /* by enum phase */
    int64_t span_ns, parts[SIDE_PARTS];
};

/* What a row holds before it is divided: its GPU events, or those inside steps when per step. */
struct side_work {
    uint64_t count;
    int64_t ns;
};

enum status side_init(struct side *side, const struct summary *summary, bool per_step, struct error *error) CHECKED;
void side_fini(struct side *side);
struct side_work side_cell_work(const struct side *side, const struct phase_cell *cell);
struct side_work side_row_work(const struct side *side, const struct phase_cell cells[PHASES]);
int64_t side_operation_ns(const struct side *side, uint32_t row);

#endif
