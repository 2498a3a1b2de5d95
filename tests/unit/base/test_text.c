#include <criterion/criterion.h>

#include "base/text.h"

TestSuite(text, .timeout = 20);

Test(text, order_is_by_bytes_and_a_prefix_comes_first) {
    static const struct text ascending[] = {
        {NULL, 0},   {"\0", 1},    {"\0\0", 2}, {"A", 1},         {"a", 1},
        {"a\0b", 3}, {"a\0c", 3}, {"ab", 2},   {"\xC3\xA9", 2}, {"\xF0\x9F\x98\x80", 4},
    };
    const size_t count = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            const int order = text_compare(ascending[i], ascending[j]);
            cr_expect_eq((order > 0) - (order < 0), (i > j) - (i < j), "%zu and %zu", i, j);
            cr_expect_eq(text_equal(ascending[i], ascending[j]), i == j, "%zu and %zu", i, j);
        }
    }
}

Test(text, literals_and_strings_make_the_same_text) {
    cr_expect(text_equal(TEXT("kernel"), text_from("kernel")));
    cr_expect_eq(TEXT("").size, 0);
    cr_expect_not(text_equal(TEXT("kernel"), TEXT("kernels")));
}
