#include <criterion/criterion.h>

#include "aggregate/layer_period.h"
#include "layer_words.h"

TestSuite(layer_period, .timeout = 10);

static const struct {
    const char *name, *kernels;
    size_t length, first, end; /* length 0: none */
} cases[] = {
    {"nothing", "", 0, 0, 0},
    {"no repetition", "gxyzwvuq", 0, 0, 0},
    {"twice is chance", "gxygxy", 0, 0, 0},
    {"three times", "gxygxygxy", 3, 0, 9},
    {"between one-off kernels", "ab gxyz gxyz gxyz gxyz cd", 4, 2, 18},
    {"an unfinished last one", "ab gxyz gxyz gxyz gx cd", 4, 2, 16},
    {"the shortest, not its double", "gxyz gxyz gxyz gxyz gxyz gxyz", 4, 0, 24},
    {"two kinds in turn", "gxyzgxyw gxyzgxyw gxyzgxyw", 8, 0, 24},
    {"no projection in it", "xyzxyzxyzxyz", 0, 0, 0},
    {"one kernel again and again", "gggggggggggg", 0, 0, 0},
    {"two kernels in turn", "gxgxgxgxgxgxgx", 0, 0, 0},
    {"less than half of the sequence", "gxygxygxy abcdefghijklmno", 0, 0, 0},
};

Test(layer_period, finds) {
    struct layer_token tokens[LAYER_WORDS_MOST];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layer_period period;
        const size_t count = layer_words_read(cases[i].kernels, tokens);
        const bool found = layer_period_find(tokens, count, &period);
        cr_expect_eq(found, cases[i].length > 0, "case %s", cases[i].name);
        if (!found || cases[i].length == 0)
            continue;
        cr_expect_eq(period.length, cases[i].length, "case %s: %zu", cases[i].name, period.length);
        cr_expect_eq(period.first, cases[i].first, "case %s: from %zu", cases[i].name, period.first);
        cr_expect_eq(period.end, cases[i].end, "case %s: to %zu", cases[i].name, period.end);
    }
}
