#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "report/display.h"
#include "report/text_table.h"

TestSuite(text_table, .timeout = 10);

struct thing {
    const char *name;
    uint64_t count;
    int64_t ns, gap_ns;
    double share;
};

static const struct thing things[] = {
    {"one", 1234, 45650000, -250, 0.5},
    {"a longer name than others", 2, 500000, 12000, 0.25},
    {"", 0, 0, 0, NAN},
};

static void fill(const void *data, uint32_t row, struct cell *cells) {
    const struct thing *thing = (const struct thing *)data + row;
    cells[0].text = text_from(thing->name);
    cells[1].count = thing->count;
    cells[2].ns = thing->ns;
    cells[3].ns = thing->gap_ns;
    cells[3].tint = thing->gap_ns > 0 ? TINT_SLOWER : TINT_NONE;
    cells[4].share = thing->share;
    cells[5].share = thing->share;
    cells[6].text = text_from(thing->name);
}

static const struct column columns[] = {
    {.heading = "name", .kind = COLUMN_TEXT, .least = 8, .most = 40},
    {.heading = "count", .kind = COLUMN_COUNT, .rank = 1},
    {.heading = "total", .kind = COLUMN_TIME},
    {.heading = "gap", .kind = COLUMN_GAP, .rank = 2, .group = 1},
    {.heading = "share", .kind = COLUMN_SHARE, .rank = 3},
    {.heading = "", .kind = COLUMN_BAR, .rank = 4},
    {.heading = "again", .kind = COLUMN_KERNEL, .rank = 5, .least = 8, .most = 40},
};

static const struct table table = {.title = "Things", .columns = columns, .column_count = 7, .fill = fill};

static char *printed(uint32_t rows, uint32_t limit, unsigned width, bool color) {
    struct error error = {.code = STATUS_OK};
    struct screen screen;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    screen_init(&screen, out, width, color, &error);
    table_print(&table, things, rows, limit, &screen);
    cr_assert_eq(screen_fini(&screen), STATUS_OK);
    fclose(out);
    return text;
}

static void expect(char *text, const char *expected) {
    cr_expect_str_eq(text, expected, "got:\n%s", text);
    free(text);
}

Test(text_table, wide) {
    expect(printed(3, 10, 200, false),
           "\n"
           "Things\n"
           "name                       count  total ms  gap us  share              again\n"
           "one                        1,234     45.65   -0.25  50.0%  █████       one\n"
           "a longer name than others      2      0.50  +12.00  25.0%  ██▌         a longer name than others\n"
           "-                              0      0.00    0.00      -              -\n");
}

Test(text_table, narrow_tables_lose_columns_and_cut_names) {
    expect(printed(2, 10, 60, false), "\n"
                                      "Things\n"
                                      "name              count  total ms  gap us  share\n"
                                      "one               1,234     45.65   -0.25  50.0%  █████\n"
                                      "a longer n…thers      2      0.50  +12.00  25.0%  ██▌\n");
}

Test(text_table, rows_beyond_the_limit_are_counted) {
    expect(printed(3, 1, 200, false), "\n"
                                      "Things\n"
                                      "name  count  total ms  gap us  share              again\n"
                                      "one   1,234     45.65  -0.250  50.0%  █████       one\n"
                                      "… 2 more (--all)\n");
}

Test(text_table, nothing_of_no_rows) {
    expect(printed(0, 10, 100, false), "");
}

Test(text_table, color_adds_no_columns) {
    char *plain = printed(2, 10, 100, false), *colored = printed(2, 10, 100, true);
    char *to = colored;
    cr_expect_not_null(strstr(colored, "\033[31m+12.00\033[0m"));
    for (const char *from = colored; *from != '\0';) {
        if (*from == '\033')
            from += strcspn(from, "m") + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    cr_expect_str_eq(colored, plain);
    free(plain);
    free(colored);
}
