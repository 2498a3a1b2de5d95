#include <criterion/criterion.h>

#include "classify/pattern.h"

TestSuite(pattern, .timeout = 10);

static bool matches(const char *pattern, struct text name) {
    struct pattern_name prepared;
    pattern_prepare(&prepared, name);
    return pattern_matches(text_from(pattern), &prepared);
}

Test(pattern, language) {
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"gemm", "volta_SGEMM_128x32_nt", true},
        {"gemm", "gem", false},
        {"gemm", "", false},
        {"*", "", true},
        {"*", "anything", true},
        {"^gemm", "gemm_x", true},
        {"^gemm", "sgemm", false},
        {"^gemm", "void gemm<int>()", true},
        {"^void", "void gemm<int>()", false},
        {"void gemm", "void void gemm", true},
        {"^*gemm", "sgemm", true},
        {"a*b", "xxaxxbxx", true},
        {"a*b", "ab", true},
        {"a*b", "ba", false},
        {"a*a", "a", false},
        {"ab*ba", "aba", false},
        {"ab*ba", "abba", true},
        {"a*b*c", "a_c_b_c", true},
        {"a*b*c", "a_c_b", false},
        {"a**b", "ab", true},
        {"a*", "a", true},
        {"^a*b", "a__b", true},
        {"^a*b", "_a__b", false},
        {"a.b", "axb", false},
        {"x^y", "x^y", true},
        {"a b", "A B", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(matches(cases[i].pattern, text_from(cases[i].name)), cases[i].matches, "case '%s' in '%s'",
                     cases[i].pattern, cases[i].name);
}

Test(pattern, any_bytes) {
    cr_expect(matches("gemm", TEXT("a\0gemm")), "NUL");
    cr_expect(matches("gemm", TEXT("\xC3\x84gemm\xFF")), "not ASCII");
    cr_expect_not(matches("\xC3\xA4", TEXT("\xC3\x84")), "only ASCII has one case");
    cr_expect_not(matches("gemm", (struct text){NULL, 0}));
}

/* Many stars in a name that almost matches: linear, or the test never ends. */
Test(pattern, no_backtracking) {
    static char name[LIMIT_MATCH_BYTES];
    memset(name, 'a', sizeof name);
    for (int i = 0; i < 1000; i++)
        cr_assert_not(matches("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", (struct text){name, sizeof name}));
}
