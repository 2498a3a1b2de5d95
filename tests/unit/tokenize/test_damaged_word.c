#include <criterion/criterion.h>

#include "tokenize/damaged_word.h"

TestSuite(damaged_word, .timeout = 10);

Test(damaged_word, says_how_much_is_left) {
    static const struct {
        const char *raw, *word;
        bool within, near;
    } cases[] = {
        {"kernel", "kernel", true, false},    {"ker\\nel", "kernel", true, false}, {"k,ern\"el", "kernel", true, false},
        {"kernal", "kernel", false, true},    {"xernel", "kernel", false, true},    {"kernex", "kernel", false, true},
        {"ernel", "kernel", false, true},     {"kerne", "kernel", false, true},     {"kenel", "kernel", false, true},
        {"Kernel", "kernel", false, false},   {"kernels", "kernel", false, false},  {"ke", "kernel", false, false},
        {"karnal", "kernel", false, false},   {"krenel", "kernel", false, false},   {"", "kernel", false, false},
        {"external id", "External id", false, false},
        {"External.id", "External id", false, true},
        {"pit", "pid", false, true},          {"id", "pid", false, false},          {"", "pid", false, false},
        {"px", "ph", false, false},           {"p", "ph", false, false},            {"\x01", "ts", false, false},
        {"k\xff\x72nel", "kernel", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct text raw = text_from(cases[i].raw);
        cr_expect_eq(word_is_within(raw, cases[i].word), cases[i].within, "case %s", cases[i].raw);
        cr_expect_eq(word_is_near(raw, cases[i].word), cases[i].near, "case %s", cases[i].raw);
    }
    cr_expect(word_is_plain(TEXT("gpu_memcpy")) && word_is_plain(TEXT("")));
    cr_expect_not(word_is_plain(TEXT("gpu{memcpy")) || word_is_plain(TEXT("gpu\nmemcpy")));
}
