#include "report/diff_layers.h"

#include <inttypes.h>

#include "report/number_text.h"
#include "report/text_table.h"
#include "report/wording.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof *(array)))

static struct text kernel_name(const struct summary *summary, uint32_t kernel) {
    return summary_name(summary, summary->kernels[kernel].readable);
}

/* A table of lists: the numbers stand on the first line of each, the members below one another. */
struct line {
    uint32_t row; /* which line it is */
    uint32_t item, member;
};

/* Lines are asked for in order, twice: the one before tells where the next is. */
struct lines {
    const struct diff *diff;
    const struct diff_layer *layer; /* of pairs */
    uint64_t least_ns;              /* pairs are shown when their gap is at least so wide */
    struct line *last;              /* the caller's */
};

/* Height 0: the item is not shown. */
static struct line line_at(const struct lines *lines, uint32_t row,
                           uint32_t (*height)(const struct lines *lines, uint32_t item)) {
    struct line line = *lines->last;
    if (row < line.row)
        line = (struct line){0, 0, 0};
    line.member += row - line.row;
    line.row = row;
    for (uint32_t lines_of_item; line.member >= (lines_of_item = height(lines, line.item)); line.item++)
        line.member -= lines_of_item;
    *lines->last = line;
    return line;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static const struct column fusion_columns[] = {
    {.heading = "side", .kind = COLUMN_TEXT, .least = 4, .most = 4},
    {.heading = "gap", .kind = COLUMN_GAP},
    {.heading = "times", .kind = COLUMN_COUNT},
    {.heading = "confidence", .kind = COLUMN_SHARE},
    {.heading = "separate kernels", .kind = COLUMN_KERNEL, .least = 20, .wish = 24, .most = SCREEN_MOST_WIDTH},
    {.heading = "in one, or fewer", .kind = COLUMN_KERNEL, .least = 20, .wish = 24, .most = SCREEN_MOST_WIDTH},
};

static uint32_t fusion_height(const struct lines *lines, uint32_t item) {
    const struct diff_fusion *fusion = &lines->diff->fusions[item];
    return larger(fusion->fused_count, fusion->separate_count);
}

static void fill_fusion(const void *data, uint32_t row, struct cell *cells) {
    const struct diff *diff = ((const struct lines *)data)->diff;
    const struct line line = line_at(data, row, fusion_height);
    const struct diff_fusion *fusion = &diff->fusions[line.item];
    const struct summary *fuses = fusion->test_fuses ? diff->test : diff->base;
    const struct summary *separates = fusion->test_fuses ? diff->base : diff->test;
    const bool first = line.member == 0;
    cells[0].text = !first ? TEXT(" ") : fusion->test_fuses ? TEXT("test") : TEXT("base");
    cells[1].ns = first ? fusion->gap_ns : 0;
    cells[1].tint = tint_of_gap(cells[1].ns);
    cells[2].count = fusion->occurrences;
    cells[3].share = fusion->confidence;
    cells[1].blank = cells[2].blank = cells[3].blank = !first;
    cells[4].text =
        line.member < fusion->separate_count ? kernel_name(separates, fusion->separate[line.member]) : TEXT(" ");
    cells[5].text = line.member < fusion->fused_count ? kernel_name(fuses, fusion->fused[line.member]) : TEXT(" ");
}

static void print_fusions(const struct diff *diff, const struct report_options *options, struct screen *screen) {
    static const struct table table = {.title = "Fusion: what one side does in fewer kernels",
                                       .columns = fusion_columns,
                                       .column_count = COUNT(fusion_columns),
                                       .fill = fill_fusion};
    const uint32_t shown = diff->fusion_count < options->top ? diff->fusion_count : options->top;
    struct line last = {0};
    const struct lines lines = {.diff = diff, .last = &last};
    uint32_t rows = 0;
    for (uint32_t i = 0; i < shown; i++)
        rows += fusion_height(&lines, i);
    table_print(&table, &lines, rows, UINT32_MAX, screen);
    table_print_rest(diff->fusion_count - shown, screen);
}

static const struct column pair_columns[] = {
    {.heading = "base", .kind = COLUMN_TIME},
    {.heading = "test", .kind = COLUMN_TIME},
    {.heading = "gap", .kind = COLUMN_GAP, .group = 1},
    {.heading = "kind", .kind = COLUMN_TEXT, .least = 9, .most = 9},
    {.heading = "phase", .kind = COLUMN_TEXT, .rank = 4, .least = 7, .most = 7},
    {.heading = "operation", .kind = COLUMN_TEXT, .rank = 3, .least = 12, .most = 20},
    {.heading = "base kernel", .kind = COLUMN_KERNEL, .least = 22, .wish = 24, .most = SCREEN_MOST_WIDTH},
    {.heading = "test kernel", .kind = COLUMN_KERNEL, .least = 22, .wish = 24, .most = SCREEN_MOST_WIDTH},
};

static bool is_shown(const struct lines *lines, const struct diff_pair *pair) {
    return number_magnitude(pair->amount.gap_ns) >= lines->least_ns;
}

static uint32_t pair_height(const struct lines *lines, uint32_t item) {
    const struct diff_pair *pair = &lines->layer->pairs[item];
    return is_shown(lines, pair) ? larger(pair->base_count, pair->test_count) : 0;
}

static void fill_pair(const void *data, uint32_t row, struct cell *cells) {
    const struct lines *lines = data;
    const struct line line = line_at(lines, row, pair_height);
    const struct diff_pair *pair = &lines->layer->pairs[line.item];
    const bool first = line.member == 0;
    cells[0].ns = first ? pair->amount.base_ns : 0;
    cells[1].ns = first ? pair->amount.test_ns : 0;
    cells[2].ns = first ? pair->amount.gap_ns : 0;
    cells[0].blank = cells[1].blank = cells[2].blank = !first;
    cells[2].tint = tint_of_gap(cells[2].ns);
    cells[3].text = first ? text_from(wording_pair(pair->kind)) : TEXT(" ");
    const enum phase phase = pair->base_count > 0 ? pair->base_phase : pair->test_phase;
    cells[4].text = first ? text_from(phase_name(phase)) : TEXT(" ");
    cells[5].text = first ? pair->operation : TEXT(" ");
    cells[6].text =
        line.member < pair->base_count ? kernel_name(lines->diff->base, pair->base_kernels[line.member]) : TEXT(" ");
    cells[7].text = pair->kind == PAIR_SAME          ? TEXT("=")
                    : line.member < pair->test_count ? kernel_name(lines->diff->test, pair->test_kernels[line.member])
                                                     : TEXT(" ");
}

/* The layer on both sides that takes most time: what it is made of says most about the others. */
static const struct diff_layer *typical_layer(const struct diff *diff) {
    const struct diff_layer *typical = NULL;
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        const struct diff_layer *layer = &diff->layers[i];
        if (layer->in_base && layer->in_test && layer->pair_count > 0 &&
            (!typical ||
             layer->amount.base_ns + layer->amount.test_ns > typical->amount.base_ns + typical->amount.test_ns))
            typical = layer;
    }
    return typical;
}

/* Raises the least gap until at most `top` pairs have it; of equal ones all or none are shown. Returns how many are. */
static uint32_t choose_pairs(struct lines *lines, uint32_t top) {
    for (;;) {
        uint64_t next_ns = UINT64_MAX;
        uint32_t shown = 0;
        for (uint32_t i = 0; i < lines->layer->pair_count; i++) {
            const struct diff_pair *pair = &lines->layer->pairs[i];
            const uint64_t gap_ns = number_magnitude(pair->amount.gap_ns);
            shown += is_shown(lines, pair);
            next_ns = is_shown(lines, pair) && gap_ns < next_ns ? gap_ns : next_ns;
        }
        if (shown <= top)
            return shown;
        lines->least_ns = next_ns + 1;
    }
}

static void print_alignment(const struct diff *diff, const struct report_options *options, struct screen *screen) {
    struct line last = {0};
    struct lines lines = {.diff = diff, .layer = typical_layer(diff), .last = &last};
    if (!lines.layer)
        return;
    char title[160], base[NUMBER_BYTES], test[NUMBER_BYTES];
    number_time(base, lines.layer->amount.base_ns, false);
    number_time(test, lines.layer->amount.test_ns, false);
    snprintf(title, sizeof title, "Layer %" PRIu32 ", kernel by kernel in the order of time: %s -> %s a run",
             lines.layer->layer, base, test);
    const struct table table = {
        .title = title, .columns = pair_columns, .column_count = COUNT(pair_columns), .fill = fill_pair};
    const uint32_t shown = choose_pairs(&lines, options->top);
    uint32_t rows = 0;
    for (uint32_t i = 0; i < lines.layer->pair_count; i++)
        rows += pair_height(&lines, i);
    table_print(&table, &lines, rows, UINT32_MAX, screen);
    if (shown > 0)
        table_print_rest(lines.layer->pair_count - shown, screen);
}

static const struct column layer_columns[] = {
    {.heading = "layer", .kind = COLUMN_COUNT}, {.heading = "base", .kind = COLUMN_TIME},
    {.heading = "test", .kind = COLUMN_TIME},   {.heading = "gap", .kind = COLUMN_GAP, .group = 1},
    {.heading = "ratio", .kind = COLUMN_RATIO}, {.heading = "status", .kind = COLUMN_TEXT, .least = 9, .most = 9},
};

static void fill_layer(const void *data, uint32_t row, struct cell *cells) {
    const struct diff_layer *layer = &((const struct diff *)data)->layers[row];
    cells[0].count = layer->layer;
    cells[1].ns = layer->amount.base_ns;
    cells[2].ns = layer->amount.test_ns;
    cells[3].ns = layer->amount.gap_ns;
    cells[3].tint = tint_of_gap(layer->amount.gap_ns);
    cells[4].share = ratio_of(&layer->amount);
    cells[5].text = text_from(wording_status(layer->status));
}

void diff_layers_text(const struct diff *diff, const struct report_options *options, struct screen *screen) {
    static const struct table layer_table = {.title = "Layers: mean of a run",
                                             .columns = layer_columns,
                                             .column_count = COUNT(layer_columns),
                                             .fill = fill_layer};
    print_fusions(diff, options, screen);
    print_alignment(diff, options, screen);
    if (options->layers)
        table_print(&layer_table, diff, diff->layer_count, options->top, screen);
}
