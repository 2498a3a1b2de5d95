#include <criterion/criterion.h>

#include "compare/side.h"
#include "compare/threshold.h"

TestSuite(threshold, .timeout = 10);

static struct threshold parsed(const char *text) {
    struct threshold threshold;
    size_t at;
    const char *reason = threshold_parse(&threshold, text_from(text), &at);
    cr_assert_null(reason, "case %s: %s", text, reason);
    return threshold;
}

static const struct {
    const char *text;
    int64_t value_ns;
    int order; /* of the value against the threshold */
} times[] = {
    {"250us", 250000, 0},
    {"250us", 250001, 1},
    {"250us", 249999, -1},
    {"1.001us", 1001, 0},
    {"0.29us", 290, 0},
    {"0.0001us", 0, -1},
    {"0.0001us", 1, 1},
    {"-1.5 ms", -1500000, 0},
    {"-1.5 ms", -1500001, -1},
    {"+2s", 2000000000, 0},
    {".5s", 500000000, 0},
    {"7ns", 7, 0},
    {"00000000000000000000007ns", 7, 0},
    {"99999999999999ns", SIDE_CEILING_NS, 1},
    {"0.00000000000001ns", -SIDE_CEILING_NS, -1},
};

Test(threshold, compares_times_exactly) {
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const struct threshold threshold = parsed(times[i].text);
        cr_expect_eq(threshold_compare_time(&threshold, times[i].value_ns), times[i].order, "case %s of %lld ns",
                     times[i].text, (long long)times[i].value_ns);
    }
}

static const struct {
    const char *text;
    int64_t part_ns, whole_ns;
    int order;
} shares[] = {
    {"3%", 3, 100, 0},
    {"3%", 30000000001, 1000000000000, 1},
    {"0.1 %", 1, 1000, 0},
    {"-5%", -5, 100, 0},
    {"-5%", -6, 100, -1},
    {"0%", 0, 0, 0},
    {"-1%", 0, 0, 1},
    {"1%", 0, 0, -1},
    {"99999999999999%", 1, 0, 1},
    {"99999999999999%", SIDE_CEILING_NS, SIDE_CEILING_NS, -1},
    {"0.00000000000001%", SIDE_CEILING_NS, SIDE_CEILING_NS, 1},
};

Test(threshold, compares_shares_exactly) {
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const struct threshold threshold = parsed(shares[i].text);
        cr_expect_eq(threshold_compare_share(&threshold, shares[i].part_ns, shares[i].whole_ns), shares[i].order,
                     "case %s of %lld / %lld", shares[i].text, (long long)shares[i].part_ns,
                     (long long)shares[i].whole_ns);
    }
}

static const struct {
    int64_t ns;
    const char *text;
} written[] = {
    {0, "0 ns"},
    {999, "999 ns"},
    {1000, "1.00 us"},
    {-1500, "-1.50 us"},
    {13820000, "13.82 ms"},
    {1500000000, "1.50 s"},
    {90000000000, "90.00 s"},
};

Test(threshold, writes_times_in_the_largest_unit) {
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        char out[32];
        threshold_write_time(out, sizeof out, written[i].ns);
        cr_expect_str_eq(out, written[i].text);
    }
}
