#include <criterion/criterion.h>

#include "base/limits.h"
#include "report/display.h"

TestSuite(display, .timeout = 10);

struct display_case {
    const char *name, *text;
    size_t size, columns;
    const char *shown;
};

static const struct display_case cases[] = {
    {"fits", "kernel", 6, 6, "kernel"},
    {"empty", "", 0, 5, ""},
    {"cut in the middle", "abcdefghijklmnop", 16, 10, "abcdef…nop"},
    {"one column", "abc", 3, 1, "…"},
    {"two columns", "abc", 3, 2, "…c"},
    {"code points count", "äöüß", 8, 4, "äöüß"},
    {"code points are whole", "äöüßäöüß", 16, 4, "äö…ß"},
    {"escape sequence", "\033[31mred", 8, 40, "\\x1b[31mred"},
    {"zero byte", "a\0b", 3, 40, "a\\x00b"},
    {"C1 control", "\xc2\x9b", 2, 40, "\\x9b"},
    {"invalid byte", "\xff", 1, 40, "\\xff"},
    {"right-to-left override", "\xe2\x80\xae", 3, 40, "\\u202e"},
    {"escapes are whole", "\x01\x02\x03\x04", 4, 10, "\\x01…"},
};

Test(display, shown) {
    struct error error = {.code = STATUS_OK};
    struct buf out;
    buf_init(&out, LIMIT_NAME_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct text text = {cases[i].text, cases[i].size};
        buf_clear(&out);
        cr_assert_eq(display_append(&out, text, cases[i].columns, &error), STATUS_OK);
        const struct text shown = {out.data, out.size};
        cr_expect(text_equal(shown, text_from(cases[i].shown)), "case %s: %.*s", cases[i].name, (int)out.size,
                  out.data);
    }
    buf_fini(&out);
}

Test(display, never_wider_than_asked) {
    struct error error = {.code = STATUS_OK};
    struct buf out;
    buf_init(&out, LIMIT_NAME_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t columns = 1; columns < 24; columns++) {
            const struct text text = {cases[i].text, cases[i].size};
            const size_t whole = display_columns(text);
            buf_clear(&out);
            cr_assert_eq(display_append(&out, text, columns, &error), STATUS_OK);
            const size_t shown = display_columns((struct text){out.data, out.size});
            cr_expect(shown <= columns && (whole > columns || shown == whole), "case %s at %zu", cases[i].name,
                      columns);
        }
    buf_fini(&out);
}
