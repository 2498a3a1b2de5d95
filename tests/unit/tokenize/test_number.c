#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "tokenize/number.h"

TestSuite(number, .timeout = 20);

static const struct {
    const char *text;
    enum number_range range;
    int64_t ns;
} times[] = {
    {"0", NUMBER_EXACT, 0},
    {"1", NUMBER_EXACT, 1000},
    {"-1", NUMBER_EXACT, -1000},
    {"+1", NUMBER_EXACT, 1000},
    {"1.5", NUMBER_EXACT, 1500},
    {"0.001", NUMBER_EXACT, 1},
    {"-0.001", NUMBER_EXACT, -1},
    {"12.34", NUMBER_EXACT, 12340},
    {"12.345", NUMBER_EXACT, 12345},
    {"12.3450", NUMBER_EXACT, 12345},
    {"007", NUMBER_EXACT, 7000},
    {"-0", NUMBER_EXACT, 0},
    {"-0.0", NUMBER_EXACT, 0},
    {"0e5", NUMBER_EXACT, 0},
    {"0e999999999999", NUMBER_EXACT, 0},
    {"000000000000000000000000000000.000000000000000000000000000", NUMBER_EXACT, 0},
    /* as large as real traces have them: a double would be wrong by up to 253 ns */
    {"1700000000000000.001", NUMBER_EXACT, INT64_C(1700000000000000001)},
    {"1700000000000000.123", NUMBER_EXACT, INT64_C(1700000000000000123)},
    {"1700000000123456.789", NUMBER_EXACT, INT64_C(1700000000123456789)},
    {"1699999999999999.999", NUMBER_EXACT, INT64_C(1699999999999999999)},
    {"1428625731896.179", NUMBER_EXACT, INT64_C(1428625731896179)},
    {"1700000000000000.0005", NUMBER_EXACT, INT64_C(1700000000000000000)},
    {"1700000000000000.0015", NUMBER_EXACT, INT64_C(1700000000000000002)},
    /* half to even */
    {"0.0005", NUMBER_EXACT, 0},
    {"0.0015", NUMBER_EXACT, 2},
    {"0.0025", NUMBER_EXACT, 2},
    {"0.0035", NUMBER_EXACT, 4},
    {"-0.0005", NUMBER_EXACT, 0},
    {"-0.0015", NUMBER_EXACT, -2},
    {"-0.0025", NUMBER_EXACT, -2},
    {"0.00050", NUMBER_EXACT, 0},
    {"0.00050000000000000000000000000001", NUMBER_EXACT, 1},
    {"0.00049999999999999999999999999999", NUMBER_EXACT, 0},
    {"0.0024999", NUMBER_EXACT, 2},
    {"0.0025001", NUMBER_EXACT, 3},
    {"0.9995", NUMBER_EXACT, 1000},
    {"9.9994", NUMBER_EXACT, 9999},
    {"9.9995", NUMBER_EXACT, 10000},
    {"0.00004", NUMBER_EXACT, 0},
    {"0.00009", NUMBER_EXACT, 0},
    /* exponents */
    {"1e3", NUMBER_EXACT, 1000000},
    {"1E3", NUMBER_EXACT, 1000000},
    {"1e+3", NUMBER_EXACT, 1000000},
    {"1.5e0", NUMBER_EXACT, 1500},
    {"1e-3", NUMBER_EXACT, 1},
    {"5e-4", NUMBER_EXACT, 0},
    {"15e-4", NUMBER_EXACT, 2},
    {"25e-4", NUMBER_EXACT, 2},
    {"5.000e-4", NUMBER_EXACT, 0},
    {"0.0000015e3", NUMBER_EXACT, 2},
    {"123456.789e-3", NUMBER_EXACT, 123457},
    {"1.7000000001234567e15", NUMBER_EXACT, INT64_C(1700000000123456700)},
    {"17000000001234567e-1", NUMBER_EXACT, INT64_C(1700000000123456700)},
    {"1e-400", NUMBER_EXACT, 0},
    {"-1e-99999999999999999999", NUMBER_EXACT, 0},
    {"0.00000000000000000000001e25", NUMBER_EXACT, 100000},
    /* out of range */
    {"9223372036854775.806", NUMBER_EXACT, INT64_MAX - 1},
    {"-9223372036854775.806", NUMBER_EXACT, -(INT64_MAX - 1)},
    {"9223372036854775.808", NUMBER_BEYOND, INT64_MAX},
    {"-9223372036854775.809", NUMBER_BEYOND, -INT64_MAX},
    {"9999999999999999", NUMBER_BEYOND, INT64_MAX},
    {"9999999999999999.999", NUMBER_BEYOND, INT64_MAX},
    {"18446744073709551.615", NUMBER_BEYOND, INT64_MAX},
    {"18446744073709551.6155", NUMBER_BEYOND, INT64_MAX},
    {"18446744073709551616", NUMBER_BEYOND, INT64_MAX},
    {"99999999999999999999999999", NUMBER_BEYOND, INT64_MAX},
    {"1e400", NUMBER_BEYOND, INT64_MAX},
    {"-1e400", NUMBER_BEYOND, -INT64_MAX},
    {"1e99999999999999999999", NUMBER_BEYOND, INT64_MAX},
    {"1.79e308", NUMBER_BEYOND, INT64_MAX},
    /* what a string that holds a number may have */
    {" 12 ", NUMBER_EXACT, 12000},
    {"\t\r\n12.5\v\f", NUMBER_EXACT, 12500},
    {"1.", NUMBER_EXACT, 1000},
    {".5", NUMBER_EXACT, 500},
    {"-.5", NUMBER_EXACT, -500},
    {"1.e3", NUMBER_EXACT, 1000000},
    /* not numbers */
    {"", NUMBER_NONE, 0},
    {" ", NUMBER_NONE, 0},
    {"-", NUMBER_NONE, 0},
    {"+", NUMBER_NONE, 0},
    {".", NUMBER_NONE, 0},
    {"-.", NUMBER_NONE, 0},
    {"e5", NUMBER_NONE, 0},
    {".e5", NUMBER_NONE, 0},
    {"1e", NUMBER_NONE, 0},
    {"1e+", NUMBER_NONE, 0},
    {"1e-", NUMBER_NONE, 0},
    {"1e1.5", NUMBER_NONE, 0},
    {"1e5x", NUMBER_NONE, 0},
    {"--1", NUMBER_NONE, 0},
    {"+-1", NUMBER_NONE, 0},
    {"- 1", NUMBER_NONE, 0},
    {"1 2", NUMBER_NONE, 0},
    {"1..2", NUMBER_NONE, 0},
    {"1.2.3", NUMBER_NONE, 0},
    {"0x10", NUMBER_NONE, 0},
    {"1,5", NUMBER_NONE, 0},
    {"12abc", NUMBER_NONE, 0},
    {"1_000", NUMBER_NONE, 0},
    {"NaN", NUMBER_NONE, 0},
    {"Infinity", NUMBER_NONE, 0},
    {"-Infinity", NUMBER_NONE, 0},
    {"N/A", NUMBER_NONE, 0},
    {"null", NUMBER_NONE, 0},
    {"true", NUMBER_NONE, 0},
    {"\xD9\xA1", NUMBER_NONE, 0},
};

Test(number, times_are_exact) {
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t ns = 4711;
        cr_expect_eq(number_to_ns(text_from(times[i].text), &ns), times[i].range, "case '%s'", times[i].text);
        cr_expect_eq(ns, times[i].range == NUMBER_NONE ? 4711 : times[i].ns, "case '%s': %ld", times[i].text, ns);
    }
}

Test(number, ids_are_whole_numbers) {
    static const struct {
        const char *text;
        bool valid;
        uint64_t id;
    } cases[] = {
        {"0", true, 0},
        {"12", true, 12},
        {"12.0", true, 12},
        {"12.999", true, 12},
        {"0.5", true, 0},
        {"-0.5", true, 0},
        {"1e3", true, 1000},
        {"1500e-3", true, 1},
        {" 7 ", true, 7},
        {"-1", true, UINT64_MAX},
        {"-9223372036854775808", true, UINT64_C(1) << 63},
        {"9223372036854775808", true, UINT64_C(1) << 63},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"99999999999999999999", false, 0},
        {"1e20", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"abc", false, 0},
        {"0x1f", false, 0},
        {"12abc", false, 0},
        {"NaN", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t id = 0;
        cr_expect_eq(number_to_id(text_from(cases[i].text), &id), cases[i].valid, "case '%s'", cases[i].text);
        cr_expect_eq(cases[i].valid ? id : 0, cases[i].id, "case '%s'", cases[i].text);
    }
}

Test(number, a_thousand_digits_are_all_read) {
    enum { DIGITS = 1000 };
    char text[DIGITS + 8];
    int64_t ns;
    memset(text, '0', sizeof text);
    memcpy(text, "0.0005", 6);
    cr_expect_eq(number_to_ns((struct text){text, DIGITS}, &ns), NUMBER_EXACT);
    cr_expect_eq(ns, 0);
    text[DIGITS - 1] = '1';
    cr_expect_eq(number_to_ns((struct text){text, DIGITS}, &ns), NUMBER_EXACT);
    cr_expect_eq(ns, 1, "the last digit is above one half");
    memset(text, '9', DIGITS);
    cr_expect_eq(number_to_ns((struct text){text, DIGITS}, &ns), NUMBER_BEYOND);
    memcpy(text + DIGITS, "e-999", 5);
    cr_expect_eq(number_to_ns((struct text){text, DIGITS + 5}, &ns), NUMBER_EXACT);
    cr_expect_eq(ns, 10000, "9.99… us");
    memset(text, '0', DIGITS);
    text[DIGITS - 1] = '7';
    cr_expect_eq(number_to_ns((struct text){text, DIGITS}, &ns), NUMBER_EXACT);
    cr_expect_eq(ns, 7000);
}

/* A number as its pieces, and its text. */
struct pieces {
    bool negative;
    char digits[64]; /* before and behind the point */
    int whole, fraction, exponent;
    char text[128];
};

static void make_pieces(struct pieces *pieces, struct seeded *seeded) {
    static const char favourites[] = "00059";
    pieces->negative = seeded_below(seeded, 3) == 0;
    pieces->whole = (int)seeded_below(seeded, 22);
    pieces->fraction = (int)seeded_below(seeded, 22);
    if (pieces->whole + pieces->fraction == 0)
        pieces->whole = 1;
    for (int i = 0; i < pieces->whole + pieces->fraction; i++)
        pieces->digits[i] = seeded_below(seeded, 2) ? favourites[seeded_below(seeded, 5)]
                                                    : (char)('0' + seeded_below(seeded, 10));
    pieces->exponent = seeded_below(seeded, 3) ? 0 : (int)seeded_below(seeded, 50) - 25;
    size_t size = (size_t)snprintf(pieces->text, sizeof pieces->text, "%s%.*s%s%.*s", pieces->negative ? "-" : "",
                                   pieces->whole, pieces->digits, pieces->fraction || pieces->exponent % 2 ? "." : "",
                                   pieces->fraction, pieces->digits + pieces->whole);
    if (pieces->exponent != 0)
        snprintf(pieces->text + size, sizeof pieces->text - size, "e%d", pieces->exponent);
}

/* Digit number i of the ns value, counted from the decimal point: 0 is the units, -1 the tenths. */
static int digit_at(const struct pieces *pieces, int i) {
    const int at = pieces->whole + pieces->exponent + 3 - 1 - i;
    return at >= 0 && at < pieces->whole + pieces->fraction ? pieces->digits[at] - '0' : 0;
}

/* Slowly: digit by digit over more places than any of these numbers has. */
static enum number_range reference_ns(const struct pieces *pieces, int64_t *ns) {
    __extension__ unsigned __int128 value = 0;
    for (int i = 100; i >= 0; i--) {
        value = value * 10 + (unsigned)digit_at(pieces, i);
        if (value >= (uint64_t)INT64_MAX)
            value = (uint64_t)INT64_MAX;
    }
    bool rest = false;
    for (int i = -2; i >= -100; i--)
        rest = rest || digit_at(pieces, i) != 0;
    const int tenths = digit_at(pieces, -1);
    value += tenths > 5 || (tenths == 5 && (rest || value % 2 == 1));
    const bool fits = value < (uint64_t)INT64_MAX;
    *ns = fits ? (int64_t)value : INT64_MAX;
    *ns = pieces->negative ? -*ns : *ns;
    return fits ? NUMBER_EXACT : NUMBER_BEYOND;
}

Test(number, random_decimals_agree_with_slow_arithmetic) {
    struct seeded seeded = {2024};
    unsigned exact = 0;
    for (int i = 0; i < 50000; i++) {
        struct pieces pieces;
        int64_t ns = 0, wanted;
        make_pieces(&pieces, &seeded);
        const enum number_range range = reference_ns(&pieces, &wanted);
        cr_assert_eq(number_to_ns(text_from(pieces.text), &ns), range, "case '%s'", pieces.text);
        cr_assert_eq(ns, wanted, "case '%s': %ld, not %ld", pieces.text, ns, wanted);
        exact += range == NUMBER_EXACT && ns != 0;
    }
    cr_expect_gt(exact, 10000, "enough of them say something");
}

Test(number, nothing_behind_the_text_is_read) {
    static const char *const texts[] = {"12", "12.", "12.5", "12e", "12e1", "-", " ", "1700000000000000.123"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const size_t size = strlen(texts[i]);
        char *copy = malloc(size); /* so that a sanitizer sees a step too far */
        int64_t ns, wanted;
        memcpy(copy, texts[i], size);
        cr_expect_eq(number_to_ns((struct text){copy, size}, &ns), number_to_ns(text_from(texts[i]), &wanted));
        free(copy);
    }
}
