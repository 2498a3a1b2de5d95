#include <criterion/criterion.h>

#include "../base/seeded.h"
#include "base/text.h"
#include "tokenize/quick.h"
#include "tokenize/scan.h"

TestSuite(scan, .timeout = 20);

typedef size_t scanner(struct scan *scan, const char *data, size_t size);

static const struct {
    const char *text;
    size_t end; /* 0: it stays open */
} values[] = {
    {"{}", 2},
    {"[]", 2},
    {"{} ", 2},
    {"{}}", 2},
    {"[[],[]] []", 7},
    {"{\"a\":[1,{\"b\":2}]},", 17},
    {"{\"}\":\"]\"}x", 9},
    {"{\"\\\"}\":0}", 9},
    {"{\"\\\\\"}", 6},
    {"{\"\\\\\\\"}\"}", 9},
    {"{\"a\\\\\":\"}\\\\\"}", 13},
    {"[}", 2},
    {"{", 0},
    {"{\"a\":{}", 0},
    {"{\"}", 0},
    {"{\"\\\"}", 0},
    {"[\"a\\", 0},
    {"[                                                                 ]                                        ", 67},
    {"[\"                                                             \"]                                        ", 65},
    {"[\"                                                            ]\"]                                        ", 65},
    {"[\"                                                            \\\"]                                       ", 0},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]                                 ", 72},
};

/* Scans in pieces; returns the end, 0 when it stays open. */
static size_t scan_in_pieces(scanner *scan_piece, struct text text, size_t piece) {
    struct scan scan = {0};
    for (size_t at = 0; at < text.size;) {
        const size_t size = text.size - at < piece ? text.size - at : piece;
        const size_t used = scan_piece(&scan, text.data + at, size);
        if (used > size || (used < size && !scan_done(&scan)))
            return SIZE_MAX;
        at += used;
        if (scan_done(&scan))
            return at;
    }
    return 0;
}

Test(scan, a_value_ends_with_its_last_bracket_however_it_is_cut) {
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct text text = text_from(values[i].text);
        for (size_t piece = 1; piece <= text.size; piece++)
            cr_expect_eq(scan_in_pieces(scan_value, text, piece), values[i].end, "case '%s', %zu", text.data, piece);
    }
}

Test(scan, the_deepest_bracket_is_remembered) {
    struct scan scan = {0};
    cr_expect_eq(scan_value(&scan, "[[[]],[]]", 9), 9);
    cr_expect_eq(scan.deepest, 3);
}

Test(scan, a_string_ends_with_its_quote_however_it_is_cut) {
    static const struct {
        const char *text;
        size_t end;
    } cases[] = {{"\"", 1},         {"abc\" def", 4}, {"\\\"\"", 3},   {"\\\\\"\"", 3}, {"\\\\\\\"\"", 5},
                 {"\\u0022\"x", 7}, {"abc", 3},       {"abc\\", 4},    {"\\\"", 2},     {"{}[]\"", 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t size = strlen(cases[i].text);
        for (size_t piece = 1; piece <= size; piece++) {
            struct scan scan = {.in_string = true};
            size_t at = 0;
            while (at < size && scan.in_string)
                at += scan_string(&scan, cases[i].text + at, size - at < piece ? size - at : piece);
            cr_expect_eq(at, cases[i].end, "case '%s', %zu", cases[i].text, piece);
        }
    }
}

Test(scan, the_quick_ways_agree_with_the_slow_one) {
    static const char likely[] = "{{[[}}]]\"\"\"\\\\ ,:a";
    struct seeded seeded = {8};
    for (int i = 0; i < 3000; i++) {
        char data[400 + QUICK_PADDING] = "[";
        const size_t size = 1 + seeded_below(&seeded, 400);
        const uint64_t kinds = 1 + seeded_below(&seeded, sizeof likely - 1); /* fewer kinds: longer values */
        for (size_t j = 1; j < size; j++)
            data[j] = seeded_below(&seeded, 4) ? 'x' : likely[seeded_below(&seeded, kinds)];
        const struct text text = {data, size};
        const size_t piece = 1 + seeded_below(&seeded, size), end = scan_in_pieces(scan_value, text, size);
        cr_assert_eq(scan_in_pieces(quick_portable.value, text, piece), end, "case %d", i);
        cr_assert_eq(scan_in_pieces(quick_get()->value, text, piece), end, "case %d", i);
    }
}
