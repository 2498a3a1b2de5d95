#include "report/diff_layers.h"

#include "report/number_text.h"
#include "report/text_table.h"
#include "report/wording.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof *(array)))

static struct text kernel_name(const struct summary *summary, uint32_t kernel) {
    return summary_name(summary, summary->kernels[kernel].readable);
}

static enum tint tint_of(int64_t gap_ns) {
    return gap_ns > 0 ? TINT_SLOWER : gap_ns < 0 ? TINT_FASTER : TINT_NONE;
}

/* A table of lists: the numbers stand on the first line of each, the members below one another. */
struct line {
    uint32_t item, member;
};

static const struct column fusion_columns[] = {
    {.heading = "side", .kind = COLUMN_TEXT, .least = 4, .most = 4},
    {.heading = "gap", .kind = COLUMN_GAP},
    {.heading = "times", .kind = COLUMN_COUNT},
    {.heading = "sure", .kind = COLUMN_SHARE},
    {.heading = "separate kernels", .kind = COLUMN_KERNEL, .least = 20, .wish = 40, .most = SCREEN_MOST_WIDTH},
    {.heading = "in one, or fewer", .kind = COLUMN_KERNEL, .least = 20, .wish = 40, .most = SCREEN_MOST_WIDTH},
};

static uint32_t fusion_height(const struct diff_fusion *fusion) {
    return fusion->fused_count > fusion->separate_count ? fusion->fused_count : fusion->separate_count;
}

static struct line fusion_line(const struct diff *diff, uint32_t row) {
    struct line line = {0, row};
    while (line.member >= fusion_height(&diff->fusions[line.item]))
        line.member -= fusion_height(&diff->fusions[line.item++]);
    return line;
}

static void fill_fusion(const void *data, uint32_t row, struct cell *cells) {
    const struct diff *diff = data;
    const struct line line = fusion_line(diff, row);
    const struct diff_fusion *fusion = &diff->fusions[line.item];
    const struct summary *fuses = fusion->test_fuses ? diff->test : diff->base;
    const struct summary *separates = fusion->test_fuses ? diff->base : diff->test;
    const bool first = line.member == 0;
    cells[0].text = !first ? TEXT(" ") : fusion->test_fuses ? TEXT("test") : TEXT("base");
    cells[1].ns = first ? fusion->gap_ns : 0;
    cells[1].tint = tint_of(cells[1].ns);
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
    uint32_t lines = 0;
    for (uint32_t i = 0; i < shown; i++)
        lines += fusion_height(&diff->fusions[i]);
    table_print(&table, diff, lines, UINT32_MAX, screen);
    table_print_rest(diff->fusion_count - shown, screen);
}

static const struct column pair_columns[] = {
    {.heading = "base", .kind = COLUMN_TIME},
    {.heading = "test", .kind = COLUMN_TIME},
    {.heading = "gap", .kind = COLUMN_GAP, .group = 1},
    {.heading = "kind", .kind = COLUMN_TEXT, .least = 9, .most = 9},
    {.heading = "operation", .kind = COLUMN_TEXT, .rank = 3, .least = 12, .most = 20},
    {.heading = "base kernel", .kind = COLUMN_KERNEL, .least = 18, .wish = 40, .most = SCREEN_MOST_WIDTH},
    {.heading = "test kernel", .kind = COLUMN_KERNEL, .least = 18, .wish = 40, .most = SCREEN_MOST_WIDTH},
};

/* The pairs of a layer that are shown: those whose gap is at least so wide, in the order of time. */
struct pair_lines {
    const struct diff *diff;
    const struct diff_layer *layer;
    uint64_t least_ns;
    uint32_t lines, shown;
};

static bool is_shown(const struct pair_lines *lines, const struct diff_pair *pair) {
    return number_magnitude(pair->amount.gap_ns) >= lines->least_ns;
}

static uint32_t pair_height(const struct diff_pair *pair) {
    return pair->base_count > pair->test_count ? pair->base_count : pair->test_count;
}

static struct line pair_line(const struct pair_lines *lines, uint32_t row) {
    struct line line = {0, row};
    for (;; line.item++) {
        const struct diff_pair *pair = &lines->layer->pairs[line.item];
        if (!is_shown(lines, pair))
            continue;
        if (line.member < pair_height(pair))
            return line;
        line.member -= pair_height(pair);
    }
}

static void fill_pair(const void *data, uint32_t row, struct cell *cells) {
    const struct pair_lines *lines = data;
    const struct line line = pair_line(lines, row);
    const struct diff_pair *pair = &lines->layer->pairs[line.item];
    const bool first = line.member == 0;
    cells[0].ns = first ? pair->amount.base_ns : 0;
    cells[1].ns = first ? pair->amount.test_ns : 0;
    cells[2].ns = first ? pair->amount.gap_ns : 0;
    cells[0].blank = cells[1].blank = cells[2].blank = !first;
    cells[2].tint = tint_of(cells[2].ns);
    cells[3].text = first ? text_from(wording_pair(pair->kind)) : TEXT(" ");
    cells[4].text = first ? pair->operation : TEXT(" ");
    cells[5].text =
        line.member < pair->base_count ? kernel_name(lines->diff->base, pair->base_kernels[line.member]) : TEXT(" ");
    cells[6].text = pair->kind == PAIR_SAME          ? TEXT("=")
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

/* Raises the least gap until at most `top` pairs have it; of equal ones all or none are shown. */
static void choose_pairs(struct pair_lines *lines, uint32_t top) {
    for (;;) {
        uint64_t next_ns = UINT64_MAX;
        lines->lines = lines->shown = 0;
        for (uint32_t i = 0; i < lines->layer->pair_count; i++) {
            const struct diff_pair *pair = &lines->layer->pairs[i];
            const uint64_t gap_ns = number_magnitude(pair->amount.gap_ns);
            if (!is_shown(lines, pair))
                continue;
            lines->lines += pair_height(pair);
            lines->shown++;
            next_ns = gap_ns < next_ns ? gap_ns : next_ns;
        }
        if (lines->shown <= top || next_ns == UINT64_MAX)
            return;
        lines->least_ns = next_ns + 1;
    }
}

static void print_alignment(const struct diff *diff, const struct report_options *options, struct screen *screen) {
    struct pair_lines lines = {.diff = diff, .layer = typical_layer(diff)};
    if (!lines.layer)
        return;
    char title[80];
    snprintf(title, sizeof title, "Layer %u, kernel by kernel: mean of a run", (unsigned)lines.layer->layer);
    const struct table table = {
        .title = title, .columns = pair_columns, .column_count = COUNT(pair_columns), .fill = fill_pair};
    choose_pairs(&lines, options->top);
    table_print(&table, &lines, lines.lines, UINT32_MAX, screen);
    if (lines.shown > 0)
        table_print_rest(lines.layer->pair_count - lines.shown, screen);
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
    cells[3].tint = tint_of(layer->amount.gap_ns);
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
