#include "report/text_table.h"

#include <assert.h>
#include <math.h>

#include "report/display.h"
#include "report/number_text.h"
#include "report/readable_name.h"

enum { GAP = 2, BAR_COLUMNS = 10, NO_COLUMN = TABLE_COLUMNS, TEXT_FLOOR = 8 };

struct layout {
    const struct table *table;
    const void *data;
    uint32_t rows; /* printed */
    size_t widths[TABLE_COLUMNS];
    bool hidden[TABLE_COLUMNS];
    struct time_scale scales[TABLE_GROUPS];
    uint64_t largest[TABLE_GROUPS], smallest[TABLE_GROUPS];
};

static bool is_text(enum column_kind kind) {
    return kind == COLUMN_TEXT || kind == COLUMN_KERNEL;
}

static bool is_time(enum column_kind kind) {
    return kind == COLUMN_TIME || kind == COLUMN_GAP;
}

static bool is_left(enum column_kind kind) {
    return is_text(kind) || kind == COLUMN_BAR;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static void fill_row(const struct layout *layout, uint32_t row, struct cell cells[TABLE_COLUMNS]) {
    memset(cells, 0, TABLE_COLUMNS * sizeof *cells);
    layout->table->fill(layout->data, row, cells);
}

static void choose_scales(struct layout *layout) {
    struct cell cells[TABLE_COLUMNS];
    for (uint32_t row = 0; row < layout->rows; row++) {
        fill_row(layout, row, cells);
        for (unsigned i = 0; i < layout->table->column_count; i++) {
            const struct column *column = &layout->table->columns[i];
            const uint64_t ns = number_magnitude(cells[i].ns);
            if (!is_time(column->kind) || ns == 0)
                continue;
            uint64_t *smallest = &layout->smallest[column->group];
            layout->largest[column->group] = larger(layout->largest[column->group], ns);
            *smallest = *smallest == 0 ? ns : smaller(*smallest, ns);
        }
    }
    for (unsigned group = 0; group < TABLE_GROUPS; group++)
        layout->scales[group] = time_scale_choose(layout->largest[group], layout->smallest[group]);
}

static void format_heading(char text[NUMBER_BYTES], const struct layout *layout, unsigned column) {
    const struct column *of = &layout->table->columns[column];
    if (is_time(of->kind))
        snprintf(text, NUMBER_BYTES, "%s %s", of->heading, layout->scales[of->group].unit);
    else
        snprintf(text, NUMBER_BYTES, "%s", of->heading);
}

static void format_number(char text[NUMBER_BYTES], const struct layout *layout, unsigned column,
                          const struct cell *cell) {
    const struct column *of = &layout->table->columns[column];
    if (cell->blank) {
        text[0] = '\0';
        return;
    }
    switch (of->kind) {
    case COLUMN_COUNT:
        number_grouped(text, cell->count);
        break;
    case COLUMN_SHARE:
        number_percent(text, cell->share);
        break;
    case COLUMN_RATIO:
        number_ratio(text, cell->share);
        break;
    default:
        number_scaled(text, cell->ns, layout->scales[of->group], of->kind == COLUMN_GAP);
    }
}

/* How wide a text would be if there were room for all of it. */
static size_t natural_width(struct screen *screen, const struct column *column, struct text text) {
    if (column->kind == COLUMN_TEXT || screen->status != STATUS_OK)
        return display_columns(text);
    screen->status = readable_name_shorten(&screen->scratch, text, SIZE_MAX, screen->error);
    return display_columns((struct text){screen->scratch.data, screen->scratch.size});
}

static size_t cell_width(struct screen *screen, const struct layout *layout, unsigned column, const struct cell *cell) {
    const struct column *of = &layout->table->columns[column];
    if (is_text(of->kind))
        return smaller(larger(natural_width(screen, of, cell->text), 1), of->most);
    if (of->kind == COLUMN_BAR)
        return BAR_COLUMNS;
    char text[NUMBER_BYTES];
    format_number(text, layout, column, cell);
    return strlen(text);
}

static void measure(struct layout *layout, struct screen *screen) {
    struct cell cells[TABLE_COLUMNS];
    for (unsigned i = 0; i < layout->table->column_count; i++) {
        char heading[NUMBER_BYTES];
        format_heading(heading, layout, i);
        layout->widths[i] = strlen(heading);
    }
    for (uint32_t row = 0; row < layout->rows; row++) {
        fill_row(layout, row, cells);
        for (unsigned i = 0; i < layout->table->column_count; i++)
            layout->widths[i] = larger(layout->widths[i], cell_width(screen, layout, i, &cells[i]));
    }
}

/* A text may shrink down to this. */
static size_t least_width(const struct layout *layout, unsigned column) {
    const struct column *of = &layout->table->columns[column];
    return is_text(of->kind) ? smaller(layout->widths[column], of->least) : layout->widths[column];
}

static size_t least_total(const struct layout *layout) {
    size_t total = 0;
    for (unsigned i = 0; i < layout->table->column_count; i++)
        if (!layout->hidden[i])
            total += least_width(layout, i) + (total > 0 ? GAP : 0);
    return total;
}

static unsigned highest_rank(const struct layout *layout) {
    unsigned highest = NO_COLUMN;
    for (unsigned i = 0; i < layout->table->column_count; i++) {
        const unsigned rank = layout->table->columns[i].rank;
        if (!layout->hidden[i] && rank > 0 && (highest == NO_COLUMN || rank > layout->table->columns[highest].rank))
            highest = i;
    }
    return highest;
}

static void hide_until_fit(struct layout *layout, size_t width) {
    for (unsigned hide; least_total(layout) > width && (hide = highest_rank(layout)) != NO_COLUMN;)
        layout->hidden[hide] = true;
}

/* Numbers too wide for the screen as it is: the texts give way. */
static void squeeze(struct layout *layout, size_t excess) {
    for (unsigned i = layout->table->column_count; i-- > 0;) {
        if (layout->hidden[i] || !is_text(layout->table->columns[i].kind))
            continue;
        const size_t less = smaller(excess, layout->widths[i] - smaller(layout->widths[i], TEXT_FLOOR));
        layout->widths[i] -= less;
        excess -= less;
    }
}

/* A text column towards `target`, by at most `spare`. Returns by how much. */
static size_t widen(struct layout *layout, unsigned column, size_t target, size_t spare) {
    if (layout->hidden[column] || !is_text(layout->table->columns[column].kind) || target <= layout->widths[column])
        return 0;
    const size_t more = smaller(spare, target - layout->widths[column]);
    layout->widths[column] += more;
    return more;
}

static void fit(struct layout *layout, size_t width) {
    size_t natural[TABLE_COLUMNS];
    hide_until_fit(layout, width);
    const size_t least = least_total(layout);
    size_t spare = width > least ? width - least : 0;
    for (unsigned i = 0; i < layout->table->column_count; i++) {
        natural[i] = layout->widths[i];
        layout->widths[i] = least_width(layout, i);
    }
    if (least > width)
        squeeze(layout, least - width);
    for (unsigned i = layout->table->column_count; i-- > 0;) {
        const struct column *column = &layout->table->columns[i];
        spare -= widen(layout, i, smaller(natural[i], column->wish > 0 ? column->wish : column->most), spare);
    }
    for (size_t before = 0; before != spare;) { /* what is left, a column of the screen at a time */
        before = spare;
        for (unsigned i = layout->table->column_count; i-- > 0;)
            spare -= widen(layout, i, natural[i], smaller(spare, 1));
    }
}

static void print_bar(struct screen *screen, double share) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const double part = !(share > 0) ? 0 : share > 1 ? 1 : share;
    const unsigned filled = (unsigned)lround(part * BAR_COLUMNS * 8);
    for (unsigned i = 0; i < filled / 8; i++)
        screen_say(screen, "█");
    screen_say(screen, "%s", eighths[filled % 8]);
}

static void print_left(struct screen *screen, const struct column *column, const struct cell *cell, size_t width) {
    if (column->kind == COLUMN_BAR)
        print_bar(screen, cell->share);
    else if (column->kind == COLUMN_KERNEL)
        screen_kernel(screen, cell->text, width);
    else
        screen_name(screen, cell->text, width);
}

static void print_right(struct screen *screen, const char *text, size_t width) {
    screen_spaces(screen, width - strlen(text));
    screen_say(screen, "%s", text);
}

/* Both return the blanks that are owed when another cell follows. */
static size_t print_heading(const struct layout *layout, unsigned column, struct screen *screen) {
    char text[NUMBER_BYTES];
    format_heading(text, layout, column);
    if (is_left(layout->table->columns[column].kind)) {
        screen_say(screen, "%.*s", (int)layout->widths[column], text);
        return layout->widths[column] - smaller(layout->widths[column], strlen(text));
    }
    print_right(screen, text, layout->widths[column]);
    return 0;
}

static size_t print_cell(const struct layout *layout, unsigned column, const struct cell *cell, struct screen *screen) {
    const struct column *of = &layout->table->columns[column];
    size_t owed = 0;
    if (cell->tint != TINT_NONE)
        screen_tint(screen, cell->tint);
    if (is_left(of->kind)) {
        const size_t start = screen->line.size;
        print_left(screen, of, cell, layout->widths[column]);
        owed = layout->widths[column] -
               display_columns((struct text){screen->line.data + start, screen->line.size - start});
    } else {
        char text[NUMBER_BYTES];
        format_number(text, layout, column, cell);
        print_right(screen, text, layout->widths[column]);
    }
    if (cell->tint != TINT_NONE)
        screen_tint(screen, TINT_NONE);
    return owed;
}

/* cells NULL: the headings. */
static void print_row(const struct layout *layout, const struct cell *cells, struct screen *screen) {
    size_t owed = 0;
    for (unsigned i = 0; i < layout->table->column_count; i++) {
        if (layout->hidden[i])
            continue;
        screen_spaces(screen, owed);
        owed = GAP + (cells ? print_cell(layout, i, &cells[i], screen) : print_heading(layout, i, screen));
    }
    screen_end_line(screen);
}

static void print_rows(const struct layout *layout, struct screen *screen) {
    for (uint32_t row = 0; row < layout->rows; row++) {
        struct cell cells[TABLE_COLUMNS];
        fill_row(layout, row, cells);
        print_row(layout, cells, screen);
        if (layout->table->after)
            layout->table->after(layout->data, row, screen);
    }
}

void table_print(const struct table *table, const void *data, uint32_t rows, uint32_t limit, struct screen *screen) {
    assert(table->column_count > 0 && table->column_count <= TABLE_COLUMNS);
    if (rows == 0)
        return;
    struct layout layout = {.table = table, .data = data, .rows = rows < limit ? rows : limit};
    choose_scales(&layout);
    measure(&layout, screen);
    fit(&layout, screen->width);
    if (table->title)
        screen_title(screen, table->title);
    print_row(&layout, NULL, screen);
    print_rows(&layout, screen);
    table_print_rest(rows - layout.rows, screen);
}

void table_print_rest(uint32_t rows, struct screen *screen) {
    if (rows == 0)
        return;
    char more[NUMBER_BYTES];
    number_grouped(more, rows);
    screen_say(screen, "… %s more (--all)", more);
    screen_end_line(screen);
}
