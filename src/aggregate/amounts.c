#include "aggregate/amounts.h"

#include <stdlib.h>
#include <string.h>

#include "flow/origins.h"

/* Adds to the value of a key; that a table is full counts once for each event. */
static enum status add_to(struct summary *summary, struct map *map, uint64_t key, uint64_t amount, uint64_t events,
                          struct error *error) {
    uint64_t *value;
    TRY(map_at(map, key, &value, error));
    if (value)
        *value += amount;
    else
        tally_add_times(&summary->tally, ANOMALY_TABLE_FULL, events);
    return STATUS_OK;
}

/* *cell is NULL when the table is full, which counts once for each event. */
static enum status op_cell_at(struct summary *summary, struct op_table *table, uint32_t name, uint64_t events,
                              struct op_cell **cell, struct error *error) {
    TRY(op_table_at(table, name, cell, error));
    if (!*cell)
        tally_add_times(&summary->tally, ANOMALY_TABLE_FULL, events);
    return STATUS_OK;
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

static enum status add_to_ops(struct cells *cells, struct summary *summary, const struct event *event,
                              const struct phase_cell *amount, struct error *error) {
    struct op_cell *inner, *top;
    TRY(op_cell_at(summary, &cells->cpu_ops, event->cpu_op, amount->count, &inner, error));
    TRY(op_cell_at(summary, &cells->top_ops, event->top_op, amount->count, &top, error));
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

enum status amounts_add_origin(struct cells *cells, struct summary *summary, const struct event *event,
                               const struct phase_cell *amount, struct error *error) {
    const uint64_t class = (uint64_t)event->class_id << 32;
    add_to_totals(summary, event, amount);
    add_to_phase(&cells->kernels[event->class_id], event->phase, amount);
    TRY(add_to(summary, cells->op_time, class | event->cpu_op, (uint64_t)amount->total_ns, amount->count, error));
    if (event->stack != PATH_ROOT) {
        TRY(add_to(summary, cells->stacks, class | event->stack, amount->count, amount->count, error));
        TRY(add_to_stack(summary, event->stack, amount, error));
    }
    return add_to_ops(cells, summary, event, amount, error);
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
enum status amounts_add_origins(struct cells *cells, struct summary *summary, struct error *error) {
    for (uint32_t number = 0; number < cells->origin_count; number++) {
        const struct phase_cell amount = amount_of(&cells->origins[number]);
        if (amount.count == 0 || !cells->facts[number].known)
            continue;
        const struct event event = origins_event(summary->origins, number);
        TRY(amounts_add_origin(cells, summary, &event, &amount, error));
    }
    return STATUS_OK;
}

enum status amounts_add_cpu_op(struct cells *cells, struct summary *summary, const struct event *event,
                               struct error *error) {
    struct op_cell *cell;
    TRY(op_cell_at(summary, &cells->cpu_ops, event->name_id, event->calls, &cell, error));
    if (cell) {
        cell->calls += event->calls;
        if (__builtin_add_overflow(cell->cpu_total_ns, event->dur_ns, &cell->cpu_total_ns))
            cell->cpu_total_ns = INT64_MAX;
    }
    return STATUS_OK;
}
