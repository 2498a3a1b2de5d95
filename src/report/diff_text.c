#include "report/diff_answer.h"
#include "report/diff_layers.h"
#include "report/forms.h"
#include "report/number_text.h"
#include "report/text_table.h"
#include "report/wording.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof *(array)))

enum { LABEL = 6 };

static void print_side(const char *label, const struct summary *summary, const char *name, struct screen *screen) {
    char steps[NUMBER_BYTES], total[NUMBER_BYTES];
    number_counted(steps, summary->step_count, "step");
    number_time(total, summary->gpu_all.total_ns, false);
    screen_say(screen, "%-*s", LABEL, label);
    screen_name(screen, text_from(name), screen->width - LABEL);
    screen_say(screen, " (%s", wording_platform(summary->platform));
    if (summary->document.device.present && summary->document.device.name[0] != '\0') {
        screen_say(screen, ", ");
        screen_name(screen, text_from(summary->document.device.name), screen->width - LABEL);
    }
    screen_say(screen, ", %s of GPU time, %s)", total, steps);
    screen_flow(screen, LABEL);
}

/* Base, test, gap and ratio are in every table; the units of the first two are one group, those of gaps the other. */
#define AMOUNT_COLUMNS                                                                                                 \
    {.heading = "base", .kind = COLUMN_TIME}, {.heading = "test", .kind = COLUMN_TIME},                                \
        {.heading = "gap", .kind = COLUMN_GAP, .group = 1}, {                                                          \
        .heading = "ratio", .kind = COLUMN_RATIO, .rank = 2                                                            \
    }

enum { AMOUNT_CELLS = 4 };

static void fill_amount(struct cell cells[AMOUNT_CELLS], const struct amount *amount) {
    cells[0].ns = amount->base_ns;
    cells[1].ns = amount->test_ns;
    cells[2].ns = amount->gap_ns;
    cells[3].share = ratio_of(amount);
}

static enum tint status_tint(enum diff_status status) {
    static const enum tint tints[] = {[DIFF_SLOWER] = TINT_SLOWER,
                                      [DIFF_FASTER] = TINT_FASTER,
                                      [DIFF_SIMILAR] = TINT_NONE,
                                      [DIFF_BASE_ONLY] = TINT_FASTER,
                                      [DIFF_TEST_ONLY] = TINT_SLOWER};
    return tints[status];
}

static const struct column span_columns[] = {
    {.heading = "part", .kind = COLUMN_TEXT, .least = 21, .most = 21},
    AMOUNT_COLUMNS,
};

static void fill_span(const void *data, uint32_t row, struct cell *cells) {
    const struct span_part *parts = data;
    cells[0].text = text_from(parts[row].readable);
    fill_amount(cells + 1, parts[row].amount);
    cells[3].tint = tint_of_gap(parts[row].amount->gap_ns);
}

static const struct column operation_columns[] = {
    {.heading = "operation", .kind = COLUMN_TEXT, .least = 16, .most = 48},
    AMOUNT_COLUMNS,
    {.heading = "launches", .kind = COLUMN_GAP, .rank = 3, .group = 1},
    {.heading = "speed", .kind = COLUMN_GAP, .rank = 3, .group = 1},
    {.heading = "status", .kind = COLUMN_TEXT, .rank = 1, .least = 9, .most = 9},
};

static void fill_operation(const void *data, uint32_t row, struct cell *cells) {
    const struct diff_operation *operation = &((const struct diff *)data)->operations[row];
    cells[0].text = operation->name;
    fill_amount(cells + 1, &operation->amount);
    cells[5].ns = operation->gap_count_ns;
    cells[6].ns = operation->gap_speed_ns;
    cells[7].text = text_from(wording_status(operation->status));
    cells[3].tint = cells[7].tint = status_tint(operation->status);
}

static const struct column kernel_columns[] = {
    AMOUNT_COLUMNS,
    {.heading = "status", .kind = COLUMN_TEXT, .rank = 1, .least = 9, .most = 9},
    {.heading = "operation", .kind = COLUMN_TEXT, .rank = 3, .least = 12, .most = 20},
    {.heading = "kernel", .kind = COLUMN_KERNEL, .least = 40, .wish = 56, .most = SCREEN_MOST_WIDTH},
};

static void fill_kernel(const void *data, uint32_t row, struct cell *cells) {
    const struct diff_kernel *kernel = &((const struct diff *)data)->kernels[row];
    fill_amount(cells, &kernel->amount);
    cells[4].text = text_from(wording_status(kernel->status));
    cells[5].text = kernel->operation;
    cells[6].text = kernel->readable;
    cells[2].tint = cells[4].tint = status_tint(kernel->status);
}

static const struct column phase_columns[] = {
    {.heading = "phase", .kind = COLUMN_TEXT, .least = 8, .most = 8},
    AMOUNT_COLUMNS,
};

static void fill_phase(const void *data, uint32_t row, struct cell *cells) {
    const struct diff_phase *phase = &((const struct diff *)data)->phases[row];
    cells[0].text = text_from(phase_name(phase->phase));
    fill_amount(cells + 1, &phase->amount);
    cells[3].tint = tint_of_gap(phase->amount.gap_ns);
}

static const struct table span_table = {
    .title = "Span", .columns = span_columns, .column_count = COUNT(span_columns), .fill = fill_span};
static const struct table operation_table = {.title = "Operations, widest gap first",
                                             .columns = operation_columns,
                                             .column_count = COUNT(operation_columns),
                                             .fill = fill_operation};
static const struct table kernel_table = {.title = "Kernels, widest gap first",
                                          .columns = kernel_columns,
                                          .column_count = COUNT(kernel_columns),
                                          .fill = fill_kernel};
static const struct table phase_table = {
    .title = "Phases", .columns = phase_columns, .column_count = COUNT(phase_columns), .fill = fill_phase};

static void print_warnings(const struct diff *diff, struct screen *screen) {
    if (diff->warning_count > 0)
        screen_title(screen, "Warnings");
    for (uint32_t i = 0; i < diff->warning_count; i++) {
        screen_say(screen, "%s: ", diff->warnings[i].code);
        screen_name(screen, text_from(diff->warnings[i].message), SIZE_MAX);
        screen_flow(screen, 4);
    }
}

enum status diff_text(FILE *out, const struct diff *diff, const struct report_options *options, struct error *error) {
    struct screen screen;
    struct span_part parts[SPAN_PARTS];
    span_parts(diff, parts);
    screen_init(&screen, out, options->width, options->color, error);
    print_side("Base", diff->base, options->base_name, &screen);
    print_side("Test", diff->test, options->test_name, &screen);
    diff_answer_print(diff, &screen);
    print_warnings(diff, &screen);
    table_print(&span_table, parts, SPAN_PARTS, UINT32_MAX, &screen);
    table_print(&operation_table, diff, diff->operation_count, options->top, &screen);
    diff_layers_text(diff, options, &screen);
    table_print(&kernel_table, diff, diff->kernel_count, options->top, &screen);
    table_print(&phase_table, diff, diff->phase_count, options->top, &screen);
    return screen_fini(&screen);
}
