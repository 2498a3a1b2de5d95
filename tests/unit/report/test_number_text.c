#include <criterion/criterion.h>
#include <math.h>

#include "report/number_text.h"

TestSuite(number_text, .timeout = 10);

Test(number_text, grouped) {
    static const struct {
        uint64_t count;
        const char *text;
    } cases[] = {
        {0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_BYTES];
        number_grouped(text, cases[i].count);
        cr_expect_str_eq(text, cases[i].text);
    }
}

Test(number_text, one_time) {
    static const struct {
        int64_t ns;
        bool sign;
        const char *text;
    } cases[] = {
        {0, false, "0.00 us"},          {0, true, "0.00 us"},          {450, false, "0.450 us"},
        {5660000, true, "+5.66 ms"},    {-5660000, true, "-5.66 ms"},  {45650000, false, "45.65 ms"},
        {456540000, false, "456.5 ms"}, {1500000000, false, "1.50 s"}, {INT64_MIN, false, "-9223372036.9 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_BYTES];
        number_time(text, cases[i].ns, cases[i].sign);
        cr_expect_str_eq(text, cases[i].text);
    }
}

Test(number_text, scales) {
    static const struct {
        uint64_t largest, smallest;
        const char *unit;
        unsigned decimals;
    } cases[] = {
        {0, 0, "us", 3},
        {999, 5, "us", 3},
        {250000, 40000, "us", 1},
        {250000, 900, "us", 2},
        {250000, 90, "us", 3},
        {45000000, 45000000, "ms", 2},
        {2000000000, 2000000000, "s", 3},
        {UINT64_C(1) << 63, UINT64_C(1) << 63, "s", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct time_scale scale = time_scale_choose(cases[i].largest, cases[i].smallest);
        cr_expect_str_eq(scale.unit, cases[i].unit, "case %zu", i);
        cr_expect_eq(scale.decimals, cases[i].decimals, "case %zu: %u", i, scale.decimals);
    }
}

Test(number_text, scaled_rounds_half_away_from_zero) {
    const struct time_scale scale = {.unit = "us", .unit_ns = 1000, .decimals = 1};
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{1049, "+1.0"}, {1050, "+1.1"}, {-1050, "-1.1"}, {49, "0.0"}, {-49, "0.0"}, {99999, "+100.0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_BYTES];
        number_scaled(text, cases[i].ns, scale, true);
        cr_expect_str_eq(text, cases[i].text, "case %s: %s", cases[i].text, text);
    }
}

Test(number_text, shares_and_sizes) {
    static const struct {
        double share;
        const char *text;
    } shares[] = {{0, "0.0%"}, {-0.0001, "0.0%"}, {0.12345, "12.3%"}, {-0.5, "-50.0%"}, {NAN, "-"}, {1e300, "-"}};
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {
        {0, "0 bytes"}, {1023, "1023 bytes"}, {1536, "1.5 KiB"}, {85899345920, "80.0 GiB"}, {UINT64_MAX, "16.0 EiB"}};
    char text[NUMBER_BYTES];
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        number_percent(text, shares[i].share);
        cr_expect_str_eq(text, shares[i].text);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        number_bytes(text, sizes[i].bytes);
        cr_expect_str_eq(text, sizes[i].text);
    }
    number_ratio(text, 1.0 / 3);
    cr_expect_str_eq(text, "0.333");
}
