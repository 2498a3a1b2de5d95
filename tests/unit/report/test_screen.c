#include <criterion/criterion.h>
#include <stdlib.h>

#include "report/screen.h"

TestSuite(screen, .timeout = 10);

#define TEN "ääääääääää"

static char *flowed(const char *words, size_t hang) {
    struct error error = {.code = STATUS_OK};
    struct screen screen;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    screen_init(&screen, out, 0, false, &error);
    screen_name(&screen, text_from(words), SIZE_MAX);
    screen_flow(&screen, hang);
    cr_assert_eq(screen_fini(&screen), STATUS_OK);
    fclose(out);
    return text;
}

Test(screen, flow) {
    static const struct {
        const char *name, *words;
        size_t hang;
        const char *lines;
    } cases[] = {
        {"short", "a few words", 4, "a few words\n"},
        {"empty", "", 4, "-\n"},
        {"exact", "0123456789 0123456789 0123456789 0123456789 0123456789 01234 next", 4,
         "0123456789 0123456789 0123456789 0123456789 0123456789 01234\n    next\n"},
        {"one too many", "0123456789 0123456789 0123456789 0123456789 0123456789 012345 next", 4,
         "0123456789 0123456789 0123456789 0123456789 0123456789\n    012345 next\n"},
        {"a word wider than the screen",
         "01234567890123456789012345678901234567890123456789012345678901234567890123456789", 2,
         "012345678901234567890123456789012345678901234567890123456789\n  01234567890123456789\n"},
        {"a number and its unit", "0123456789 0123456789 0123456789 0123456789 0123456789 012.4 us, 1 s", 4,
         "0123456789 0123456789 0123456789 0123456789 0123456789\n    012.4 us, 1 s\n"},
        {"a number and a word", "0123456789 0123456789 0123456789 0123456789 0123456789 01234 user", 4,
         "0123456789 0123456789 0123456789 0123456789 0123456789 01234\n    user\n"},
        {"code points, not bytes", TEN TEN TEN TEN TEN TEN " b", 0, TEN TEN TEN TEN TEN TEN "\nb\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = flowed(cases[i].words, cases[i].hang);
        cr_expect_str_eq(text, cases[i].lines, "case %s:\n%s", cases[i].name, text);
        free(text);
    }
}

Test(screen, width_has_bounds) {
    struct error error = {.code = STATUS_OK};
    struct screen screen;
    screen_init(&screen, stdout, 1, false, &error);
    cr_expect_eq(screen.width, SCREEN_LEAST_WIDTH);
    cr_expect_eq(screen_fini(&screen), STATUS_OK);
    screen_init(&screen, stdout, 100000, false, &error);
    cr_expect_eq(screen.width, SCREEN_MOST_WIDTH);
    cr_expect_eq(screen_fini(&screen), STATUS_OK);
}
