#include <criterion/criterion.h>
#include <stdio.h>

#include "../base/seeded.h"
#include "tokenize/unescape.h"
#include "utf8_checker.h"

TestSuite(unescape, .timeout = 20);

#define FFFD "\xEF\xBF\xBD"
#define BYTES(literal) {literal, sizeof(literal) - 1}

static const struct {
    const char *name;
    struct text raw, decoded;
    bool repaired;
} cases[] = {
    {"empty", BYTES(""), BYTES(""), false},
    {"plain", BYTES("void gemm<128, 64>(float*)"), BYTES("void gemm<128, 64>(float*)"), false},
    {"letters", BYTES("\\\"\\\\\\/\\b\\f\\n\\r\\t"), BYTES("\"\\/\b\f\n\r\t"), false},
    {"letters between text", BYTES("a\\nb\\\\c"), BYTES("a\nb\\c"), false},
    {"ASCII by number", BYTES("\\u0041\\u007e"), BYTES("A~"), false},
    {"digits of either case", BYTES("\\u00e9\\u00E9"), BYTES("\xC3\xA9\xC3\xA9"), false},
    {"three bytes", BYTES("\\u20ac"), BYTES("\xE2\x82\xAC"), false},
    {"largest of three bytes", BYTES("\\uffff"), BYTES("\xEF\xBF\xBF"), false},
    {"pair", BYTES("\\ud83d\\ude00"), BYTES("\xF0\x9F\x98\x80"), false},
    {"first pair", BYTES("\\ud800\\udc00"), BYTES("\xF0\x90\x80\x80"), false},
    {"last pair", BYTES("\\udbff\\udfff"), BYTES("\xF4\x8F\xBF\xBF"), false},
    {"pair and more", BYTES("x\\ud83d\\ude00y"), BYTES("x\xF0\x9F\x98\x80y"), false},
    {"NUL by number", BYTES("a\\u0000b"), BYTES("a\0b"), false},
    {"escaped backslash before u", BYTES("\\\\u0041"), BYTES("\\u0041"), false},
    {"lone high surrogate", BYTES("a\\ud800b"), BYTES("a" FFFD "b"), true},
    {"lone high surrogate at the end", BYTES("\\ud800"), BYTES(FFFD), true},
    {"lone low surrogate", BYTES("\\udc00x"), BYTES(FFFD "x"), true},
    {"two high surrogates", BYTES("\\ud800\\ud800"), BYTES(FFFD FFFD), true},
    {"high before a pair", BYTES("\\ud800\\ud83d\\ude00"), BYTES(FFFD "\xF0\x9F\x98\x80"), true},
    {"high before a letter", BYTES("\\ud800\\u0041"), BYTES(FFFD "A"), true},
    {"high before an escape", BYTES("\\ud800\\nabcd"), BYTES(FFFD "\nabcd"), true},
    {"pair cut in its digits", BYTES("\\ud83d\\ude0"), BYTES(FFFD FFFD "de0"), true},
    {"no digits", BYTES("\\u"), BYTES(FFFD), true},
    {"too few digits", BYTES("\\u12"), BYTES(FFFD "12"), true},
    {"bad digit", BYTES("\\u12g4"), BYTES(FFFD "12g4"), true},
    {"sign among digits", BYTES("\\u+123"), BYTES(FFFD "+123"), true},
    {"unknown escape", BYTES("\\x41"), BYTES("x41"), true},
    {"escaped character of two bytes", BYTES("\\\xC3\xA9"), BYTES("\xC3\xA9"), true},
    {"escaped stray byte", BYTES("\\\xFF"), BYTES(FFFD), true},
    {"escaped NUL byte", BYTES("\\\0x"), BYTES("\0x"), true},
    {"raw control characters", BYTES("a\nb\x01"), BYTES("a\nb\x01"), true},
    {"raw NUL", BYTES("a\0b"), BYTES("a\0b"), true},
    {"delete is plain", BYTES("a\x7F"), BYTES("a\x7F"), false},
    {"valid UTF-8", BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
     false},
    {"edges of two bytes", BYTES("\xC2\x80\xDF\xBF"), BYTES("\xC2\x80\xDF\xBF"), false},
    {"edges of three bytes", BYTES("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"),
     BYTES("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"), false},
    {"edges of four bytes", BYTES("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
     BYTES("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), false},
    {"continuation alone", BYTES("a\x80z"), BYTES("a" FFFD "z"), true},
    {"overlong, two bytes", BYTES("\xC0\xAF"), BYTES(FFFD FFFD), true},
    {"overlong NUL", BYTES("\xC1\x80"), BYTES(FFFD FFFD), true},
    {"overlong, three bytes", BYTES("\xE0\x9F\xBF"), BYTES(FFFD FFFD FFFD), true},
    {"overlong, four bytes", BYTES("\xF0\x8F\xBF\xBF"), BYTES(FFFD FFFD FFFD FFFD), true},
    {"surrogate in UTF-8", BYTES("\xED\xA0\x80"), BYTES(FFFD FFFD FFFD), true},
    {"beyond U+10FFFF", BYTES("\xF4\x90\x80\x80"), BYTES(FFFD FFFD FFFD FFFD), true},
    {"never a first byte", BYTES("\xF5\xFE\xFF"), BYTES(FFFD FFFD FFFD), true},
    {"cut, two bytes", BYTES("a\xC3"), BYTES("a" FFFD), true},
    {"cut, three bytes", BYTES("\xE2\x82"), BYTES(FFFD FFFD), true},
    {"cut, four bytes", BYTES("\xF0\x9F\x98"), BYTES(FFFD FFFD FFFD), true},
    {"cut by a letter", BYTES("\xE2\x82z"), BYTES(FFFD FFFD "z"), true},
    {"cut by an escape", BYTES("\xE2\\u0041"), BYTES(FFFD "A"), true},
};

Test(unescape, every_form_is_decoded_and_every_repair_told) {
    struct buf scratch;
    struct error error = {0};
    buf_init(&scratch, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out;
        bool repaired;
        cr_assert_eq(unescape(cases[i].raw, &scratch, &out, &repaired, &error), STATUS_OK);
        cr_expect(text_equal(out, cases[i].decoded), "case %s: '%.*s'", cases[i].name, (int)out.size, out.data);
        cr_expect_eq(repaired, cases[i].repaired, "case %s", cases[i].name);
        cr_expect(utf8_is_valid(out), "case %s", cases[i].name);
    }
    buf_fini(&scratch);
}

Test(unescape, every_code_point_by_number_is_its_utf8) {
    struct buf scratch;
    struct error error = {0};
    buf_init(&scratch, 1000);
    for (unsigned code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 101) {
        char raw[16], wanted[4];
        struct text out;
        bool repaired;
        if (code >= 0xD800 && code < 0xE000)
            continue;
        if (code < 0x10000)
            snprintf(raw, sizeof raw, "\\u%04x", code);
        else
            snprintf(raw, sizeof raw, "\\u%04X\\u%04x", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF));
        cr_assert_eq(unescape(text_from(raw), &scratch, &out, &repaired, &error), STATUS_OK);
        cr_assert(text_equal(out, (struct text){wanted, utf8_encode(code, wanted)}), "U+%04X", code);
        cr_assert_not(repaired, "U+%04X", code);
    }
    buf_fini(&scratch);
}

Test(unescape, whatever_comes_in_valid_utf8_comes_out) {
    static const char likely[] = "\\\\\\uuuud8dc0fF\"n\x80\xBF\xC2\xE0\xED\xA0\xF0\xF4\x90\x01z";
    struct seeded seeded = {5};
    struct buf scratch;
    struct error error = {0};
    unsigned repairs = 0;
    buf_init(&scratch, 1000);
    for (int i = 0; i < 20000; i++) {
        char raw[32];
        struct text out;
        bool repaired;
        const size_t size = seeded_below(&seeded, sizeof raw);
        for (size_t j = 0; j < size; j++)
            raw[j] = seeded_below(&seeded, 4) ? likely[seeded_below(&seeded, sizeof likely - 1)]
                                              : (char)seeded_next(&seeded);
        cr_assert_eq(unescape((struct text){raw, size}, &scratch, &out, &repaired, &error), STATUS_OK);
        cr_assert(utf8_is_valid(out), "case %d", i);
        cr_assert(repaired || utf8_is_valid((struct text){raw, size}), "case %d", i);
        repairs += repaired;
    }
    cr_expect_gt(repairs, 1000);
    cr_expect_lt(repairs, 20000);
    buf_fini(&scratch);
}

Test(unescape, text_with_nothing_to_do_is_not_copied) {
    struct buf scratch;
    struct text out;
    struct error error = {0};
    bool repaired;
    buf_init(&scratch, 0);
    const struct text raw = TEXT("ampere_sgemm_128x64_tn");
    cr_assert_eq(unescape(raw, &scratch, &out, &repaired, &error), STATUS_OK);
    cr_expect_eq(out.data, raw.data);
    cr_expect_eq(unescape(TEXT("\\n"), &scratch, &out, &repaired, &error), STATUS_LIMIT);
    buf_fini(&scratch);
}
