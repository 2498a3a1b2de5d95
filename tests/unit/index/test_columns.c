#include <criterion/criterion.h>
#include <stdlib.h>

#include "index/columns.h"

TestSuite(columns, .timeout = 20);

/* By column: value of row i is least + i % steps * step. */
static const struct {
    const char *name;
    uint64_t least, step, steps;
    size_t width;
} shapes[] = {
    {"one value", UINT64_MAX, 0, 1, 0},
    {"one byte", 7, 1, 200, 1},
    {"two bytes", 1000, 60, 1000, 2},
    {"four bytes", UINT64_C(1) << 63, 1 << 20, 900, 4},
    {"eight bytes", 0, UINT64_C(1) << 54, 1000, 8},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void fill(struct columns *block, uint32_t rows) {
    block->rows = rows;
    for (uint32_t column = 0; column < SHAPES; column++)
        for (uint32_t i = 0; i < rows; i++)
            block->values[column][i] = shapes[column].least + i % shapes[column].steps * shapes[column].step;
}

Test(columns, come_back_as_they_were) {
    static const uint32_t rows[] = {1, 2, 7, 255, COLUMN_ROWS};
    struct columns block, back;
    cr_assert(columns_init(&block, SHAPES) && columns_init(&back, SHAPES));
    unsigned char *bytes = malloc(columns_bytes_max(SHAPES));
    cr_assert(bytes);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        fill(&block, rows[k]);
        const size_t size = columns_pack(&block, bytes);
        const unsigned char *at = bytes;
        cr_assert_leq(size, columns_bytes_max(SHAPES));
        cr_expect_eq(columns_bytes(bytes, SHAPES), size, "%u rows", rows[k]);
        cr_assert(columns_unpack(&back, &at, bytes + size), "%u rows", rows[k]);
        cr_expect_eq((size_t)(at - bytes), size);
        cr_expect_eq(back.rows, rows[k]);
        for (uint32_t column = 0; column < SHAPES; column++)
            cr_expect_arr_eq(back.values[column], block.values[column], rows[k] * sizeof(uint64_t), "%s, %u rows",
                             shapes[column].name, rows[k]);
    }
    free(bytes);
    columns_fini(&block);
    columns_fini(&back);
}

Test(columns, take_the_width_they_need) {
    struct columns block;
    cr_assert(columns_init(&block, SHAPES));
    unsigned char *bytes = malloc(columns_bytes_max(SHAPES));
    cr_assert(bytes);
    fill(&block, COLUMN_ROWS);
    columns_pack(&block, bytes);
    for (size_t column = 0; column < SHAPES; column++)
        cr_expect_eq(bytes[8 + column], shapes[column].width, "%s", shapes[column].name);
    free(bytes);
    columns_fini(&block);
}

Test(columns, are_refused_when_cut_or_of_another_table) {
    struct columns block, other;
    cr_assert(columns_init(&block, SHAPES) && columns_init(&other, SHAPES - 1));
    unsigned char *bytes = malloc(columns_bytes_max(SHAPES));
    cr_assert(bytes);
    fill(&block, 9);
    const size_t size = columns_pack(&block, bytes);
    for (size_t cut = 0; cut < size; cut++) {
        const unsigned char *at = bytes;
        cr_expect_not(columns_unpack(&block, &at, bytes + cut), "cut at %zu", cut);
    }
    const unsigned char *at = bytes;
    cr_expect_not(columns_unpack(&other, &at, bytes + size));
    free(bytes);
    columns_fini(&block);
    columns_fini(&other);
}

/* A column of values least and least + more, as 32-bit values. */
static bool are_small(uint64_t least, uint64_t more) {
    struct columns block;
    struct columns_view view;
    uint32_t values[3] = {0};
    cr_assert(columns_init(&block, 1));
    unsigned char *bytes = malloc(columns_bytes_max(1));
    const unsigned char *at = bytes;
    cr_assert(bytes);
    block.rows = 3;
    block.values[0][0] = least;
    block.values[0][1] = block.values[0][2] = least + more;
    const size_t size = columns_pack(&block, bytes);
    cr_assert(columns_view(&view, 1, &at, bytes + size));
    const bool small = column_small_values(&view.columns[0], 0, 3, values);
    cr_expect(!small || (values[0] == least && values[1] == least + more && values[2] == least + more));
    free(bytes);
    columns_fini(&block);
    return small;
}

Test(columns, of_small_values_say_whether_they_are) {
    static const uint64_t ranges[] = {0, 1, 200, 60000, 1 << 20, UINT32_MAX / 2};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        cr_expect(are_small(0, ranges[i]), "range %zu", i);
        cr_expect(are_small(1 << 18, ranges[i]), "range %zu", i);
        cr_expect(!are_small(UINT64_C(1) << 32, ranges[i]), "range %zu", i);
        cr_expect(!are_small(UINT64_MAX - ranges[i], ranges[i]), "range %zu", i);
    }
    cr_expect(are_small(1, UINT32_MAX - 1));
    cr_expect(!are_small(1, UINT32_MAX));
    cr_expect(!are_small(2, UINT64_C(1) << 40));
}
