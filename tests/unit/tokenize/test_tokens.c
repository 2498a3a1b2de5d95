#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tokenize/tokens.h"

TestSuite(tokens, .timeout = 20);

#define BYTES(literal) {literal, sizeof(literal) - 1}

static bool parse(struct tokens *tokens, struct text text) {
    struct error error = {0};
    bool valid = false;
    cr_assert_eq(tokens_parse(tokens, text, &valid, &error), STATUS_OK);
    return valid;
}

Test(tokens, one_whole_object_or_array_is_valid) {
    static const struct {
        struct text text;
        bool valid;
    } cases[] = {
        {BYTES("{}"), true},
        {BYTES("[]"), true},
        {BYTES(" {\"a\" : [1, 2.5e3, -1, true, false, null, \"x\", {}]} "), true},
        {BYTES("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}"), true},
        {BYTES("[NaN, Infinity, -Infinity, N/A, None, True]"), true},
        {BYTES("{\"a\":NaN,\"b\\\\\":\"NaN\"}"), true},
        {BYTES("{\"a\":\0\"b\"\0}"), true},
        {BYTES("{\"a\":\"\0\"}"), true},
        {BYTES(""), false},
        {BYTES(" "), false},
        {BYTES("1 "), false},
        {BYTES("\"a\""), false},
        {BYTES("{"), false},
        {BYTES("[1"), false},
        {BYTES("{\"a\""), false},
        {BYTES("}"), false},
        {BYTES("[}"), false},
        {BYTES("{]"), false},
        {BYTES("[x]"), false},
        {BYTES("[\"\\x\"]"), false},
        {BYTES("[\"\\u12\"]"), false},
        {BYTES("[?]"), false},
        {BYTES("[\xFF]"), false},
        {BYTES("[NaN"), false},
    };
    struct tokens tokens;
    tokens_init(&tokens);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *copy = malloc(cases[i].text.size + 1); /* of exactly its size, for the sanitizer */
        memcpy(copy, cases[i].text.data, cases[i].text.size);
        cr_expect_eq(parse(&tokens, (struct text){copy, cases[i].text.size}), cases[i].valid, "case %s",
                     cases[i].text.data);
        free(copy);
    }
    tokens_fini(&tokens);
}

Test(tokens, pairs_are_walked_over_whatever_they_hold) {
    static const char text[] = "{\"a\":1,\"b\":\"\",\"c\":{\"d\":[2,{}]},\"e\":[],\"\":\"f\",\"g\":NaN,\"h\":\"i\"}";
    static const struct {
        const char *key, *value;
    } pairs[] = {{"a", "1"}, {"b", ""}, {"c", "{\"d\":[2,{}]}"}, {"e", "[]"}, {"", "f"}, {"g", ""}, {"h", "i"}};
    struct tokens tokens;
    tokens_init(&tokens);
    cr_assert(parse(&tokens, text_from(text)));
    bool broken = false;
    size_t count = 0;
    for (int key = 0; tokens_next_pair(&tokens, 0, &key, &broken); count++) {
        cr_assert_lt(count, sizeof pairs / sizeof *pairs);
        cr_expect(text_equal(tokens_text(&tokens, key), text_from(pairs[count].key)), "pair %zu", count);
        cr_expect(text_equal(tokens_text(&tokens, key + 1), text_from(pairs[count].value)), "pair %zu", count);
    }
    cr_expect_eq(count, sizeof pairs / sizeof *pairs);
    cr_expect_not(broken);
    tokens_fini(&tokens);
}

Test(tokens, pairs_of_an_inner_object_end_with_it) {
    struct tokens tokens;
    bool broken = false;
    int outer = 0, inner = 0;
    tokens_init(&tokens);
    cr_assert(parse(&tokens, TEXT("{\"a\":{\"b\":\"\"},\"c\":1}")));
    cr_assert(tokens_next_pair(&tokens, 0, &outer, &broken));
    cr_expect(tokens_next_pair(&tokens, outer + 1, &inner, &broken));
    cr_expect(text_equal(tokens_text(&tokens, inner), TEXT("b")));
    cr_expect_not(tokens_next_pair(&tokens, outer + 1, &inner, &broken));
    cr_expect(tokens_next_pair(&tokens, 0, &outer, &broken));
    cr_expect(text_equal(tokens_text(&tokens, outer), TEXT("c")));
    cr_expect_not(tokens_next_pair(&tokens, 0, &outer, &broken));
    cr_expect_not(broken);
    tokens_fini(&tokens);
}

Test(tokens, a_pair_that_is_none_is_broken) {
    static const char *const cases[] = {"{\"a\"}", "{\"a\":}", "{\"a\":1,\"b\"}", "{\"a\":1 \"b\":2}", "{\"a\" \"b\"}"};
    struct tokens tokens;
    tokens_init(&tokens);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool broken = false;
        cr_assert(parse(&tokens, text_from(cases[i])), "case %s: jsmn takes it", cases[i]);
        for (int key = 0; tokens_next_pair(&tokens, 0, &key, &broken);)
            ;
        cr_expect(broken, "case %s", cases[i]);
    }
    tokens_fini(&tokens);
}

/* free() its data. */
static struct text repeated(const char *open, const char *piece, size_t count, const char *close, size_t closes) {
    const size_t open_size = strlen(open), piece_size = strlen(piece), close_size = strlen(close);
    char *text = malloc(open_size + count * piece_size + closes * close_size + 1), *at = text;
    memcpy(at, open, open_size);
    at += open_size;
    for (size_t i = 0; i < count; i++, at += piece_size)
        memcpy(at, piece, piece_size);
    for (size_t i = 0; i < closes; i++, at += close_size)
        memcpy(at, close, close_size);
    return (struct text){text, (size_t)(at - text)};
}

Test(tokens, there_are_ceilings_for_tokens_and_depth) {
    const struct {
        const char *title;
        struct text text;
        bool valid;
    } cases[] = {
        {"as many tokens as may be", repeated("[", "0,", LIMIT_ITEM_TOKENS - 1, "]", 1), true},
        {"one token more", repeated("[", "0,", LIMIT_ITEM_TOKENS, "]", 1), false},
        {"as deep as may be", repeated("", "[", LIMIT_ITEM_DEPTH, "]", LIMIT_ITEM_DEPTH), true},
        {"one deeper", repeated("", "[", LIMIT_ITEM_DEPTH + 1, "]", LIMIT_ITEM_DEPTH + 1), false},
        {"far too deep", repeated("", "[", 1 << 20, "]", 1 << 20), false},
        {"brackets in a string", repeated("[\"", "[", 1 << 20, "\"]", 1), true},
    };
    struct tokens tokens;
    tokens_init(&tokens);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(parse(&tokens, cases[i].text), cases[i].valid, "case %s", cases[i].title);
        free((void *)cases[i].text.data);
    }
    cr_expect(parse(&tokens, TEXT("{\"a\":1}")), "still usable");
    cr_expect_eq(tokens.count, 3);
    tokens_fini(&tokens);
}
