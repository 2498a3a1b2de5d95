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
    struct durations durations; /* by origin, until the end or until there are too many */
    bool many_origins;
    bool totals_given;          /* and durations by kernel class: before the events */
    struct layer_finder *layers; /* NULL: nobody asks for layers */
    struct device_time device; /* the one whose events pass now */
    struct gpu_batch batch;    /* those not in any table yet */
};

static void aggregate_free(struct stage *stage) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    struct cells *cells = &aggregate->cells;
    durations_fini(&cells->durations);
    durations_fini(&aggregate->durations);
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
    while (cells->kernel_count <= class_id)
        cells->kernels[cells->kernel_count++] = (struct kernel_cell){0};
    TRY(shares_know(cells->shares, class_id, error));
    return durations_know(&cells->durations, class_id, error);
}

static void add_to_phase(struct kernel_cell *kernel, enum phase phase, const struct phase_cell *amount) {
    struct phase_cell *cell = &kernel->phases[phase];
    cell->count += amount->count;
    cell->total_ns += amount->total_ns;
    cell->step_count += amount->step_count;
    cell->step_ns += amount->step_ns;
}

static enum status add_to_stack(struct summary *summary, uint32_t node, const struct phase_cell *amount,
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

static enum status add_to_ops(struct aggregate *aggregate, const struct event *event, const struct phase_cell *amount,
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

static void add_to_totals(struct summary *summary, const struct event *event, const struct phase_cell *amount) {
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
static enum status add_origin(struct aggregate *aggregate, const struct event *event, const struct phase_cell *amount,
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

static bool has_own_durations(const struct aggregate *aggregate, uint32_t origin) {
    return !aggregate->many_origins && origin != ORIGIN_NONE && origin < LIMIT_DURATION_ORIGINS;
}

static bool knows_origin(const struct cells *cells, uint32_t number) {
    return number < cells->origin_count && cells->facts[number].known;
}

static enum status add_class_durations(struct aggregate *aggregate, uint32_t origin, struct error *error) {
    struct stats stats = {0};
    enum status status = durations_stats(&aggregate->durations, origin, &stats, error);
    if (status == STATUS_OK)
        status = durations_merge(&aggregate->cells.durations, aggregate->cells.facts[origin].class_id, &stats, error);
    stats_fini(&stats);
    return status;
}

/* Of the origins that are of a phase asked for. */
static enum status add_all_class_durations(struct aggregate *aggregate, struct error *error) {
    for (uint32_t origin = 0; origin < aggregate->durations.cell_count; origin++)
        if (knows_origin(&aggregate->cells, origin))
            TRY(add_class_durations(aggregate, origin, error));
    return STATUS_OK;
}

/* No index will want to know those of each origin. */
static enum status give_up_own_durations(struct aggregate *aggregate, struct error *error) {
    TRY(add_all_class_durations(aggregate, error));
    durations_fini(&aggregate->durations);
    aggregate->many_origins = true;
    return STATUS_OK;
}

static enum status learn_origin(struct aggregate *aggregate, const struct event *event, struct error *error) {
    struct cells *cells = &aggregate->cells;
    const bool collective = aggregate->classes->kernels[event->class_id].collective;
    if (event->origin >= cells->origin_count)
        TRY(add_origin_cells(cells, event->origin, error));
    if (event->class_id >= cells->kernel_count)
        TRY(add_kernel_cells(cells, event->class_id, error));
    if (event->origin >= LIMIT_DURATION_ORIGINS && !aggregate->many_origins)
        TRY(give_up_own_durations(aggregate, error));
    if (has_own_durations(aggregate, event->origin) && !aggregate->totals_given)
        TRY(durations_know(&aggregate->durations, event->origin, error));
    struct origin_facts *facts = &cells->facts[event->origin];
    *facts = (struct origin_facts){
        .class_id = event->class_id,
        .share = event->class_id * PHASES + event->phase,
        .use = (uint8_t)time_use_of(event->kind, collective),
        .known = event->origin != ORIGIN_NONE,
    };
    return aggregate->layers ? layer_finder_place(aggregate->layers, event, &facts->place, error) : STATUS_OK;
}

static void add_to_sum(struct origin_cell *cell, bool in_step, int64_t ns) {
    cell->sums[in_step].count++;
    cell->sums[in_step].ns += ns;
}

static void add_to_sums(struct cells *cells, const struct gpu_run *run) {
    const struct gpu_batch *const batch = run->batch;
    struct origin_cell *const origins = cells->origins;
    const bool in_step = run->step != STEP_NONE;
    for (uint32_t i = run->first; i < run->end; i++)
        add_to_sum(&origins[batch->origin[i]], in_step, batch->dur_ns[i]);
}

static enum status add_durations(struct aggregate *aggregate, const struct gpu_run *run, struct error *error) {
    const struct gpu_batch *const batch = run->batch;
    struct durations *by_origin = &aggregate->durations, *by_class = &aggregate->cells.durations;
    uint32_t i = run->first;
    while ((i = durations_add(by_origin, batch->dur_ns, batch->origin, i, run->end)) < run->end) {
        const uint32_t origin = batch->origin[i], class_id = gpu_run_facts(run, i)->class_id;
        if (has_own_durations(aggregate, origin))
            TRY(durations_add_one(by_origin, origin, batch->dur_ns[i], error));
        else
            TRY(durations_add_one(by_class, class_id, batch->dur_ns[i], error));
        i++;
    }
    return STATUS_OK;
}

static struct phase_cell amount_of(const struct origin_cell *cell) {
    const struct origin_sum *outside = &cell->sums[false], *in_step = &cell->sums[true];
    return (struct phase_cell){
        .count = outside->count + in_step->count,
        .step_count = in_step->count,
        .total_ns = outside->ns + in_step->ns,
        .step_ns = in_step->ns,
    };
}

/* In the order of first sight, so that a table that fills up keeps what it would keep event by event. */
static enum status add_origins(struct aggregate *aggregate, struct error *error) {
    const struct cells *cells = &aggregate->cells;
    for (uint32_t number = 0; number < cells->origin_count; number++) {
        const struct phase_cell amount = amount_of(&cells->origins[number]);
        if (amount.count == 0 || !cells->facts[number].known)
            continue;
        const struct event event = origins_event(aggregate->summary->origins, number);
        TRY(add_origin(aggregate, &event, &amount, error));
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

static enum status add_to_step(struct aggregate *aggregate, const struct gpu_run *run, const struct device_time *alone,
                               struct error *error) {
    struct cells *cells = &aggregate->cells;
    const uint32_t number = run->step;
    TRY(shares_add(cells->shares, run, alone, error));
    if (number >= cells->step_count)
        TRY(add_step_cells(cells, number, error));
    struct step_cell *step = &cells->steps[number];
    const bool first = step->count == 0;
    step->start_ns = first || alone->start_ns < step->start_ns ? alone->start_ns : step->start_ns;
    step->end_ns = first || alone->busy.end_ns > step->end_ns ? alone->busy.end_ns : step->end_ns;
    step->gpu_ns += alone->ns;
    step->count += alone->events;
    step->class_id = run->step_class;
    return STATUS_OK;
}

static enum status add_run(struct aggregate *aggregate, const struct gpu_run *run, struct error *error) {
    struct device_time alone = {0};
    device_time_add(&alone, run);
    device_time_join(&aggregate->device, &alone, run);
    if (!aggregate->totals_given) {
        add_to_sums(&aggregate->cells, run);
        TRY(add_durations(aggregate, run, error));
    }
    if (run->step != STEP_NONE)
        TRY(add_to_step(aggregate, run, &alone, error));
    return aggregate->layers ? layer_finder_push(aggregate->layers, run, error) : STATUS_OK;
}

static enum status add_batch(struct aggregate *aggregate, const struct gpu_batch *batch, struct error *error) {
    uint32_t first = 0;
    for (uint32_t i = 0; i < batch->run_count; i++) {
        const struct gpu_step_run *in = &batch->runs[i];
        const struct gpu_run run = {batch, aggregate->cells.facts, first, in->end, in->step, in->step_class};
        TRY(add_run(aggregate, &run, error));
        first = in->end;
    }
    return STATUS_OK;
}

/* The events that wait go into every table. */
static enum status settle(struct aggregate *aggregate, struct error *error) {
    TRY(add_batch(aggregate, &aggregate->batch, error));
    gpu_batch_clear(&aggregate->batch);
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
    gpu_batch_put(&aggregate->batch, event);
    return aggregate->batch.count == GPU_BATCH_EVENTS ? settle(aggregate, error) : STATUS_OK;
}

/* One of no origin that has a number is a batch of its own. */
static enum status push_single(struct aggregate *aggregate, const struct event *event, struct error *error) {
    const bool in_step = event->step != STEP_NONE;
    const struct phase_cell one = {1, in_step, event->dur_ns, in_step ? event->dur_ns : 0};
    TRY(settle(aggregate, error));
    TRY(learn_origin(aggregate, event, error));
    TRY(put(aggregate, event, error));
    TRY(settle(aggregate, error));
    aggregate->cells.origins[ORIGIN_NONE] = (struct origin_cell){0};
    return add_origin(aggregate, event, &one, error);
}

/* Of a phase that was not asked for: only an index wants to know. */
static enum status pass_by(struct aggregate *aggregate, const struct event *event, struct error *error) {
    if (aggregate->totals_given || !has_own_durations(aggregate, event->origin))
        return STATUS_OK;
    if (event->origin >= aggregate->cells.origin_count)
        TRY(add_origin_cells(&aggregate->cells, event->origin, error));
    TRY(durations_know(&aggregate->durations, event->origin, error));
    add_to_sum(&aggregate->cells.origins[event->origin], event->step != STEP_NONE, event->dur_ns);
    return durations_add_one(&aggregate->durations, event->origin, event->dur_ns, error);
}

static enum status push_gpu(struct aggregate *aggregate, const struct event *event, struct error *error) {
    aggregate->any_gpu = true;
    if (aggregate->options.one_phase && event->phase != aggregate->options.phase)
        return pass_by(aggregate, event, error);
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
    const struct gpu_step_run *run = batch->runs;
    for (uint32_t i = 0; i < batch->count; i++) {
        struct event event = origins_event(aggregate->summary->origins, batch->origin[i]);
        run += i == run->end;
        event.ts_ns = batch->ts_ns[i];
        event.dur_ns = batch->dur_ns[i];
        event.step = run->step;
        event.step_class = run->step_class;
        TRY(push_gpu(aggregate, &event, error));
    }
    return STATUS_OK;
}

static enum status learn_origins(struct aggregate *aggregate, const struct gpu_batch *batch, struct error *error) {
    struct cells *cells = &aggregate->cells;
    if (batch->origin_end <= cells->known_end)
        return STATUS_OK;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (knows_origin(cells, batch->origin[i]))
            continue;
        const struct event event = origins_event(aggregate->summary->origins, batch->origin[i]);
        TRY(learn_origin(aggregate, &event, error));
    }
    while (knows_origin(cells, (uint32_t)cells->known_end))
        cells->known_end++;
    return STATUS_OK;
}

static enum status aggregate_push_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    if (aggregate->options.one_phase)
        return pick(aggregate, batch, error);
    aggregate->any_gpu = aggregate->any_gpu || batch->count > 0;
    TRY(begin_device(aggregate, batch->device, error));
    TRY(settle(aggregate, error));
    TRY(learn_origins(aggregate, batch, error));
    return add_batch(aggregate, batch, error);
}

enum status aggregate_push_total(struct stage *stage, uint32_t origin, const struct origin_total *total,
                                 struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    const struct event event = origins_event(aggregate->summary->origins, origin);
    const struct stats *all = &total->durations;
    aggregate->totals_given = true;
    if (aggregate->options.one_phase && event.phase != aggregate->options.phase)
        return STATUS_OK;
    if (!knows_origin(&aggregate->cells, origin))
        TRY(learn_origin(aggregate, &event, error));
    struct origin_sum *sums = aggregate->cells.origins[origin].sums;
    sums[false].count += all->count - total->step_count;
    sums[false].ns += all->total_ns - total->step_ns;
    sums[true].count += total->step_count;
    sums[true].ns += total->step_ns;
    return durations_merge(&aggregate->cells.durations, event.class_id, all, error);
}

enum status aggregate_total(const struct stage *stage, uint32_t origin, struct origin_total *total,
                            struct error *error) {
    const struct aggregate *aggregate = (const struct aggregate *)stage;
    const struct origin_sum *in_step = &aggregate->cells.origins[origin].sums[true];
    total->step_count += in_step->count;
    total->step_ns += in_step->ns;
    return durations_stats(&aggregate->durations, origin, &total->durations, error);
}

/* The tables whose rows refer to rows of kernels. */
static enum status make_step_and_layer_tables(struct aggregate *aggregate, struct error *error) {
    uint32_t *kernel_rows;
    TRY(kernel_rows_new(&kernel_rows, aggregate->summary, aggregate->classes, error));
    enum status status = step_table_make(aggregate->summary, &aggregate->cells, aggregate->classes, kernel_rows, error);
    if (status == STATUS_OK && aggregate->layers)
        status = layer_finder_flush(aggregate->layers, kernel_rows, error);
    free(kernel_rows);
    return status;
}

static enum status aggregate_flush(struct stage *stage, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    struct summary *summary = aggregate->summary;
    TRY(end_device(aggregate, error));
    TRY(add_origins(aggregate, error));
    TRY(add_all_class_durations(aggregate, error));
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
    static const struct stage_ops ops = {"aggregate", aggregate_push, aggregate_push_batch, aggregate_flush,
                                         aggregate_free};
    struct aggregate *aggregate = calloc(1, sizeof *aggregate);
    if (!aggregate)
        return NULL;
    *aggregate = (struct aggregate){.stage = {&ops, NULL}, .summary = summary, .classes = classes, .options = *options};
    struct cells *cells = &aggregate->cells;
    cells->known_end = ORIGIN_NONE + 1;
    cells->op_time = map_new(LIMIT_TABLE_ROWS);
    cells->stacks = map_new(LIMIT_TABLE_ROWS);
    cells->cpu_ops.index = map_new(LIMIT_TABLE_ROWS);
    cells->top_ops.index = map_new(LIMIT_TABLE_ROWS);
    if (!options->skip_layers)
        aggregate->layers = layer_finder_new(summary, classes);
    cells->shares = shares_new(!options->skip_step_detail);
    const bool has_layers = aggregate->layers || options->skip_layers;
    if (has_layers && cells->shares && cells->op_time && cells->stacks && cells->cpu_ops.index && cells->top_ops.index)
        return &aggregate->stage;
    aggregate_free(&aggregate->stage);
    return NULL;
}
