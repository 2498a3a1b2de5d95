#include "aggregate/aggregate.h"

#include <stdlib.h>

#include "aggregate/amounts.h"
#include "aggregate/cells.h"
#include "aggregate/kernel_rows.h"
#include "aggregate/layer_finder.h"
#include "aggregate/origin_durations.h"
#include "aggregate/step_table.h"
#include "aggregate/tables.h"
#include "base/buf.h"
#include "base/limits.h"

struct aggregate {
    struct stage stage; /* first */
    struct summary *summary;
    const struct classes *classes;
    struct aggregate_options options;
    bool any_gpu; /* of any phase */
    struct cells cells;
    struct origin_durations durations;
    bool totals_given;           /* sums and durations came before the events */
    struct layer_finder *layers; /* NULL: nobody asks for layers */
    struct device_time device;   /* the one whose events pass now */
    struct gpu_batch batch;      /* those not in any table yet */
};

static void aggregate_free(struct stage *stage) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    cells_fini(&aggregate->cells);
    durations_fini(&aggregate->durations.each);
    layer_finder_free(aggregate->layers);
    free(aggregate);
}

static enum status learn_origin(struct aggregate *aggregate, const struct event *event, struct error *error) {
    struct cells *cells = &aggregate->cells;
    const bool collective = aggregate->classes->kernels[event->class_id].collective;
    if (event->origin >= cells->origin_count)
        TRY(cells_know_origin(cells, event->origin, error));
    if (event->class_id >= cells->kernel_count)
        TRY(cells_know_class(cells, event->class_id, error));
    if (event->origin >= LIMIT_DURATION_ORIGINS && !aggregate->durations.given_up)
        TRY(origin_durations_give_up(&aggregate->durations, cells, error));
    if (origin_durations_has(&aggregate->durations, event->origin) && !aggregate->totals_given)
        TRY(durations_know(&aggregate->durations.each, event->origin, error));
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

static enum status add_to_step(struct aggregate *aggregate, const struct gpu_run *run, const struct device_time *alone,
                               struct error *error) {
    struct cells *cells = &aggregate->cells;
    const uint32_t number = run->step;
    TRY(shares_add(cells->shares, run, alone, error));
    if (number >= cells->step_count)
        TRY(cells_know_step(cells, number, error));
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
        TRY(origin_durations_add(&aggregate->durations, &aggregate->cells, run, error));
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
    return amounts_add_origin(&aggregate->cells, aggregate->summary, event, &one, error);
}

/* Of a phase that was not asked for: only an index wants to know. */
static enum status pass_by(struct aggregate *aggregate, const struct event *event, struct error *error) {
    if (aggregate->totals_given || !origin_durations_has(&aggregate->durations, event->origin))
        return STATUS_OK;
    if (event->origin >= aggregate->cells.origin_count)
        TRY(cells_know_origin(&aggregate->cells, event->origin, error));
    TRY(durations_know(&aggregate->durations.each, event->origin, error));
    add_to_sum(&aggregate->cells.origins[event->origin], event->step != STEP_NONE, event->dur_ns);
    return durations_add_one(&aggregate->durations.each, event->origin, event->dur_ns, error);
}

static enum status push_gpu(struct aggregate *aggregate, const struct event *event, struct error *error) {
    aggregate->any_gpu = true;
    if (aggregate->options.one_phase && event->phase != aggregate->options.phase)
        return pass_by(aggregate, event, error);
    TRY(begin_device(aggregate, event->device, error));
    if (event->origin == ORIGIN_NONE)
        return push_single(aggregate, event, error);
    if (!cells_knows_origin(&aggregate->cells, event->origin))
        TRY(learn_origin(aggregate, event, error));
    return put(aggregate, event, error);
}

static enum status aggregate_push(struct stage *stage, struct event *event, struct error *error) {
    struct aggregate *aggregate = (struct aggregate *)stage;
    if (event->kind == EVENT_CPU_OP)
        return amounts_add_cpu_op(&aggregate->cells, aggregate->summary, event, error);
    return push_gpu(aggregate, event, error);
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
        if (cells_knows_origin(cells, batch->origin[i]))
            continue;
        const struct event event = origins_event(aggregate->summary->origins, batch->origin[i]);
        TRY(learn_origin(aggregate, &event, error));
    }
    while (cells_knows_origin(cells, (uint32_t)cells->known_end))
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
    if (!cells_knows_origin(&aggregate->cells, origin))
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
    return durations_stats(&aggregate->durations.each, origin, &total->durations, error);
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
    TRY(amounts_add_origins(&aggregate->cells, summary, error));
    TRY(origin_durations_add_up(&aggregate->durations, &aggregate->cells, error));
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
    if (!options->skip_layers)
        aggregate->layers = layer_finder_new(summary, classes);
    const bool has_layers = aggregate->layers || options->skip_layers;
    if (cells_init(&aggregate->cells, !options->skip_step_detail) && has_layers)
        return &aggregate->stage;
    aggregate_free(&aggregate->stage);
    return NULL;
}
