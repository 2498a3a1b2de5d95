#include "compare/side.h"

#include <stdlib.h>
#include <string.h>

#include "compare/weigher.h"

/* Sums of a row: one for each phase and stratum. */
struct sums {
    struct weigher_sum *cells; /* owned; by phase * strata + stratum */
    struct weigher weigher;    /* of the rows of one table */
};

struct maker {
    struct side *side;
    const struct plan *plan; /* NULL: in total */
    const struct plan_side *side_of_plan;
    uint32_t strata;
    struct sums kernel, operation, all, span;
};

static bool by_share(const struct maker *maker) {
    return maker->plan && maker->plan->detailed;
}

static size_t cell_count(const struct maker *maker) {
    return (size_t)PHASES * maker->strata;
}

static void sums_clear(const struct maker *maker, struct sums *sums) {
    memset(sums->cells, 0, cell_count(maker) * sizeof *sums->cells);
}

static void sums_add(const struct maker *maker, struct sums *sums, const struct sums *more) {
    for (size_t i = 0; i < cell_count(maker); i++) {
        sums->cells[i].count += more->cells[i].count;
        sums->cells[i].ns += more->cells[i].ns;
    }
}

/* What the sums amount to in the table whose rows they are one after the other. */
static int64_t sums_next(const struct maker *maker, struct sums *sums, unsigned phase) {
    return weigher_next(&sums->weigher, &sums->cells[phase * maker->strata]);
}

static void add_cells(struct maker *maker, const struct phase_cell cells[PHASES]) {
    for (unsigned phase = 0; phase < PHASES; phase++) {
        struct weigher_sum *sum = &maker->kernel.cells[phase];
        sum->count += maker->plan ? cells[phase].step_count : cells[phase].count;
        sum->ns += (uint64_t)(maker->plan ? cells[phase].step_ns : cells[phase].total_ns);
    }
}

static void sum_kernel(struct maker *maker, uint32_t kernel) {
    const struct summary *summary = maker->side->summary;
    sums_clear(maker, &maker->kernel);
    if (!by_share(maker)) {
        add_cells(maker, summary->kernels[kernel].phases);
        return;
    }
    const uint32_t *const first_share = maker->side_of_plan->first_share;
    for (uint32_t i = first_share[kernel]; i < first_share[kernel + 1]; i++) {
        const struct step_share *share = &summary->step_detail.shares[i];
        const uint16_t stratum = maker->side_of_plan->strata[share->step];
        if (stratum == PLAN_LEFT_OUT)
            continue;
        struct weigher_sum *sum = &maker->kernel.cells[share->phase * maker->strata + stratum];
        sum->count += share->count;
        sum->ns += (uint64_t)share->ns;
    }
}

int64_t side_operation_ns(const struct side *side, uint32_t row) {
    int64_t sum_ns = 0;
    for (unsigned phase = 0; phase < PHASES; phase++)
        sum_ns += side->operations[row][phase];
    return sum_ns;
}

static void make_kernel(struct maker *maker, uint32_t kernel) {
    struct side_work *work = &maker->side->work[kernel];
    const struct weigher *weigher = &maker->kernel.weigher;
    const int64_t before_ns = weigher->given_ns;
    sum_kernel(maker, kernel);
    for (unsigned phase = 0; phase < PHASES; phase++) {
        const struct weigher_sum *sums = &maker->kernel.cells[phase * maker->strata];
        work->count += weigher_count(weigher, sums);
        work->ns += weigher_ns(weigher, sums);
        sums_next(maker, &maker->kernel, phase);
    }
    maker->side->kernels[kernel] = weigher->given_ns - before_ns;
}

/* Kernels in the order of the operations that own them, so that the running sums of both tables meet. */
static void make_operations(struct maker *maker) {
    struct side *side = maker->side;
    for (uint32_t row = 0; row < side->summary->operation_count; row++) {
        const struct operation_row *operation = &side->summary->operations[row];
        sums_clear(maker, &maker->operation);
        for (uint32_t i = 0; i < operation->kernel_count; i++) {
            make_kernel(maker, operation->kernels[i]);
            sums_add(maker, &maker->operation, &maker->kernel);
        }
        for (unsigned phase = 0; phase < PHASES; phase++)
            side->operations[row][phase] = sums_next(maker, &maker->operation, phase);
        sums_add(maker, &maker->all, &maker->operation);
    }
    side->total_ns = maker->operation.weigher.given_ns;
}

static void make_phases(struct maker *maker) {
    const struct summary *summary = maker->side->summary;
    for (uint32_t i = 0; i < summary->phase_count; i++)
        maker->side->phases[summary->phases[i].phase] = sums_next(maker, &maker->all, summary->phases[i].phase);
}

static void add_timeline(struct weigher_sum *sum, const struct summary *summary, enum side_part part) {
    for (uint32_t i = 0; i < summary->timeline_count; i++) {
        const struct timeline_row *row = &summary->timeline[i];
        const int64_t parts_ns[SIDE_PARTS] = {row->compute_ns, row->exposed_comm_ns, row->exposed_copy_ns,
                                              row->span_ns - row->busy_ns};
        sum->ns += (uint64_t)parts_ns[part];
    }
}

static void add_steps(struct maker *maker, struct weigher_sum *sums, enum side_part part) {
    const struct summary *summary = maker->side->summary;
    const uint16_t *const strata = maker->side_of_plan->strata;
    for (uint32_t step = 0; step < summary->step_count; step++) {
        const struct step_parts *row = &summary->step_detail.parts[step];
        const int64_t parts_ns[SIDE_PARTS] = {row->compute_ns, row->exposed_comm_ns, row->exposed_copy_ns,
                                              row->idle_ns};
        if (strata[step] != PLAN_LEFT_OUT)
            sums[strata[step]].ns += (uint64_t)parts_ns[part];
    }
}

static void make_span(struct maker *maker) {
    struct side *side = maker->side;
    struct sums *sums = &maker->span;
    for (unsigned part = 0; part < SIDE_PARTS; part++) {
        sums_clear(maker, sums);
        if (by_share(maker))
            add_steps(maker, sums->cells, (enum side_part)part);
        else
            add_timeline(sums->cells, side->summary, (enum side_part)part);
        side->parts[part] = sums_next(maker, sums, 0);
    }
    side->span_ns = sums->weigher.given_ns;
}

static enum status sums_init(const struct maker *maker, struct sums *sums, struct error *error) {
    sums->cells = calloc(cell_count(maker), sizeof *sums->cells);
    if (!sums->cells)
        return FAIL_MEMORY(error);
    return weigher_init(&sums->weigher, maker->plan, maker->side_of_plan, error);
}

static void sums_fini(struct sums *sums) {
    weigher_fini(&sums->weigher);
    free(sums->cells);
}

static enum status maker_init(struct maker *maker, struct error *error) {
    struct side *side = maker->side;
    const size_t operations = (size_t)side->summary->operation_count + 1;
    const size_t kernels = (size_t)side->summary->kernel_count + 1;
    side->operations = calloc(operations, sizeof *side->operations);
    side->work = calloc(kernels, sizeof *side->work);
    side->kernels = calloc(kernels, sizeof *side->kernels);
    if (!side->operations || !side->work || !side->kernels)
        return FAIL_MEMORY(error);
    maker->strata = maker->plan ? maker->plan->count : 1;
    TRY(sums_init(maker, &maker->kernel, error));
    TRY(sums_init(maker, &maker->operation, error));
    TRY(sums_init(maker, &maker->all, error));
    return sums_init(maker, &maker->span, error);
}

enum status side_init(struct side *side, const struct summary *summary, const struct plan *plan,
                      const struct plan_side *side_of_plan, struct error *error) {
    *side = (struct side){.summary = summary, .per_step = plan != NULL};
    struct maker maker = {.side = side, .plan = plan, .side_of_plan = side_of_plan};
    const enum status status = maker_init(&maker, error);
    if (status == STATUS_OK) {
        make_operations(&maker);
        make_phases(&maker);
        make_span(&maker);
    } else {
        side_fini(side);
    }
    sums_fini(&maker.kernel);
    sums_fini(&maker.operation);
    sums_fini(&maker.all);
    sums_fini(&maker.span);
    return status;
}

void side_fini(struct side *side) {
    free(side->operations);
    free(side->work);
    free(side->kernels);
    *side = (struct side){0};
}

enum status side_step_ns(int64_t *step_ns, const struct plan *plan, const struct plan_side *side, struct error *error) {
    const struct summary *summary = side->summary;
    struct weigher weigher;
    TRY(weigher_init(&weigher, plan, side, error));
    struct weigher_sum *sums = calloc(plan->count, sizeof *sums);
    for (uint32_t step = 0; sums && step < summary->step_count; step++)
        if (side->strata[step] != PLAN_LEFT_OUT)
            sums[side->strata[step]].ns += (uint64_t)summary->steps[step].gpu_ns;
    if (sums)
        *step_ns = weigher_next(&weigher, sums);
    const bool done = sums != NULL;
    free(sums);
    weigher_fini(&weigher);
    return done ? STATUS_OK : FAIL_MEMORY(error);
}
