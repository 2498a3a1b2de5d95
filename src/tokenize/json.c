#define JSON_IMPLEMENTATION
#include "tokenize/json.h"

#include <limits.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tokenize/scan.h"

void json_init(struct json *json) {
    *json = (struct json){0};
    buf_init(&json->repaired, LIMIT_ITEM_BYTES);
}

void json_fini(struct json *json) {
    free(json->tokens);
    buf_fini(&json->repaired);
    *json = (struct json){0};
}

/* jsmn's own answer; at the token ceiling JSMN_ERROR_NOMEM. */
static enum status run(struct json *json, int *answer, struct error *error) {
    jsmn_parser parser;
    jsmn_init(&parser);
    for (;;) {
        *answer = jsmn_parse(&parser, json->source.data, json->source.size, json->tokens,
                             (unsigned)json->capacity);
        if (*answer != JSMN_ERROR_NOMEM || json->capacity >= LIMIT_ITEM_TOKENS)
            break;
        const size_t doubled = json->capacity == 0 ? 256 : json->capacity * 2;
        void *tokens = json->tokens;
        TRY(array_grow(&tokens, &json->capacity, doubled, sizeof *json->tokens, LIMIT_ITEM_TOKENS, error));
        json->tokens = tokens;
    }
    json->count = *answer;
    return STATUS_OK;
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '+' || c == '.' ||
           c == '/';
}

/* A word that jsmn would not take as a number, true, false or null becomes an empty string of the same length. */
static void blank_word(char *word, size_t size) {
    if (strchr("-0123456789tfn", word[0]) || size < 2)
        return;
    memset(word, ' ', size);
    word[0] = word[1] = '"';
}

static enum status repair(struct json *json, struct text text, struct error *error) {
    buf_clear(&json->repaired);
    TRY(buf_append(&json->repaired, text.data, text.size, error));
    char *data = json->repaired.data;
    for (size_t at = 0; at < text.size;) {
        struct scan scan = {.in_string = true};
        size_t length = 1;
        if (data[at] == '"') {
            length += scan_string(&scan, data + at + 1, text.size - at - 1);
        } else if (is_word(data[at])) {
            while (at + length < text.size && is_word(data[at + length]))
                length++;
            blank_word(data + at, length);
        }
        at += length;
    }
    for (char *nul = data; (nul = memchr(nul, 0, text.size - (size_t)(nul - data)));)
        *nul = ' ';
    json->source = (struct text){data, text.size};
    return STATUS_OK;
}

enum status json_parse(struct json *json, struct text text, bool *valid, struct error *error) {
    *valid = false;
    if (text.size == 0 || text.size >= INT_MAX)
        return STATUS_OK;
    json->source = text;
    int answer = JSMN_ERROR_INVAL;
    if (!memchr(text.data, 0, text.size))
        TRY(run(json, &answer, error));
    if (answer == JSMN_ERROR_INVAL) {
        TRY(repair(json, text, error));
        TRY(run(json, &answer, error));
    }
    *valid = answer > 0 && json->tokens[0].type != JSMN_STRING && json->tokens[0].type != JSMN_PRIMITIVE;
    return STATUS_OK;
}

int json_skip(const struct json *json, int token) {
    const int end = json->tokens[token].end;
    while (token < json->count && json->tokens[token].start < end)
        token++;
    return token;
}

bool json_next_pair(const struct json *json, int object, int *key, bool *broken) {
    const int next = *key == 0 ? object + 1 : json_skip(json, *key + 1);
    if (next >= json->count || json->tokens[next].start >= json->tokens[object].end)
        return false;
    const jsmntok_t *token = &json->tokens[next];
    *key = next;
    *broken = token->type != JSMN_STRING || token->size != 1;
    return !*broken;
}
