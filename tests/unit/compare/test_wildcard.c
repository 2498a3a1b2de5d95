#include <criterion/criterion.h>

#include "compare/wildcard.h"

TestSuite(wildcard, .timeout = 10);

static const struct {
    const char *pattern, *name;
    bool matches;
} cases[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "anything at all", true},
    {"?", "", false},
    {"?", "a", true},
    {"?", "ab", false},
    {"gemm", "gemm", true},
    {"gemm", "gemm2", false},
    {"gemm", "a gemm", false},
    {"gemm", "GEMM", false},
    {"nvjet_*", "nvjet_tst_64x64", true},
    {"nvjet_*", "nvjet_", true},
    {"nvjet_*", "a_nvjet_", false},
    {"*gemm", "a_gemm", true},
    {"*gemm", "gemm_gemm", true},
    {"*gemm", "gemm_gemmx", false},
    {"*a*b*c", "xxaxxbxxbxxc", true},
    {"*a*b*c", "xxaxxbxxbxx", false},
    {"a*a", "a", false},
    {"**", "x", true},
    {"a?c*", "abcdef", true},
    {"[ab]", "a", false},
    {"[ab]", "[ab]", true},
    {"void f<int [4]>*", "void f<int [4]>(float*)", true},
    {"a\\*", "a\\b", true},
    {"a\\*", "a*", false},
    {"{anonymous}::f", "{anonymous}::f", true},
    {"?", "é", true},
    {"??", "é", false},
    {"*?", "é€", true},
};

Test(wildcard, knows_only_star_and_question_mark) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(wildcard_matches(text_from(cases[i].pattern), text_from(cases[i].name)), cases[i].matches,
                     "case '%s' on '%s'", cases[i].pattern, cases[i].name);
}

Test(wildcard, many_stars_on_a_long_name_end_soon) {
    static char name[10000];
    memset(name, 'a', sizeof name);
    const struct text text = {name, sizeof name};
    cr_expect_not(wildcard_matches(TEXT("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), text));
    cr_expect(wildcard_matches(TEXT("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*"), text));
}
