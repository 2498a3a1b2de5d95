#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "json_checker.h"
#include "report/json_writer.h"

TestSuite(json_writer, .timeout = 10);

struct written {
    char *text;
    size_t size;
    FILE *out;
    struct json json;
};

static void begin(struct written *written) {
    written->out = open_memstream(&written->text, &written->size);
    cr_assert_not_null(written->out);
    json_init(&written->json, written->out);
}

static void expect(struct written *written, const char *name, const char *text) {
    fclose(written->out);
    cr_expect_str_eq(written->text, text, "case %s: %s", name, written->text);
    free(written->text);
}

Test(json_writer, texts) {
    static const struct {
        const char *name, *text;
        size_t size;
        const char *json;
    } cases[] = {
        {"plain", "aten::mm", 8, "[\"aten::mm\"]\n"},
        {"empty", "", 0, "[\"\"]\n"},
        {"quote and backslash", "a\"b\\c", 5, "[\"a\\\"b\\\\c\"]\n"},
        {"control", "\x01\n\x7f", 3, "[\"\\u0001\\u000a\\u007f\"]\n"},
        {"zero byte", "a\0b", 3, "[\"a\\u0000b\"]\n"},
        {"valid UTF-8", "é漢😀", 9, "[\"é漢😀\"]\n"},
        {"stray byte", "a\xff", 2, "[\"a\xEF\xBF\xBD\"]\n"},
        {"cut sequence", "\xe6\xbc", 2, "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]\n"},
        {"surrogate", "\xed\xa0\x80", 3, "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]\n"},
        {"overlong", "\xc0\x80", 2, "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written written;
        begin(&written);
        json_array(&written.json, NULL, JSON_INLINE);
        json_text(&written.json, NULL, (struct text){cases[i].text, cases[i].size});
        json_close(&written.json);
        expect(&written, cases[i].name, cases[i].json);
    }
}

Test(json_writer, times) {
    static const struct {
        int64_t ns;
        const char *json;
    } cases[] = {
        {0, "[0]\n"},
        {1, "[0.001]\n"},
        {12000, "[12]\n"},
        {12300, "[12.3]\n"},
        {12345, "[12.345]\n"},
        {12040, "[12.04]\n"},
        {-5, "[-0.005]\n"},
        {-1500, "[-1.5]\n"},
        {1700000000000123456, "[1700000000000123.456]\n"},
        {INT64_MAX, "[9223372036854775.807]\n"},
        {INT64_MIN, "[-9223372036854775.808]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written written;
        begin(&written);
        json_array(&written.json, NULL, JSON_INLINE);
        json_us(&written.json, NULL, cases[i].ns);
        json_close(&written.json);
        expect(&written, cases[i].json, cases[i].json);
    }
}

Test(json_writer, numbers) {
    static const struct {
        double value;
        const char *json;
    } cases[] = {
        {0, "[0]\n"},         {0.5, "[0.5]\n"},  {1.0 / 3, "[0.333333]\n"}, {1e-9, "[1e-09]\n"},
        {-2.25, "[-2.25]\n"}, {NAN, "[null]\n"}, {INFINITY, "[null]\n"},    {-INFINITY, "[null]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct written written;
        begin(&written);
        json_array(&written.json, NULL, JSON_INLINE);
        json_number(&written.json, NULL, cases[i].value);
        json_close(&written.json);
        expect(&written, cases[i].json, cases[i].json);
    }
}

Test(json_writer, layouts) {
    struct written written;
    begin(&written);
    json_object(&written.json, NULL, JSON_LINES);
    json_count(&written.json, "a", UINT64_MAX);
    json_array(&written.json, "rows", JSON_LINES);
    for (unsigned row = 0; row < 2; row++) {
        json_object(&written.json, NULL, JSON_INLINE);
        json_flag(&written.json, "first", row == 0);
        json_string(&written.json, "name", row == 0 ? "x" : NULL);
        json_close(&written.json);
    }
    json_close(&written.json);
    json_array(&written.json, "none", JSON_LINES);
    json_close(&written.json);
    json_object(&written.json, "empty", JSON_INLINE);
    json_close(&written.json);
    json_close(&written.json);
    expect(&written, "layouts",
           "{\n"
           " \"a\": 18446744073709551615,\n"
           " \"rows\": [\n"
           "  {\"first\": true, \"name\": \"x\"},\n"
           "  {\"first\": false, \"name\": null}\n"
           " ],\n"
           " \"none\": [],\n"
           " \"empty\": {}\n"
           "}\n");
}

/* The checker is what other tests lean on. */
Test(json_writer, checker) {
    static const char *const good[] = {"{}", "[1, -2.5e+3, \"\\u00e9\", null]", " {\"a\": {\"b\": [true, false]}}\n"};
    static const char *const bad[] = {"",    "{",        "[1,]",      "{\"a\" 1}", "[01]",      "[1.]",
                                      "[-]", "[\"\n\"]", "[\"\\x\"]", "[1] 2",     "{\"a\": }", "[nan]"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(json_checker_accepts(good[i]), "case %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!json_checker_accepts(bad[i]), "case %s", bad[i]);
}
