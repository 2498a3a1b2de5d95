#include "compare/side.h"

#include <stdlib.h>

/* Rounds running sums, not the parts: each part is what its sum gained, so the parts add up to the rounded whole. */
struct rounding {
    uint32_t divisor;
    stats_wide exact;
    int64_t given_ns;
};

static int64_t rounding_next(struct rounding *rounding, stats_wide ns) {
    rounding->exact += ns;
    const stats_wide half_up = (2 * rounding->exact + rounding->divisor) / (2 * (stats_wide)rounding->divisor);
    const int64_t sum_ns = half_up > SIDE_CEILING_NS ? SIDE_CEILING_NS : (int64_t)half_up;
    const int64_t part_ns = sum_ns - rounding->given_ns;
    rounding->given_ns = sum_ns;
    return part_ns;
}

struct side_work side_cell_work(const struct side *side, const struct phase_cell *cell) {
    return side->per_step ? (struct side_work){cell->step_count, cell->step_ns}
                          : (struct side_work){cell->count, cell->total_ns};
}

struct side_work side_row_work(const struct side *side, const struct phase_cell cells[PHASES]) {
    struct side_work sum = {0, 0};
    for (unsigned phase = 0; phase < PHASES; phase++) {
        const struct side_work work = side_cell_work(side, &cells[phase]);
        sum.count += work.count;
        sum.ns += work.ns;
    }
    return sum;
}

int64_t side_operation_ns(const struct side *side, uint32_t row) {
    int64_t sum_ns = 0;
    for (unsigned phase = 0; phase < PHASES; phase++)
        sum_ns += side->operations[row][phase];
    return sum_ns;
}

static void divide_operations(struct side *side) {
    struct rounding rounding = {.divisor = side->steps};
    for (uint32_t row = 0; row < side->summary->operation_count; row++)
        for (unsigned phase = 0; phase < PHASES; phase++) {
            const struct phase_cell *cell = &side->summary->operations[row].phases[phase];
            side->operations[row][phase] = rounding_next(&rounding, (stats_wide)side_cell_work(side, cell).ns);
        }
    side->total_ns = rounding.given_ns;
}

/* In the order of the operations that own them, so that the running sums meet those of the operations. */
static void divide_kernels(struct side *side) {
    struct rounding rounding = {.divisor = side->steps};
    for (uint32_t row = 0; row < side->summary->operation_count; row++) {
        const struct operation_row *operation = &side->summary->operations[row];
        for (uint32_t i = 0; i < operation->kernel_count; i++) {
            const uint32_t kernel = operation->kernels[i];
            const struct side_work work = side_row_work(side, side->summary->kernels[kernel].phases);
            side->kernels[kernel] = rounding_next(&rounding, (stats_wide)work.ns);
        }
    }
}

static void divide_phases(struct side *side) {
    struct rounding rounding = {.divisor = side->steps};
    for (uint32_t i = 0; i < side->summary->phase_count; i++) {
        const struct phase_row *row = &side->summary->phases[i];
        side->phases[row->phase] = rounding_next(&rounding, (stats_wide)side_cell_work(side, &row->cell).ns);
    }
}

static int64_t part_ns(const struct timeline_row *row, enum side_part part) {
    switch (part) {
    case SIDE_COMPUTE:
        return row->compute_ns;
    case SIDE_EXPOSED_COMM:
        return row->exposed_comm_ns;
    case SIDE_EXPOSED_COPY:
        return row->exposed_copy_ns;
    default:
        return row->span_ns - row->busy_ns;
    }
}

static void divide_timeline(struct side *side) {
    struct rounding rounding = {.divisor = side->steps};
    for (unsigned part = 0; part < SIDE_PARTS; part++) {
        stats_wide sum_ns = 0;
        for (uint32_t i = 0; i < side->summary->timeline_count; i++)
            sum_ns += (uint64_t)part_ns(&side->summary->timeline[i], (enum side_part)part);
        side->parts[part] = rounding_next(&rounding, sum_ns);
    }
    side->span_ns = rounding.given_ns;
}

enum status side_init(struct side *side, const struct summary *summary, bool per_step, struct error *error) {
    *side = (struct side){.summary = summary, .per_step = per_step, .steps = per_step ? summary->step_count : 1};
    side->operations = calloc((size_t)summary->operation_count + 1, sizeof *side->operations);
    side->kernels = calloc((size_t)summary->kernel_count + 1, sizeof *side->kernels);
    if (!side->operations || !side->kernels) {
        side_fini(side);
        return FAIL_MEMORY(error);
    }
    divide_operations(side);
    divide_kernels(side);
    divide_phases(side);
    divide_timeline(side);
    return STATUS_OK;
}

void side_fini(struct side *side) {
    free(side->operations);
    free(side->kernels);
    *side = (struct side){0};
}
