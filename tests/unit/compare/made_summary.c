#include "made_summary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t intern(struct summary *summary, const char *name) {
    struct error error = {0};
    uint32_t id = NAME_NONE;
    cr_assert_eq(names_intern(summary->names, text_from(name), &id, &error), STATUS_OK);
    return id;
}

/* Grows an array of `count` items by one zeroed item and returns it. */
static void *append(void *array_pointer, uint32_t *count, size_t item_size) {
    void **array = array_pointer;
    char *grown = realloc(*array, (*count + (size_t)1) * item_size);
    cr_assert_not_null(grown);
    *array = grown;
    return memset(grown + item_size * (*count)++, 0, item_size);
}

struct summary *made_summary_new(void) {
    struct summary *summary = summary_new();
    cr_assert_not_null(summary);
    summary->document.complete = true;
    return summary;
}

static struct kernel_row *kernel_at(struct summary *summary, uint32_t name, enum event_kind kind, uint32_t operation) {
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        if (summary->kernels[i].name == name && summary->kernels[i].kind == kind)
            return &summary->kernels[i];
    struct kernel_row *row = append(&summary->kernels, &summary->kernel_count, sizeof *row);
    row->name = row->readable = name;
    row->kind = kind;
    row->operation = operation;
    return row;
}

static struct operation_row *operation_at(struct summary *summary, uint32_t name) {
    for (uint32_t i = 0; i < summary->operation_count; i++)
        if (summary->operations[i].operation == name)
            return &summary->operations[i];
    struct operation_row *row = append(&summary->operations, &summary->operation_count, sizeof *row);
    row->operation = name;
    return row;
}

static struct phase_row *phase_at(struct summary *summary, enum phase phase) {
    for (uint32_t i = 0; i < summary->phase_count; i++)
        if (summary->phases[i].phase == phase)
            return &summary->phases[i];
    summary->phases[summary->phase_count].phase = phase;
    return &summary->phases[summary->phase_count++];
}

static void add_cell(struct phase_cell *cell, const struct made_work *work) {
    cell->count += work->count;
    cell->total_ns += work->total_ns;
    cell->step_count += work->step_count;
    cell->step_ns += work->step_ns;
}

static void add_total(struct gpu_total *total, const struct made_work *work) {
    total->count += work->count;
    total->total_ns += work->total_ns;
}

void made_summary_run(struct summary *summary, struct made_work work) {
    const uint32_t operation_name = intern(summary, work.operation);
    struct kernel_row *kernel = kernel_at(summary, intern(summary, work.kernel), work.kind, operation_name);
    struct operation_row *operation = operation_at(summary, operation_name);
    kernel->stats.count += work.count;
    kernel->stats.total_ns += work.total_ns;
    operation->stats.count += work.count;
    operation->stats.total_ns += work.total_ns;
    add_cell(&kernel->phases[work.phase], &work);
    add_cell(&operation->phases[work.phase], &work);
    add_cell(&phase_at(summary, work.phase)->cell, &work);
    add_total(&summary->gpu[work.kind], &work);
    add_total(&summary->gpu_all, &work);
    summary->attribution.with_stack += work.count;
    summary->attribution.launched += work.count;
}

void made_summary_steps(struct summary *summary, const char *kind, uint32_t count) {
    summary->step_kind = kind;
    summary->step_detail.complete = false;
    for (uint32_t i = 0; i < count; i++)
        append(&summary->steps, &summary->step_count, sizeof *summary->steps);
}

uint32_t made_summary_step(struct summary *summary, enum phase phase, uint32_t requests, uint32_t tokens) {
    struct step_parts *parts = append(&summary->step_detail.parts, &(uint32_t){summary->step_count}, sizeof *parts);
    struct step_row *step = append(&summary->steps, &summary->step_count, sizeof *step);
    summary->step_kind = "step";
    summary->step_detail.complete = true;
    step->phase = phase;
    step->requests = requests;
    step->tokens = tokens;
    step->start_ns = summary->step_count;
    return summary->step_count - 1;
}

void made_summary_took(struct summary *summary, uint32_t step, const char *operation, const char *kernel,
                       uint64_t count, int64_t ns) {
    const enum phase phase = summary->steps[step].phase;
    made_summary_run(summary, (struct made_work){operation, kernel, EVENT_KERNEL, phase, count, ns, count, ns});
    const uint32_t name = intern(summary, kernel);
    uint16_t row = 0;
    while (summary->kernels[row].name != name || summary->kernels[row].kind != EVENT_KERNEL)
        row++;
    struct step_share *share = NULL;
    for (uint32_t i = 0; i < summary->step_detail.share_count; i++)
        if (summary->step_detail.shares[i].kernel == row && summary->step_detail.shares[i].step == step)
            share = &summary->step_detail.shares[i];
    if (!share) {
        share = append(&summary->step_detail.shares, &summary->step_detail.share_count, sizeof *share);
        *share = (struct step_share){.kernel = row, .step = (uint16_t)step, .phase = phase & 3};
    }
    share->count = (share->count + (uint32_t)count) & ((1u << 30) - 1);
    share->ns += ns;
    summary->steps[step].gpu_ns += ns;
    summary->steps[step].gpu_events += count;
    summary->steps[step].span_ns += ns;
    summary->step_detail.parts[step].compute_ns += ns;
}

void made_summary_device(struct summary *summary, struct timeline_row row) {
    struct timeline_row *added = append(&summary->timeline, &summary->timeline_count, sizeof *added);
    *added = row;
}

static int largest_first(int64_t a_ns, int64_t b_ns, struct text a, struct text b) {
    return a_ns != b_ns ? (a_ns < b_ns) - (a_ns > b_ns) : text_compare(a, b);
}

static int kernel_order(const void *left, const void *right, void *names) {
    const struct kernel_row *a = left, *b = right;
    return largest_first(a->stats.total_ns, b->stats.total_ns, names_get(names, a->name), names_get(names, b->name));
}

static int operation_order(const void *left, const void *right, void *names) {
    const struct operation_row *a = left, *b = right;
    return largest_first(a->stats.total_ns, b->stats.total_ns, names_get(names, a->operation),
                         names_get(names, b->operation));
}

static int phase_order(const void *left, const void *right) {
    const struct phase_row *a = left, *b = right;
    return (a->cell.total_ns < b->cell.total_ns) - (a->cell.total_ns > b->cell.total_ns);
}

static int share_order(const void *left, const void *right) {
    const struct step_share *a = left, *b = right;
    if (a->kernel != b->kernel)
        return (a->kernel > b->kernel) - (a->kernel < b->kernel);
    if (a->step != b->step)
        return (a->step > b->step) - (a->step < b->step);
    return (a->phase > b->phase) - (a->phase < b->phase);
}

/* Shares follow their kernels to the rows these have once sorted; until here, `rule` of a kernel is unused. */
static void sort_kernels(struct summary *summary) {
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        summary->kernels[i].rule = i;
    if (summary->kernel_count > 0)
        qsort_r(summary->kernels, summary->kernel_count, sizeof *summary->kernels, kernel_order, summary->names);
    for (uint32_t i = 0; i < summary->step_detail.share_count; i++) {
        uint16_t row = 0;
        while (summary->kernels[row].rule != summary->step_detail.shares[i].kernel)
            row++;
        summary->step_detail.shares[i].kernel = row;
    }
    if (summary->step_detail.share_count > 0)
        qsort(summary->step_detail.shares, summary->step_detail.share_count, sizeof *summary->step_detail.shares,
              share_order);
}

struct summary *made_summary_finish(struct summary *summary) {
    sort_kernels(summary);
    if (summary->operation_count > 0)
        qsort_r(summary->operations, summary->operation_count, sizeof *summary->operations, operation_order,
                summary->names);
    qsort(summary->phases, summary->phase_count, sizeof *summary->phases, phase_order);
    for (uint32_t i = 0; i < summary->kernel_count; i++) {
        struct operation_row *owner = operation_at(summary, summary->kernels[i].operation);
        uint32_t *kernel = append(&owner->kernels, &owner->kernel_count, sizeof *kernel);
        *kernel = i;
    }
    return summary;
}

static uint32_t add_shape(struct summary *summary, enum phase phase, uint64_t runs, const struct made_kernel *kernels,
                          uint32_t count) {
    struct layer_shape *shape = append(&summary->layers.shapes, &summary->layers.shape_count, sizeof *shape);
    shape->phase = phase;
    shape->instances = runs;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t name = intern(summary, kernels[i].kernel), operation = intern(summary, kernels[i].operation);
        struct layer_kernel *kernel = append(&shape->kernels, &shape->kernel_count, sizeof *kernel);
        kernel->kernel = (uint32_t)(kernel_at(summary, name, EVENT_KERNEL, operation) - summary->kernels);
        kernel->total_ns = kernels[i].ns * (int64_t)runs;
        shape->total_ns += kernel->total_ns;
    }
    return summary->layers.shape_count - 1;
}

static struct layer_row *layer_at(struct layers *layers, uint32_t layer) {
    for (uint32_t i = 0; i < layers->row_count; i++)
        if (layers->rows[i].layer == layer)
            return &layers->rows[i];
    struct layer_row *row = append(&layers->rows, &layers->row_count, sizeof *row);
    row->layer = layer;
    for (int phase = 0; phase < PHASES; phase++)
        row->phases[phase].shape = LAYER_NO_SHAPE;
    return row;
}

void made_summary_layer(struct summary *summary, uint32_t layer, enum phase phase, uint64_t runs,
                        const struct made_kernel *kernels, uint32_t count) {
    const uint32_t number = add_shape(summary, phase, runs, kernels, count);
    const struct layer_shape *shape = &summary->layers.shapes[number];
    struct layer_row *row = layer_at(&summary->layers, layer);
    row->count += runs;
    row->total_ns += shape->total_ns;
    row->phases[phase] = (struct phase_share){runs, shape->total_ns, number};
    summary->layers.method = LAYERS_MODULE;
}

uint64_t made_random(uint64_t *seed, uint64_t below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static struct made_work random_work(uint64_t *seed, const char *operation, const char *kernel) {
    struct made_work work = {.operation = operation, .kernel = kernel};
    work.kind = (enum event_kind)made_random(seed, EVENT_GPU_KINDS);
    work.phase = (enum phase)made_random(seed, PHASES);
    work.count = 2 + made_random(seed, 1000);
    work.total_ns = 2 * (int64_t)made_random(seed, 1000000000) + 1;
    work.step_count = made_random(seed, 4) == 0 ? 0 : 1 + made_random(seed, work.count);
    work.step_ns = work.step_count == 0 ? 0 : (int64_t)made_random(seed, (uint64_t)work.total_ns + 1);
    return work;
}

static void random_device(struct summary *summary, uint64_t *seed) {
    struct timeline_row row = {
        .compute_ns = 2 * (int64_t)made_random(seed, 1000000) + 1,
        .exposed_comm_ns = 2 * (int64_t)made_random(seed, 1000000) + 1,
        .exposed_copy_ns = 2 * (int64_t)made_random(seed, 1000000) + 1,
    };
    row.busy_ns = row.compute_ns + row.exposed_comm_ns + row.exposed_copy_ns;
    row.span_ns = row.busy_ns + (int64_t)made_random(seed, 1000000);
    made_summary_device(summary, row);
}

struct summary *made_summary_random(uint64_t *seed, uint32_t steps) {
    struct summary *summary = made_summary_new();
    const uint64_t works = made_random(seed, 60);
    for (uint64_t i = 0; i < works; i++) {
        const unsigned kernel = (unsigned)made_random(seed, 30);
        char operation_name[32], kernel_name[32];
        snprintf(operation_name, sizeof operation_name, "operation %u", kernel % 7);
        snprintf(kernel_name, sizeof kernel_name, "kernel_%u<float>", kernel);
        made_summary_run(summary, random_work(seed, operation_name, kernel_name));
    }
    made_summary_steps(summary, steps > 0 ? "step" : NULL, steps);
    random_device(summary, seed);
    random_device(summary, seed);
    return made_summary_finish(summary);
}

struct summary *made_summary_random_steps(uint64_t *seed, uint32_t steps) {
    struct summary *summary = made_summary_new();
    for (uint32_t step = 0; step < steps; step++) {
        made_summary_step(summary, (enum phase)made_random(seed, PHASES), (uint32_t)made_random(seed, 3), 0);
        summary->steps[step].use = made_random(seed, 10) == 0 ? STEP_WARM_UP : STEP_USED;
        summary->step_detail.parts[step].idle_ns = (int64_t)made_random(seed, 1000000);
        for (uint64_t i = made_random(seed, 12); i > 0; i--) {
            const unsigned kernel = (unsigned)made_random(seed, 30);
            char operation_name[32], kernel_name[32];
            snprintf(operation_name, sizeof operation_name, "operation %u", kernel % 7);
            snprintf(kernel_name, sizeof kernel_name, "kernel_%u<float>", kernel);
            made_summary_took(summary, step, operation_name, kernel_name, 1 + made_random(seed, 9),
                              2 * (int64_t)made_random(seed, 10000000) + 1);
        }
    }
    made_summary_run(summary, random_work(seed, "operation 3", "kernel_3<float>"));
    random_device(summary, seed);
    return made_summary_finish(summary);
}
