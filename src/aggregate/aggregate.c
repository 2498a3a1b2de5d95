#include "aggregate/aggregate.h"

#include <stdlib.h>
#include <string.h>

#include "aggregate/cells.h"
#include "aggregate/kernel_rows.h"
#include "aggregate/layer_finder.h"
#include "aggregate/step_table.h"
#include "base/buf.h"
#include "base/limits.h"

struct aggregate {
    struct stage stage; /* first */
    struct summary *summary;
    const struct classes *classes;
    struct aggregate_options options;
    bool any_gpu; /* of any phase */
    struct cells cells;
    struct layer_finder *layers;
    struct device_time device; /* the one whose events pass now */
    struct gpu_batch batch;    /* those not in any table yet */
};

static void aggregate_free(struct stage *stage) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    struct cells *cells = &aggregate->cells;
    for (size_t i = 0; i < cells->kernel_count; i++)
        stats_fini(&cells->kernels[i].stats);
    free(cells->kernels);
    free(cells->origins);
    free(cells->facts);
    free(cells->steps);
    free(cells->devices);
    free(cells->cpu_ops.cells);
    free(cells->top_ops.cells);
    map_free(cells->cpu_ops.index);
    map_free(cells->top_ops.index);
    map_free(cells->op_time);
    map_free(cells->stacks);
    layer_finder_free(aggregate->layers);
    shares_free(cells->shares);
    free(aggregate);
}

/* Adds to the value of a key; that a table is full counts once for each event. */
static enum status add_to(struct aggregate *aggregate, struct map *map, uint64_t key, uint64_t amount, uint64_t events,
                          struct error *error) {
    uint64_t *value;
    TRY(map_at(map, key, &value, error));
    if (value)
        *value += amount;
    else
        tally_add_times(&aggregate->summary->tally, ANOMALY_TABLE_FULL, events);
    return STATUS_OK;
}

/* The cell of a name; *cell is NULL when the table is full, which counts once for each event. */
static enum status op_cell_at(struct aggregate *aggregate, struct op_table *table, uint32_t name, uint64_t events,
                              struct op_cell **cell, struct error *error) {
    uint64_t *position;
    *cell = NULL;
    TRY(map_at(table->index, name, &position, error));
    if (!position) {
        tally_add_times(&aggregate->summary->tally, ANOMALY_TABLE_FULL, events);
        return STATUS_OK;
    }
    if (*position == 0) {
        void *cells = table->cells;
        TRY(array_grow(&cells, &table->capacity, table->count + 1, sizeof *table->cells, LIMIT_TABLE_ROWS, error));
        table->cells = cells;
        table->cells[table->count++] = (struct op_cell){.name = name};
        *position = table->count;
    }
    *cell = &table->cells[*position - 1];
    return STATUS_OK;
}

static enum status push_cpu_op(struct aggregate *aggregate, const struct event *event, struct error *error) {
    struct op_cell *cell;
    TRY(op_cell_at(aggregate, &aggregate->cells.cpu_ops, event->name_id, event->calls, &cell, error));
    if (cell) {
        cell->calls += event->calls;
        if (__builtin_add_overflow(cell->cpu_total_ns, event->dur_ns, &cell->cpu_total_ns))
            cell->cpu_total_ns = INT64_MAX;
    }
    return STATUS_OK;
}

static enum status add_kernel_cells(struct cells *cells, uint32_t class_id, struct error *error) {
    void *kernels = cells->kernels;
    TRY(array_grow(&kernels, &cells->kernel_capacity, class_id + (size_t)1, sizeof *cells->kernels, UINT32_MAX, error));
    cells->kernels = kernels;
    for (; cells->kernel_count <= class_id; cells->kernel_count++) {
        cells->kernels[cells->kernel_count] = (struct kernel_cell){0};
        stats_init(&cells->kernels[cells->kernel_count].stats);
    }
    return STATUS_OK;
}

static void add_to_phase(struct kernel_cell *kernel, enum phase phase, const struct origin_cell *amount) {
    struct phase_cell *cell = &kernel->phases[phase];
    cell->count += amount->count;
    cell->total_ns += amount->total_ns;
    cell->step_count += amount->step_count;
    cell->step_ns += amount->step_ns;
}

static enum status add_to_stack(struct summary *summary, uint32_t node, const struct origin_cell *amount,
                                struct error *error) {
    if (node >= summary->stack_count) {
        const uint32_t count = paths_count(summary->paths);
        struct stack_time *stacks = realloc(summary->stacks, count * sizeof *stacks);
        if (!stacks)
            return FAIL_MEMORY(error);
        memset(stacks + summary->stack_count, 0, (count - summary->stack_count) * sizeof *stacks);
        summary->stacks = stacks;
        summary->stack_count = count;
    }
    struct stack_time *stack = &summary->stacks[node];
    summary->attribution.distinct_stacks += stack->count == 0;
    stack->count += amount->count;
    stack->total_ns += amount->total_ns;
    return STATUS_OK;
}

static enum status add_to_ops(struct aggregate *aggregate, const struct event *event, const struct origin_cell *amount,
                              struct error *error) {
    struct op_cell *inner, *top;
    TRY(op_cell_at(aggregate, &aggregate->cells.cpu_ops, event->cpu_op, amount->count, &inner, error));
    TRY(op_cell_at(aggregate, &aggregate->cells.top_ops, event->top_op, amount->count, &top, error));
    for (int i = 0; i < 2; i++) {
        struct op_cell *cell = i == 0 ? inner : top;
        if (cell) {
            cell->gpu_count += amount->count;
            cell->gpu_total_ns += amount->total_ns;
        }
    }
    return STATUS_OK;
}

static void add_to_totals(struct summary *summary, const struct event *event, const struct origin_cell *amount) {
    const uint64_t count = amount->count;
    summary->gpu[event->kind].count += count;
    summary->gpu[event->kind].total_ns += amount->total_ns;
    summary->gpu_all.count += count;
    summary->gpu_all.total_ns += amount->total_ns;
    summary->attribution.launched += event->launched ? count : 0;
    summary->attribution.unlaunched += event->launched ? 0 : count;
    summary->attribution.unlaunched_ns += event->launched ? 0 : amount->total_ns;
    summary->attribution.op_enclosing += event->op_method == OP_BY_ENCLOSING ? count : 0;
    summary->attribution.op_external_id += event->op_method == OP_BY_EXTERNAL_ID ? count : 0;
    summary->attribution.op_none += event->op_method == OP_BY_NONE ? count : 0;
    summary->attribution.op_none_ns += event->op_method == OP_BY_NONE ? amount->total_ns : 0;
    summary->attribution.with_stack += event->stack != PATH_ROOT ? count : 0;
    summary->attribution.without_stack += event->stack == PATH_ROOT ? count : 0;
}

/* All that does not depend on when an event ran, for `amount` events of the same origin. */
static enum status add_origin(struct aggregate *aggregate, const struct event *event, const struct origin_cell *amount,
                              struct error *error) {
    struct cells *cells = &aggregate->cells;
    const uint64_t class = (uint64_t)event->class_id << 32;
    add_to_totals(aggregate->summary, event, amount);
    add_to_phase(&cells->kernels[event->class_id], event->phase, amount);
    TRY(add_to(aggregate, cells->op_time, class | event->cpu_op, (uint64_t)amount->total_ns, amount->count, error));
    if (event->stack != PATH_ROOT) {
        TRY(add_to(aggregate, cells->stacks, class | event->stack, amount->count, amount->count, error));
        TRY(add_to_stack(aggregate->summary, event->stack, amount, error));
    }
    return add_to_ops(aggregate, event, amount, error);
}

static enum status add_origin_cells(struct cells *cells, uint32_t number, struct error *error) {
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

static enum status learn_origin(struct aggregate *aggregate, const struct event *event, struct error *error) {
    struct cells *cells = &aggregate->cells;
    const bool collective = aggregate->classes->kernels[event->class_id].collective;
    if (event->origin >= cells->origin_count)
        TRY(add_origin_cells(cells, event->origin, error));
    if (event->class_id >= cells->kernel_count)
        TRY(add_kernel_cells(cells, event->class_id, error));
    struct origin_facts *facts = &cells->facts[event->origin];
    *facts = (struct origin_facts){
        .class_id = event->class_id,
        .row = event->row,
        .use = time_use_of(event->kind, collective),
        .phase = (uint8_t)event->phase,
        .has_stack = event->stack != PATH_ROOT,
        .known = event->origin != ORIGIN_NONE,
    };
    return layer_finder_module(aggregate->layers, event->stack, &facts->module, error);
}

static bool knows_origin(const struct cells *cells, uint32_t number) {
    return number < cells->origin_count && cells->facts[number].known;
}

static enum status add_to_kernels(struct cells *cells, const struct gpu_run *all, struct error *error) {
    for (uint32_t i = 0; i < all->end; i++)
        TRY(stats_add(&cells->kernels[gpu_run_facts(all, i)->class_id].stats, all->batch->dur_ns[i], error));
    return STATUS_OK;
}

static void add_to_origins(struct cells *cells, const struct gpu_batch *batch) {
    struct origin_cell *const origins = cells->origins;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct origin_cell *cell = &origins[batch->origin[i]];
        const bool in_step = batch->step[i] != STEP_NONE;
        cell->count++;
        cell->total_ns += batch->dur_ns[i];
        cell->step_count += in_step;
        cell->step_ns += in_step ? batch->dur_ns[i] : 0;
    }
}

/* In the order of first sight, so that a table that fills up keeps what it would keep event by event. */
static enum status add_origins(struct aggregate *aggregate, struct error *error) {
    const struct cells *cells = &aggregate->cells;
    for (uint32_t number = 0; number < cells->origin_count; number++) {
        if (cells->origins[number].count == 0)
            continue;
        const struct event event = origins_event(aggregate->summary->origins, number);
        TRY(add_origin(aggregate, &event, &cells->origins[number], error));
    }
    return STATUS_OK;
}

static enum status add_step_cells(struct cells *cells, uint32_t number, struct error *error) {
    void *steps = cells->steps;
    TRY(array_grow(&steps, &cells->step_capacity, number + (size_t)1, sizeof *cells->steps, 2 * LIMIT_STEPS, error));
    cells->steps = steps;
    while (cells->step_count <= number)
        cells->steps[cells->step_count++] = (struct step_cell){0};
    return STATUS_OK;
}

static enum status add_to_step(struct aggregate *aggregate, const struct gpu_run *run, struct error *error) {
    struct cells *cells = &aggregate->cells;
    const struct gpu_batch *batch = run->batch;
    const uint32_t number = batch->step[run->first];
    TRY(shares_add(cells->shares, run, error));
    if (number >= cells->step_count)
        TRY(add_step_cells(cells, number, error));
    struct step_cell *step = &cells->steps[number];
    if (step->count == 0 || batch->ts_ns[run->first] < step->start_ns)
        step->start_ns = batch->ts_ns[run->first];
    int64_t gpu_ns = 0, end_ns = step->count == 0 ? INT64_MIN : step->end_ns;
    for (uint32_t i = run->first; i < run->end; i++) {
        const int64_t end = batch->ts_ns[i] + batch->dur_ns[i];
        end_ns = end > end_ns ? end : end_ns;
        gpu_ns += batch->dur_ns[i];
    }
    step->end_ns = end_ns;
    step->gpu_ns += gpu_ns;
    step->count += run->end - run->first;
    step->class_id = batch->step_class[run->first];
    return STATUS_OK;
}

/* To steps and layers, step by step. */
static enum status add_runs(struct aggregate *aggregate, const struct gpu_run *all, struct error *error) {
    for (struct gpu_run run = *all; run.first < all->end; run.first = run.end) {
        run.end = gpu_batch_run_end(run.batch, run.first);
        if (run.batch->step[run.first] != STEP_NONE)
            TRY(add_to_step(aggregate, &run, error));
        if (!aggregate->options.skip_layers)
            TRY(layer_finder_push(aggregate->layers, &run, error));
    }
    return STATUS_OK;
}

static enum status add_batch(struct aggregate *aggregate, const struct gpu_batch *batch, struct error *error) {
    struct cells *cells = &aggregate->cells;
    const struct gpu_run all = {batch, cells->facts, 0, batch->count};
    if (batch->count == 0)
        return STATUS_OK;
    TRY(add_to_kernels(cells, &all, error));
    add_to_origins(cells, batch);
    TRY(add_runs(aggregate, &all, error));
    device_time_add(&aggregate->device, &all);
    return STATUS_OK;
}

/* The events that wait go into every table. */
static enum status settle(struct aggregate *aggregate, struct error *error) {
    TRY(add_batch(aggregate, &aggregate->batch, error));
    aggregate->batch.count = 0;
    return STATUS_OK;
}

/* The device of the events before is complete. */
static enum status end_device(struct aggregate *aggregate, struct error *error) {
    struct cells *cells = &aggregate->cells;
    TRY(settle(aggregate, error));
    if (aggregate->device.events == 0)
        return STATUS_OK;
    void *devices = cells->devices;
    TRY(array_grow(&devices, &cells->device_capacity, cells->device_count + 1, sizeof *cells->devices, LIMIT_TABLE_ROWS,
                   error));
    cells->devices = devices;
    cells->devices[cells->device_count++] = device_time_row(&aggregate->device);
    return STATUS_OK;
}

static enum status begin_device(struct aggregate *aggregate, uint32_t device, struct error *error) {
    if (aggregate->batch.device == device)
        return STATUS_OK;
    TRY(end_device(aggregate, error));
    aggregate->device = (struct device_time){.device = device};
    aggregate->batch.device = device;
    return STATUS_OK;
}

static enum status put(struct aggregate *aggregate, const struct event *event, struct error *error) {
    struct gpu_batch *batch = &aggregate->batch;
    const uint32_t i = batch->count++;
    batch->ts_ns[i] = event->ts_ns;
    batch->dur_ns[i] = event->dur_ns;
    batch->origin[i] = event->origin;
    batch->step[i] = event->step;
    batch->step_class[i] = event->step_class;
    return batch->count == GPU_BATCH_EVENTS ? settle(aggregate, error) : STATUS_OK;
}

/* One of no origin that has a number is a batch of its own. */
static enum status push_single(struct aggregate *aggregate, const struct event *event, struct error *error) {
    const bool in_step = event->step != STEP_NONE;
    const struct origin_cell one = {1, in_step, event->dur_ns, in_step ? event->dur_ns : 0};
    TRY(settle(aggregate, error));
    TRY(learn_origin(aggregate, event, error));
    TRY(put(aggregate, event, error));
    TRY(settle(aggregate, error));
    aggregate->cells.origins[ORIGIN_NONE] = (struct origin_cell){0};
    return add_origin(aggregate, event, &one, error);
}

static enum status push_gpu(struct aggregate *aggregate, const struct event *event, struct error *error) {
    aggregate->any_gpu = true;
    if (aggregate->options.one_phase && event->phase != aggregate->options.phase)
        return STATUS_OK;
    TRY(begin_device(aggregate, event->device, error));
    if (event->origin == ORIGIN_NONE)
        return push_single(aggregate, event, error);
    if (!knows_origin(&aggregate->cells, event->origin))
        TRY(learn_origin(aggregate, event, error));
    return put(aggregate, event, error);
}

static enum status aggregate_push(struct stage *stage, struct event *event, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    return event->kind == EVENT_CPU_OP ? push_cpu_op(aggregate, event, error) : push_gpu(aggregate, event, error);
}

/* Those of one phase are picked out one by one. */
static enum status pick(struct aggregate *aggregate, const struct gpu_batch *batch, struct error *error) {
    for (uint32_t i = 0; i < batch->count; i++) {
        struct event event = origins_event(aggregate->summary->origins, batch->origin[i]);
        event.ts_ns = batch->ts_ns[i];
        event.dur_ns = batch->dur_ns[i];
        event.step = batch->step[i];
        event.step_class = batch->step_class[i];
        TRY(push_gpu(aggregate, &event, error));
    }
    return STATUS_OK;
}

enum status aggregate_push_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    if (aggregate->options.one_phase)
        return pick(aggregate, batch, error);
    aggregate->any_gpu = aggregate->any_gpu || batch->count > 0;
    TRY(begin_device(aggregate, batch->device, error));
    TRY(settle(aggregate, error));
    for (uint32_t i = 0; i < batch->count; i++) {
        if (knows_origin(&aggregate->cells, batch->origin[i]))
            continue;
        const struct event event = origins_event(aggregate->summary->origins, batch->origin[i]);
        TRY(learn_origin(aggregate, &event, error));
    }
    return add_batch(aggregate, batch, error);
}

/* The tables whose rows refer to rows of kernels. */
static enum status make_step_and_layer_tables(struct aggregate *aggregate, struct error *error) {
    uint32_t *kernel_rows;
    TRY(kernel_rows_new(&kernel_rows, aggregate->summary, aggregate->classes, error));
    enum status status = step_table_make(aggregate->summary, &aggregate->cells, aggregate->classes, kernel_rows, error);
    if (status == STATUS_OK && !aggregate->options.skip_layers)
        status = layer_finder_flush(aggregate->layers, kernel_rows, error);
    free(kernel_rows);
    return status;
}

static enum status aggregate_flush(struct stage *stage, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    struct summary *summary = aggregate->summary;
    TRY(end_device(aggregate, error));
    TRY(add_origins(aggregate, error));
    tally_add_times(&summary->tally, ANOMALY_EMPTY_TRACE, !aggregate->any_gpu);
    tally_add_times(&summary->tally, ANOMALY_EMPTY_PHASE, aggregate->any_gpu && summary->gpu_all.count == 0);
    tally_add_times(&summary->tally, ANOMALY_NAMES_FULL, names_beyond(summary->names));
    tally_add_times(&summary->tally, ANOMALY_ROWS_FULL, names_rows_beyond(summary->names));
    tally_add_times(&summary->tally, ANOMALY_TABLE_FULL, aggregate->classes->kernels_beyond);
    TRY(tables_make(summary, &aggregate->cells, aggregate->classes, error));
    return make_step_and_layer_tables(aggregate, error);
}

struct stage *aggregate_new(struct summary *summary, const struct classes *classes,
                            const struct aggregate_options *options) {
    static const struct stage_ops ops = {"aggregate", aggregate_push, aggregate_flush, aggregate_free};
    struct aggregate *aggregate = calloc(1, sizeof *aggregate);
    if (!aggregate)
        return NULL;
    *aggregate = (struct aggregate){.stage = {&ops, NULL}, .summary = summary, .classes = classes, .options = *options};
    struct cells *cells = &aggregate->cells;
    cells->op_time = map_new(LIMIT_TABLE_ROWS);
    cells->stacks = map_new(LIMIT_TABLE_ROWS);
    cells->cpu_ops.index = map_new(LIMIT_TABLE_ROWS);
    cells->top_ops.index = map_new(LIMIT_TABLE_ROWS);
    aggregate->layers = layer_finder_new(summary, classes);
    cells->shares = shares_new(!options->skip_step_detail);
    if (aggregate->layers && cells->shares && cells->op_time && cells->stacks && cells->cpu_ops.index &&
        cells->top_ops.index)
        return &aggregate->stage;
    aggregate_free(&aggregate->stage);
    return NULL;
}
