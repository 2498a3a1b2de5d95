#include "aggregate/cells.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

bool cells_init(struct cells *cells, bool step_detail) {
    *cells = (struct cells){.known_end = ORIGIN_NONE + 1};
    cells->op_time = map_new(LIMIT_TABLE_ROWS);
    cells->stacks = map_new(LIMIT_TABLE_ROWS);
    cells->shares = shares_new(step_detail);
    const bool has_ops = op_table_init(&cells->cpu_ops) && op_table_init(&cells->top_ops);
    return cells->op_time && cells->stacks && cells->shares && has_ops;
}

void cells_fini(struct cells *cells) {
    durations_fini(&cells->durations);
    free(cells->kernels);
    free(cells->origins);
    free(cells->facts);
    free(cells->steps);
    free(cells->devices);
    op_table_fini(&cells->cpu_ops);
    op_table_fini(&cells->top_ops);
    map_free(cells->op_time);
    map_free(cells->stacks);
    shares_free(cells->shares);
}

enum status cells_know_class(struct cells *cells, uint32_t class_id, struct error *error) {
    void *kernels = cells->kernels;
    TRY(array_grow(&kernels, &cells->kernel_capacity, class_id + (size_t)1, sizeof *cells->kernels, UINT32_MAX, error));
    cells->kernels = kernels;
    while (cells->kernel_count <= class_id)
        cells->kernels[cells->kernel_count++] = (struct kernel_cell){0};
    TRY(shares_know(cells->shares, class_id, error));
    return durations_know(&cells->durations, class_id, error);
}

enum status cells_know_origin(struct cells *cells, uint32_t number, struct error *error) {
    void *origins = cells->origins, *facts = cells->facts;
    TRY(array_grow(&origins, &cells->origin_capacity, number + (size_t)1, sizeof *cells->origins, LIMIT_ORIGINS,
                   error));
    cells->origins = origins;
    TRY(array_grow(&facts, &cells->fact_capacity, number + (size_t)1, sizeof *cells->facts, LIMIT_ORIGINS, error));
    cells->facts = facts;
    for (; cells->origin_count <= number; cells->origin_count++) {
        cells->origins[cells->origin_count] = (struct origin_cell){0};
        cells->facts[cells->origin_count] = (struct origin_facts){0};
    }
    return STATUS_OK;
}

enum status cells_know_step(struct cells *cells, uint32_t number, struct error *error) {
    void *steps = cells->steps;
    TRY(array_grow(&steps, &cells->step_capacity, number + (size_t)1, sizeof *cells->steps, 2 * LIMIT_STEPS, error));
    cells->steps = steps;
    while (cells->step_count <= number)
        cells->steps[cells->step_count++] = (struct step_cell){0};
    return STATUS_OK;
}
