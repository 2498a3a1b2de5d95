#include "compare/side.h"

#include <stdlib.h>
#include <string.h>

#include "compare/weigher.h"

/* Sums of a row: one for each phase and stratum. */
struct sums {
    const struct plan *plan; /* NULL: in total */
    const struct plan_side *side;
    uint32_t strata;
    struct weigher_sum *cells; /* owned; by phase * strata + stratum */
};

struct maker {
    struct side *side;
    struct weigher weigher;
    struct sums sums;
    uint32_t *first_share; /* owned; by kernel row, one more at the end */
};

static bool by_share(const struct maker *maker) {
    return maker->sums.plan && maker->sums.plan->detailed;
}

static void sums_clear(struct sums *sums) {
    memset(sums->cells, 0, (size_t)PHASES * sums->strata * sizeof *sums->cells);
}

static void add_cells(struct sums *sums, const struct phase_cell cells[PHASES]) {
    for (unsigned phase = 0; phase < PHASES; phase++) {
        struct weigher_sum *sum = &sums->cells[phase];
        sum->count += sums->plan ? cells[phase].step_count : cells[phase].count;
        sum->ns += (uint64_t)(sums->plan ? cells[phase].step_ns : cells[phase].total_ns);
    }
}

static void add_kernel(struct maker *maker, uint32_t kernel) {
    struct sums *sums = &maker->sums;
    const struct summary *summary = maker->side->summary;
    if (!by_share(maker)) {
        add_cells(sums, summary->kernels[kernel].phases);
        return;
    }
    for (uint32_t i = maker->first_share[kernel]; i < maker->first_share[kernel + 1]; i++) {
        const struct step_share *share = &summary->step_detail.shares[i];
        const uint16_t stratum = sums->side->strata[share->step];
        if (stratum == PLAN_LEFT_OUT)
            continue;
        struct weigher_sum *sum = &sums->cells[share->phase * sums->strata + stratum];
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

static void make_operations(struct maker *maker) {
    struct side *side = maker->side;
    const struct summary *summary = side->summary;
    weigher_start(&maker->weigher);
    for (uint32_t row = 0; row < summary->operation_count; row++) {
        sums_clear(&maker->sums);
        for (uint32_t i = 0; i < summary->operations[row].kernel_count; i++)
            add_kernel(maker, summary->operations[row].kernels[i]);
        for (unsigned phase = 0; phase < PHASES; phase++) {
            const struct weigher_sum *sums = &maker->sums.cells[phase * maker->sums.strata];
            side->operations[row][phase] = weigher_next(&maker->weigher, sums);
        }
    }
    side->total_ns = maker->weigher.given_ns;
}

/* In the order of the operations that own them, so that the running sums meet those of the operations. */
static void make_kernels(struct maker *maker) {
    struct side *side = maker->side;
    weigher_start(&maker->weigher);
    for (uint32_t row = 0; row < side->summary->operation_count; row++) {
        const struct operation_row *operation = &side->summary->operations[row];
        for (uint32_t i = 0; i < operation->kernel_count; i++) {
            sums_clear(&maker->sums);
            add_kernel(maker, operation->kernels[i]);
            const int64_t before_ns = maker->weigher.given_ns;
            struct side_work *work = &side->work[operation->kernels[i]];
            for (unsigned phase = 0; phase < PHASES; phase++) {
                const struct weigher_sum *sums = &maker->sums.cells[phase * maker->sums.strata];
                work->count += weigher_count(&maker->weigher, sums);
                work->ns += weigher_ns(&maker->weigher, sums);
                weigher_next(&maker->weigher, sums);
            }
            side->kernels[operation->kernels[i]] = maker->weigher.given_ns - before_ns;
        }
    }
}

static void make_phases(struct maker *maker) {
    const struct summary *summary = maker->side->summary;
    weigher_start(&maker->weigher);
    sums_clear(&maker->sums);
    for (uint32_t kernel = 0; kernel < summary->kernel_count; kernel++)
        add_kernel(maker, kernel);
    for (uint32_t i = 0; i < summary->phase_count; i++) {
        const enum phase phase = summary->phases[i].phase;
        maker->side->phases[phase] = weigher_next(&maker->weigher, &maker->sums.cells[phase * maker->sums.strata]);
    }
}

static void add_timeline(struct weigher_sum *sum, const struct summary *summary, enum side_part part) {
    for (uint32_t i = 0; i < summary->timeline_count; i++) {
        const struct timeline_row *row = &summary->timeline[i];
        const int64_t parts_ns[SIDE_PARTS] = {row->compute_ns, row->exposed_comm_ns, row->exposed_copy_ns,
                                              row->span_ns - row->busy_ns};
        sum->ns += (uint64_t)parts_ns[part];
    }
}

static void add_steps(struct sums *sums, const struct summary *summary, enum side_part part) {
    for (uint32_t step = 0; step < summary->step_count; step++) {
        const struct step_parts *row = &summary->step_detail.parts[step];
        const int64_t parts_ns[SIDE_PARTS] = {row->compute_ns, row->exposed_comm_ns, row->exposed_copy_ns,
                                              row->idle_ns};
        if (sums->side->strata[step] != PLAN_LEFT_OUT)
            sums->cells[sums->side->strata[step]].ns += (uint64_t)parts_ns[part];
    }
}

static void make_span(struct maker *maker) {
    struct side *side = maker->side;
    weigher_start(&maker->weigher);
    for (unsigned part = 0; part < SIDE_PARTS; part++) {
        sums_clear(&maker->sums);
        if (by_share(maker))
            add_steps(&maker->sums, side->summary, (enum side_part)part);
        else
            add_timeline(maker->sums.cells, side->summary, (enum side_part)part);
        side->parts[part] = weigher_next(&maker->weigher, maker->sums.cells);
    }
    side->span_ns = maker->weigher.given_ns;
}

static enum status maker_init(struct maker *maker, struct error *error) {
    struct side *side = maker->side;
    const size_t operations = (size_t)side->summary->operation_count + 1;
    const size_t kernels = (size_t)side->summary->kernel_count + 1;
    side->operations = calloc(operations, sizeof *side->operations);
    side->work = calloc(kernels, sizeof *side->work);
    side->kernels = calloc(kernels, sizeof *side->kernels);
    maker->first_share = calloc(kernels, sizeof *maker->first_share);
    maker->sums.strata = maker->sums.plan ? maker->sums.plan->count : 1;
    maker->sums.cells = calloc((size_t)PHASES * maker->sums.strata, sizeof *maker->sums.cells);
    if (!side->operations || !side->work || !side->kernels || !maker->first_share || !maker->sums.cells)
        return FAIL_MEMORY(error);
    return weigher_init(&maker->weigher, maker->sums.plan, maker->sums.side, error);
}

enum status side_init(struct side *side, const struct summary *summary, const struct plan *plan,
                      const struct plan_side *side_of_plan, struct error *error) {
    *side = (struct side){.summary = summary, .per_step = plan != NULL};
    struct maker maker = {.side = side, .sums = {.plan = plan, .side = side_of_plan}};
    const enum status status = maker_init(&maker, error);
    if (status == STATUS_OK) {
        plan_index_shares(summary, maker.first_share);
        make_operations(&maker);
        make_kernels(&maker);
        make_phases(&maker);
        make_span(&maker);
    } else {
        side_fini(side);
    }
    weigher_fini(&maker.weigher);
    free(maker.first_share);
    free(maker.sums.cells);
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
