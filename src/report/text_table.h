/* Tables on a screen. A table is a list of columns and a function that fills the cells of one row; rows are asked for
 * twice (to measure, to print), so nothing is kept. Columns are as wide as their content, times of one group share a
 * unit, and when the screen is narrow the columns of the highest rank go first. */
#ifndef TRACECMP_TEXT_TABLE_H
#define TRACECMP_TEXT_TABLE_H

#include "report/screen.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_KERNEL, /* text, shortened as a kernel's name */
    COLUMN_COUNT,
    COLUMN_TIME,
    COLUMN_GAP,   /* a time with its sign */
    COLUMN_SHARE, /* in percent */
    COLUMN_RATIO,
    COLUMN_BAR, /* a share as a bar */
};

struct column {
    const char *heading;
    enum column_kind kind;
    unsigned rank;  /* 0: never goes */
    unsigned group; /* of times, below TABLE_GROUPS */
    /* Of texts, in columns. Room goes to the last text first: up to its wish (0: most), then
     * to the others, then up to most. */
    unsigned least, wish, most;
};

enum { TABLE_COLUMNS = 12, TABLE_GROUPS = 4 };

struct cell {         /* the member that the column's kind calls for */
    struct text text; /* borrowed until the next fill */
    uint64_t count;
    int64_t ns;
    double share; /* ratios too; NaN is shown as "-" */
    enum tint tint;
    bool blank; /* numbers: nothing is shown */
};

struct table {
    const char *title; /* NULL: none */
    const struct column *columns;
    unsigned column_count;
    void (*fill)(const void *data, uint32_t row, struct cell *cells);
    void (*after)(const void *data, uint32_t row, struct screen *screen); /* lines under a row; may be NULL */
};

/* Prints at most `limit` of the rows and says how many are left out; nothing at all of no rows. */
void table_print(const struct table *table, const void *data, uint32_t rows, uint32_t limit, struct screen *screen);
/* Says that many rows are left out; nothing for 0. */
void table_print_rest(uint32_t rows, struct screen *screen);

#endif
