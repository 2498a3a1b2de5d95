#include "report/summary_tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "report/number_text.h"
#include "report/text_table.h"
#include "report/wording.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof *(array)))

static const struct column device_columns[] = {
    {.heading = "device", .kind = COLUMN_TEXT, .least = 8, .most = 20},
    {.heading = "events", .kind = COLUMN_COUNT, .rank = 3},
    {.heading = "span", .kind = COLUMN_TIME},
    {.heading = "busy", .kind = COLUMN_SHARE},
    {.heading = "compute", .kind = COLUMN_SHARE, .rank = 1},
    {.heading = "exposed comm", .kind = COLUMN_SHARE, .rank = 2},
    {.heading = "exposed copy", .kind = COLUMN_SHARE, .rank = 2},
    {.heading = "idle", .kind = COLUMN_SHARE},
};

static void fill_device(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct timeline_row *device = &summary->timeline[row];
    const int64_t shares[] = {device->busy_ns, device->compute_ns, device->exposed_comm_ns, device->exposed_copy_ns,
                              timeline_idle(device)};
    cells[0].text = summary_name(summary, device->device);
    cells[1].count = device->events;
    cells[2].ns = device->span_ns;
    for (unsigned i = 0; i < COUNT(shares); i++)
        cells[3 + i].share = share_of(shares[i], device->span_ns);
}

static const struct table device_table = {
    .title = "Devices", .columns = device_columns, .column_count = COUNT(device_columns), .fill = fill_device};

void summary_print_devices(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    if (summary->timeline_count > 1)
        table_print(&device_table, summary, summary->timeline_count, options->top, screen);
}

static const struct column operation_columns[] = {
    {.heading = "operation", .kind = COLUMN_TEXT, .least = 16, .most = 48},
    {.heading = "share", .kind = COLUMN_SHARE},
    {.heading = "", .kind = COLUMN_BAR, .rank = 5},
    {.heading = "total", .kind = COLUMN_TIME},
    {.heading = "count", .kind = COLUMN_COUNT, .rank = 1},
    {.heading = "mean", .kind = COLUMN_TIME, .rank = 2, .group = 1},
    {.heading = "p50", .kind = COLUMN_TIME, .rank = 4, .group = 1},
    {.heading = "p99", .kind = COLUMN_TIME, .rank = 3, .group = 1},
};

static void fill_operation(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct operation_row *operation = &summary->operations[row];
    cells[0].text = summary_name(summary, operation->operation);
    cells[1].share = cells[2].share = share_of(operation->stats.total_ns, summary->gpu_all.total_ns);
    cells[3].ns = operation->stats.total_ns;
    cells[4].count = operation->stats.count;
    cells[5].ns = stats_mean_ns(&operation->stats);
    cells[6].ns = stats_percentile_ns(&operation->stats, 50);
    cells[7].ns = stats_percentile_ns(&operation->stats, 99);
}

static const struct table operation_table = {.title = "Where the time goes",
                                             .columns = operation_columns,
                                             .column_count = COUNT(operation_columns),
                                             .fill = fill_operation};

void summary_print_operations(const struct summary *summary, const struct report_options *options,
                              struct screen *screen) {
    table_print(&operation_table, summary, summary->operation_count, options->top, screen);
}

static const struct column kernel_columns[] = {
    {.heading = "share", .kind = COLUMN_SHARE},
    {.heading = "total", .kind = COLUMN_TIME},
    {.heading = "count", .kind = COLUMN_COUNT, .rank = 2},
    {.heading = "mean", .kind = COLUMN_TIME, .rank = 3, .group = 1},
    {.heading = "p50", .kind = COLUMN_TIME, .rank = 6, .group = 1},
    {.heading = "p99", .kind = COLUMN_TIME, .rank = 5, .group = 1},
    {.heading = "operation", .kind = COLUMN_TEXT, .rank = 1, .least = 12, .most = 20},
    {.heading = "cpu op", .kind = COLUMN_TEXT, .rank = 4, .least = 12, .most = 28},
    {.heading = "kernel", .kind = COLUMN_KERNEL, .least = 40, .wish = 56, .most = SCREEN_MOST_WIDTH},
};

static void fill_kernel(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct kernel_row *kernel = &summary->kernels[row];
    cells[0].share = share_of(kernel->stats.total_ns, summary->gpu_all.total_ns);
    cells[1].ns = kernel->stats.total_ns;
    cells[2].count = kernel->stats.count;
    cells[3].ns = stats_mean_ns(&kernel->stats);
    cells[4].ns = stats_percentile_ns(&kernel->stats, 50);
    cells[5].ns = stats_percentile_ns(&kernel->stats, 99);
    cells[6].text = summary_name(summary, kernel->operation);
    cells[7].text = summary_name(summary, kernel->cpu_op);
    cells[8].text = summary_name(summary, kernel->readable);
}

/* The most frequent stack, innermost frame first, as a debugger shows it. */
static void print_stack(const void *data, uint32_t row, struct screen *screen) {
    enum { INDENT = 8 };
    const struct summary *summary = data;
    const struct kernel_row *kernel = &summary->kernels[row];
    if (kernel->stack_top == PATH_ROOT)
        return;
    char count[NUMBER_BYTES], distinct[NUMBER_BYTES];
    number_grouped(count, kernel->stack_top_count);
    number_grouped(distinct, kernel->stacks_distinct);
    screen_spaces(screen, INDENT);
    screen_say(screen, "%s× from (most frequent of %s stacks, innermost first)", count, distinct);
    screen_flow(screen, INDENT);
    for (uint32_t node = kernel->stack_top; node != PATH_ROOT; node = paths_caller(summary->paths, node)) {
        screen_spaces(screen, INDENT + 2);
        screen_name(screen, summary_name(summary, paths_name(summary->paths, node)), screen->width - INDENT - 2);
        screen_end_line(screen);
    }
}

static const struct table kernel_table = {
    .title = "Top kernels", .columns = kernel_columns, .column_count = COUNT(kernel_columns), .fill = fill_kernel};

void summary_print_kernels(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    struct table table = kernel_table;
    table.after = options->stacks ? print_stack : NULL;
    table_print(&table, summary, summary->kernel_count, options->top, screen);
}

static const struct column phase_columns[] = {
    {.heading = "phase", .kind = COLUMN_TEXT, .least = 8, .most = 8},
    {.heading = "share", .kind = COLUMN_SHARE},
    {.heading = "", .kind = COLUMN_BAR, .rank = 1},
    {.heading = "total", .kind = COLUMN_TIME},
    {.heading = "count", .kind = COLUMN_COUNT},
};

static void fill_phase(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct phase_row *phase = &summary->phases[row];
    cells[0].text = text_from(phase_name(phase->phase));
    cells[1].share = cells[2].share = share_of(phase->cell.total_ns, summary->gpu_all.total_ns);
    cells[3].ns = phase->cell.total_ns;
    cells[4].count = phase->cell.count;
}

static const struct table phase_table = {
    .title = "Phases", .columns = phase_columns, .column_count = COUNT(phase_columns), .fill = fill_phase};

void summary_print_phases(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    table_print(&phase_table, summary, summary->phase_count, options->top, screen);
}

static const struct column layer_columns[] = {
    {.heading = "layer", .kind = COLUMN_COUNT},     {.heading = "share", .kind = COLUMN_SHARE},
    {.heading = "", .kind = COLUMN_BAR, .rank = 1}, {.heading = "total", .kind = COLUMN_TIME},
    {.heading = "count", .kind = COLUMN_COUNT},     {.heading = "mean", .kind = COLUMN_TIME, .group = 1},
};

static void fill_layer(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct layer_row *layer = &summary->layers.rows[row];
    cells[0].count = layer->layer;
    cells[1].share = cells[2].share = share_of(layer->total_ns, summary->gpu_all.total_ns);
    cells[3].ns = layer->total_ns;
    cells[4].count = layer->count;
    cells[5].ns = layer_mean(layer);
}

static const struct table layer_table = {
    .columns = layer_columns, .column_count = COUNT(layer_columns), .fill = fill_layer};

void summary_print_layers(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    const struct layers *layers = &summary->layers;
    static const char *const methods[] = {
        [LAYERS_NONE] = "none recognised",
        [LAYERS_MODULE] = "by the modules of Python stacks",
        [LAYERS_PERIOD] = "by the period of the operations",
        [LAYERS_ATTENTION] = "from attention to attention",
    };
    char outside[NUMBER_BYTES];
    screen_title(screen, "Layers");
    if (layers->row_count == 0) {
        screen_say(screen, "%s", methods[LAYERS_NONE]);
        screen_end_line(screen);
        return;
    }
    number_percent(outside, share_of(layers->outside_ns, summary->gpu_all.total_ns));
    screen_say(screen, "%u, found %s; %s of GPU time is outside", layers->row_count, methods[layers->method], outside);
    screen_flow(screen, 0);
    table_print(&layer_table, summary, layers->row_count, options->top, screen);
}

static const struct column step_stats_columns[] = {
    {.heading = "", .kind = COLUMN_TEXT, .least = 8, .most = 8},
    {.heading = "mean", .kind = COLUMN_TIME},
    {.heading = "min", .kind = COLUMN_TIME, .rank = 1},
    {.heading = "p50", .kind = COLUMN_TIME},
    {.heading = "p99", .kind = COLUMN_TIME},
    {.heading = "max", .kind = COLUMN_TIME, .rank = 2},
};

static void fill_step_stats(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct stats *stats = row == 0 ? &summary->step_span : &summary->step_gpu;
    cells[0].text = row == 0 ? TEXT("span") : TEXT("GPU time");
    cells[1].ns = stats_mean_ns(stats);
    cells[2].ns = stats->min_ns;
    cells[3].ns = stats_percentile_ns(stats, 50);
    cells[4].ns = stats_percentile_ns(stats, 99);
    cells[5].ns = stats->max_ns;
}

static const struct column step_columns[] = {
    {.heading = "start", .kind = COLUMN_TIME, .rank = 2},
    {.heading = "span", .kind = COLUMN_TIME, .group = 1},
    {.heading = "GPU time", .kind = COLUMN_TIME, .group = 1},
    {.heading = "events", .kind = COLUMN_COUNT, .rank = 3},
    {.heading = "phase", .kind = COLUMN_TEXT, .rank = 1, .least = 8, .most = 8},
    {.heading = "step", .kind = COLUMN_TEXT, .least = 20, .wish = 40, .most = SCREEN_MOST_WIDTH},
};

struct ordered_steps {
    const struct summary *summary;
    const uint32_t *order;
    int64_t start_ns; /* of the trace's first GPU event */
};

static void fill_step(const void *data, uint32_t row, struct cell *cells) {
    const struct ordered_steps *steps = data;
    const struct step_row *step = &steps->summary->steps[steps->order[row]];
    /* Starts come from the trace: their difference may not fit. */
    cells[0].ns = (int64_t)((uint64_t)step->start_ns - (uint64_t)steps->start_ns);
    cells[1].ns = step->span_ns;
    cells[2].ns = step->gpu_ns;
    cells[3].count = step->gpu_events;
    cells[4].text = text_from(phase_name(step->phase));
    cells[5].text = summary_name(steps->summary, step->name);
}

static int longer_first(const void *left, const void *right, void *context) {
    const struct step_row *steps = context;
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (steps[a].span_ns != steps[b].span_ns)
        return steps[a].span_ns > steps[b].span_ns ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Puts step `i` among the first `kept`, which are in order; at most `limit` stay. Returns how many there are then. */
static uint32_t keep_longest(struct step_row *steps, uint32_t *order, uint32_t kept, uint32_t limit, uint32_t i) {
    if (kept == limit && longer_first(&order[kept - 1], &i, steps) < 0)
        return kept;
    uint32_t at = kept < limit ? kept++ : kept - 1;
    for (; at > 0 && longer_first(&i, &order[at - 1], steps) < 0; at--)
        order[at] = order[at - 1];
    order[at] = i;
    return kept;
}

/* The first `limit` of `order` are the longest steps then; a few of many are found without sorting all. */
static void find_longest(const struct summary *summary, uint32_t *order, uint32_t limit) {
    enum { FEW = 16 };
    uint32_t kept = 0;
    for (uint32_t i = 0; i < summary->step_count; i++) {
        if (limit > FEW)
            order[i] = i;
        else
            kept = keep_longest(summary->steps, order, kept, limit, i);
    }
    if (limit > FEW)
        qsort_r(order, summary->step_count, sizeof *order, longer_first, summary->steps);
}

static const struct table step_stats_table = {
    .columns = step_stats_columns, .column_count = COUNT(step_stats_columns), .fill = fill_step_stats};

static const struct table step_table = {
    .title = "Longest steps", .columns = step_columns, .column_count = COUNT(step_columns), .fill = fill_step};

static int64_t first_start(const struct summary *summary) {
    int64_t first = summary->timeline_count > 0 ? summary->timeline[0].start_ns : 0;
    for (uint32_t i = 1; i < summary->timeline_count; i++)
        if (summary->timeline[i].start_ns < first)
            first = summary->timeline[i].start_ns;
    return first;
}

static void print_longest(const struct summary *summary, uint32_t limit, struct screen *screen) {
    void *order = NULL;
    size_t capacity = 0;
    if (screen->status == STATUS_OK)
        screen->status =
            array_grow(&order, &capacity, summary->step_count, sizeof(uint32_t), LIMIT_STEPS, screen->error);
    if (screen->status != STATUS_OK)
        return;
    uint32_t *steps = order;
    find_longest(summary, steps, limit);
    const struct ordered_steps ordered = {.summary = summary, .order = steps, .start_ns = first_start(summary)};
    table_print(&step_table, &ordered, summary->step_count, limit, screen);
    free(order);
}

/* Which steps a comparison leaves out of its means. */
static void print_left_out(const struct summary *summary, struct screen *screen) {
    uint32_t warm_up = 0, clipped = 0;
    for (uint32_t i = 0; i < summary->step_count; i++) {
        warm_up += summary->steps[i].use == STEP_WARM_UP;
        clipped += summary->steps[i].use == STEP_CLIPPED;
    }
    if (warm_up + clipped == 0)
        return;
    screen_say(screen, "No measure of a step: %" PRIu32 " at the start that warm%s up, %" PRIu32 " clipped", warm_up,
               warm_up == 1 ? "s" : "", clipped);
    screen_flow(screen, 0);
}

void summary_print_steps(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    if (summary->step_count == 0)
        return;
    char title[128], count[NUMBER_BYTES];
    number_grouped(count, summary->step_count);
    snprintf(title, sizeof title, "Steps: %s (%s)", count, summary->step_kind ? summary->step_kind : "unnamed");
    screen_title(screen, title);
    table_print(&step_stats_table, summary, 2, UINT32_MAX, screen);
    print_left_out(summary, screen);
    print_longest(summary, options->top, screen);
}

static const struct column cpu_op_columns[] = {
    {.heading = "share", .kind = COLUMN_SHARE},
    {.heading = "GPU time", .kind = COLUMN_TIME},
    {.heading = "GPU events", .kind = COLUMN_COUNT, .rank = 2},
    {.heading = "calls", .kind = COLUMN_COUNT, .rank = 1},
    {.heading = "CPU time", .kind = COLUMN_TIME, .rank = 3, .group = 1},
    {.heading = "cpu op", .kind = COLUMN_TEXT, .least = 24, .wish = 40, .most = SCREEN_MOST_WIDTH},
};

static void fill_cpu_op(const void *data, uint32_t row, struct cell *cells) {
    const struct summary *summary = data;
    const struct cpu_op_row *op = &summary->cpu_ops[row];
    cells[0].share = share_of(op->gpu_total_ns, summary->gpu_all.total_ns);
    cells[1].ns = op->gpu_total_ns;
    cells[2].count = op->gpu_count;
    cells[3].count = op->calls;
    cells[4].ns = op->cpu_total_ns;
    cells[5].text = summary_op(summary, op->name);
}

static const struct table cpu_op_table = {
    .title = "CPU operators", .columns = cpu_op_columns, .column_count = COUNT(cpu_op_columns), .fill = fill_cpu_op};

void summary_print_cpu_ops(const struct summary *summary, const struct report_options *options, struct screen *screen) {
    table_print(&cpu_op_table, summary, summary->cpu_op_count, options->top, screen);
}
