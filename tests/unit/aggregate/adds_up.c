#include "adds_up.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct sum {
    uint64_t count;
    int64_t ns;
};

static void add(struct sum *sum, uint64_t count, int64_t ns) {
    sum->count += count;
    sum->ns += ns;
}

static void add_cell(struct phase_cell *into, const struct phase_cell *from) {
    into->count += from->count;
    into->total_ns += from->total_ns;
    into->step_count += from->step_count;
    into->step_ns += from->step_ns;
}

static void expect_sum(struct sum sum, uint64_t count, int64_t ns, const char *what, const char *name) {
    cr_expect_eq(sum.count, count, "case %s: %s: %zu events, not %zu", name, what, (size_t)sum.count, (size_t)count);
    cr_expect_eq(sum.ns, ns, "case %s: %s: %lld ns, not %lld", name, what, (long long)sum.ns, (long long)ns);
}

static void expect_total(const struct summary *summary, struct sum sum, const char *what, const char *name) {
    expect_sum(sum, summary->gpu_all.count, summary->gpu_all.total_ns, what, name);
}

/* A row's phases together are the row; no more lies in steps than there is. */
static void expect_phases(const struct phase_cell *phases, const struct stats *stats, const char *name) {
    struct sum sum = {0};
    for (int phase = 0; phase < PHASES; phase++) {
        add(&sum, phases[phase].count, phases[phase].total_ns);
        cr_expect_leq(phases[phase].step_count, phases[phase].count, "case %s", name);
        cr_expect_leq(phases[phase].step_ns, phases[phase].total_ns, "case %s", name);
    }
    expect_sum(sum, stats->count, stats->total_ns, "phases of a row", name);
}

/* a may stand before b. */
static void expect_order(const struct summary *summary, int64_t a_ns, uint32_t a, int64_t b_ns, uint32_t b,
                         const char *name) {
    const int names = text_compare(names_get(summary->names, a), names_get(summary->names, b));
    cr_expect(a_ns > b_ns || (a_ns == b_ns && names <= 0), "case %s: rows out of order", name);
}

static void expect_kernels(const struct summary *summary, const char *name) {
    struct sum kinds = {0}, rows = {0};
    for (int kind = 0; kind < EVENT_GPU_KINDS; kind++)
        add(&kinds, summary->gpu[kind].count, summary->gpu[kind].total_ns);
    expect_total(summary, kinds, "kinds", name);
    for (uint32_t i = 0; i < summary->kernel_count; i++) {
        const struct kernel_row *row = &summary->kernels[i], *last = row - (i > 0);
        add(&rows, row->stats.count, row->stats.total_ns);
        expect_phases(row->phases, &row->stats, name);
        expect_order(summary, last->stats.total_ns, last->name, row->stats.total_ns, row->name, name);
        cr_expect_geq(row->stats.count, 1, "case %s: an empty kernel row", name);
        cr_expect_leq(row->stack_top_count, row->stats.count, "case %s", name);
        cr_expect_eq(row->stacks_distinct == 0, row->stack_top == PATH_ROOT, "case %s", name);
    }
    expect_total(summary, rows, "kernels", name);
}

/* Adds the kernels of an operation, each of which belongs to no other. */
static struct sum sum_kernels(const struct summary *summary, const struct operation_row *operation, bool *listed,
                              struct phase_cell *phases, const char *name) {
    struct sum sum = {0};
    for (uint32_t k = 0; k < operation->kernel_count; k++) {
        const uint32_t at = operation->kernels[k];
        const struct kernel_row *kernel = &summary->kernels[at];
        cr_expect(k == 0 || operation->kernels[k - 1] < at, "case %s: kernels of an operation out of order", name);
        cr_expect_not(listed[at], "case %s: a kernel in two operations", name);
        listed[at] = true;
        cr_expect_eq(kernel->operation, operation->operation, "case %s", name);
        add(&sum, kernel->stats.count, kernel->stats.total_ns);
        for (int phase = 0; phase < PHASES; phase++)
            add_cell(&phases[phase], &kernel->phases[phase]);
    }
    return sum;
}

static void expect_operations(const struct summary *summary, struct phase_cell *phases, const char *name) {
    struct sum rows = {0};
    bool *listed = calloc(summary->kernel_count + (size_t)1, sizeof *listed);
    cr_assert(listed);
    for (uint32_t i = 0; i < summary->operation_count; i++) {
        const struct operation_row *row = &summary->operations[i], *last = row - (i > 0);
        struct phase_cell own[PHASES] = {{0}};
        expect_sum(sum_kernels(summary, row, listed, own, name), row->stats.count, row->stats.total_ns,
                   "kernels of an operation", name);
        for (int phase = 0; phase < PHASES; phase++) {
            cr_expect(own[phase].count == row->phases[phase].count &&
                          own[phase].total_ns == row->phases[phase].total_ns &&
                          own[phase].step_count == row->phases[phase].step_count &&
                          own[phase].step_ns == row->phases[phase].step_ns,
                      "case %s: phase %d of an operation", name, phase);
            add_cell(&phases[phase], &own[phase]);
        }
        add(&rows, row->stats.count, row->stats.total_ns);
        expect_order(summary, last->stats.total_ns, last->operation, row->stats.total_ns, row->operation, name);
    }
    expect_total(summary, rows, "operations", name);
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        cr_expect(listed[i], "case %s: a kernel in no operation", name);
    free(listed);
}

static void expect_phase_rows(const struct summary *summary, const struct phase_cell *phases, struct sum *in_steps,
                              const char *name) {
    struct sum rows = {0};
    for (uint32_t i = 0; i < summary->phase_count; i++) {
        const struct phase_row *row = &summary->phases[i], *last = row - (i > 0);
        const struct phase_cell *cell = &phases[row->phase];
        expect_sum((struct sum){cell->count, cell->total_ns}, row->cell.count, row->cell.total_ns, "a phase", name);
        expect_sum((struct sum){cell->step_count, cell->step_ns}, row->cell.step_count, row->cell.step_ns,
                   "the steps of a phase", name);
        add(&rows, row->cell.count, row->cell.total_ns);
        add(in_steps, row->cell.step_count, row->cell.step_ns);
        cr_expect_geq(row->cell.count, 1, "case %s: an empty phase", name);
        cr_expect_geq(last->cell.total_ns, row->cell.total_ns, "case %s: phases out of order", name);
    }
    expect_total(summary, rows, "phases", name);
}

static void expect_steps(const struct summary *summary, struct sum in_steps, const char *name) {
    struct sum rows = {0};
    for (uint32_t i = 0; i < summary->step_count; i++) {
        const struct step_row *row = &summary->steps[i], *last = row - (i > 0);
        add(&rows, row->gpu_events, row->gpu_ns);
        cr_expect_geq(row->gpu_events, 1, "case %s: an empty step", name);
        cr_expect_leq(last->start_ns, row->start_ns, "case %s: steps out of order", name);
    }
    expect_sum(rows, in_steps.count, in_steps.ns, "steps", name);
    cr_expect_eq(summary->step_gpu.total_ns, rows.ns, "case %s", name);
    cr_expect_eq(summary->step_gpu.count, summary->step_count, "case %s", name);
    cr_expect_eq(summary->step_span.count, summary->step_count, "case %s", name);
    cr_expect_eq(summary->step_kind == NULL, summary->step_count == 0, "case %s", name);
}

static struct sum shares_of_kernel(const struct summary *summary, uint32_t kernel, enum phase phase) {
    struct sum sum = {0};
    for (uint32_t i = 0; i < summary->step_detail.share_count; i++) {
        const struct step_share *share = &summary->step_detail.shares[i];
        if (share->kernel == kernel && (enum phase)share->phase == phase)
            add(&sum, share->count, share->ns);
    }
    return sum;
}

static struct sum shares_of_step(const struct summary *summary, uint32_t step) {
    struct sum sum = {0};
    for (uint32_t i = 0; i < summary->step_detail.share_count; i++)
        if (summary->step_detail.shares[i].step == step)
            add(&sum, summary->step_detail.shares[i].count, summary->step_detail.shares[i].ns);
    return sum;
}

/* What kernels took of steps is all of their time in steps, and all of the steps' time. */
static void expect_shares(const struct summary *summary, const char *name) {
    const struct step_detail *detail = &summary->step_detail;
    if (!detail->complete) {
        cr_expect(!detail->shares && !detail->parts && detail->share_count == 0, "case %s", name);
        return;
    }
    for (uint32_t i = 1; i < detail->share_count; i++) {
        const struct step_share *a = &detail->shares[i - 1], *b = &detail->shares[i];
        cr_expect(a->kernel < b->kernel || (a->kernel == b->kernel && a->step < b->step) ||
                      (a->kernel == b->kernel && a->step == b->step && a->phase < b->phase),
                  "case %s: shares out of order", name);
    }
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        for (int phase = 0; phase < PHASES; phase++) {
            const struct phase_cell *cell = &summary->kernels[i].phases[phase];
            expect_sum(shares_of_kernel(summary, i, (enum phase)phase), cell->step_count, cell->step_ns,
                       "shares of a kernel", name);
        }
    for (uint32_t i = 0; i < summary->step_count; i++) {
        const struct step_row *row = &summary->steps[i];
        const struct step_parts *parts = &detail->parts[i];
        const int64_t span_ns = parts->compute_ns + parts->exposed_comm_ns + parts->exposed_copy_ns + parts->idle_ns;
        expect_sum(shares_of_step(summary, i), row->gpu_events, row->gpu_ns, "shares of a step", name);
        cr_expect(summary->timeline_count > 1 || span_ns == row->span_ns, "case %s: parts of a step", name);
    }
}

static void expect_ops(const struct summary *summary, const struct cpu_op_row *ops, uint32_t count, const char *what,
                       const char *name) {
    struct sum rows = {0}, none = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct cpu_op_row *row = &ops[i], *last = row - (i > 0);
        add(row->name == NAME_NONE ? &none : &rows, row->gpu_count, row->gpu_total_ns);
        expect_order(summary, last->gpu_total_ns, last->name, row->gpu_total_ns, row->name, name);
    }
    expect_sum(none, summary->attribution.op_none, summary->attribution.op_none_ns, what, name);
    add(&rows, none.count, none.ns);
    expect_total(summary, rows, what, name);
}

static void expect_attribution(const struct summary *summary, const char *name) {
    const uint64_t all = summary->gpu_all.count;
    cr_expect_eq(summary->attribution.launched + summary->attribution.unlaunched, all, "case %s: launches", name);
    cr_expect_eq(summary->attribution.op_enclosing + summary->attribution.op_external_id + summary->attribution.op_none,
                 all, "case %s: ops", name);
    cr_expect_eq(summary->attribution.with_stack + summary->attribution.without_stack, all, "case %s: stacks", name);
    cr_expect_leq(summary->attribution.distinct_stacks, summary->attribution.with_stack, "case %s", name);
}

static void expect_timeline(const struct summary *summary, const char *name) {
    uint64_t events = 0;
    for (uint32_t i = 0; i < summary->timeline_count; i++) {
        const struct timeline_row *row = &summary->timeline[i];
        const int64_t idle_ns = row->span_ns - row->busy_ns;
        events += row->events;
        cr_expect_geq(row->events, 1, "case %s: an empty device", name);
        cr_expect_geq(idle_ns, 0, "case %s: busier than its span", name);
        cr_expect_eq(row->compute_ns + row->exposed_comm_ns + row->exposed_copy_ns + idle_ns, row->span_ns,
                     "case %s: a hole in the timeline", name);
        cr_expect(0 <= row->exposed_comm_ns && row->exposed_comm_ns <= row->comm_ns, "case %s: communication", name);
        cr_expect(0 <= row->exposed_copy_ns && row->exposed_copy_ns <= row->copy_ns, "case %s: copies", name);
        cr_expect_leq(row->busy_ns, summary->gpu_all.total_ns, "case %s", name);
    }
    cr_expect_eq(events, summary->gpu_all.count, "case %s: devices", name);
}

void expect_adds_up(const struct summary *summary, const char *name) {
    struct phase_cell phases[PHASES] = {{0}};
    struct sum in_steps = {0};
    expect_kernels(summary, name);
    expect_operations(summary, phases, name);
    expect_phase_rows(summary, phases, &in_steps, name);
    expect_steps(summary, in_steps, name);
    expect_ops(summary, summary->cpu_ops, summary->cpu_op_count, "cpu_ops", name);
    expect_ops(summary, summary->top_ops, summary->top_op_count, "top_ops", name);
    expect_shares(summary, name);
    expect_attribution(summary, name);
    expect_timeline(summary, name);
}
