#define TOKENS_IMPLEMENTATION
#include "tokenize/tokens.h"

#include <limits.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tokenize/scan.h"

enum {
    FIRST_TOKENS = 256,
    NUL_IN_STRING = 1, /* what it becomes: another control character */
};

void tokens_init(struct tokens *tokens) {
    *tokens = (struct tokens){0};
    buf_init(&tokens->repaired, LIMIT_ITEM_BYTES);
}

void tokens_fini(struct tokens *tokens) {
    free(tokens->list);
    buf_fini(&tokens->repaired);
    *tokens = (struct tokens){0};
}

static enum status grow(struct tokens *tokens, size_t capacity, struct error *error) {
    void *list = tokens->list;
    TRY(array_grow(&list, &tokens->capacity, capacity, sizeof *tokens->list, LIMIT_ITEM_TOKENS, error));
    tokens->list = list;
    return STATUS_OK;
}

/* jsmn's own answer; at the token ceiling JSMN_ERROR_NOMEM. It goes on where it stopped for want of room. */
static enum status run(struct tokens *tokens, int *answer, struct error *error) {
    jsmn_parser parser;
    jsmn_init(&parser);
    TRY(grow(tokens, FIRST_TOKENS, error)); /* without an array jsmn would only count */
    for (;;) {
        *answer =
            jsmn_parse(&parser, tokens->source.data, tokens->source.size, tokens->list, (unsigned)tokens->capacity);
        if (*answer != JSMN_ERROR_NOMEM || tokens->capacity >= LIMIT_ITEM_TOKENS)
            break;
        TRY(grow(tokens, tokens->capacity < LIMIT_ITEM_TOKENS / 2 ? tokens->capacity * 2 : LIMIT_ITEM_TOKENS, error));
    }
    tokens->count = *answer;
    return STATUS_OK;
}

/* A word that jsmn would not take as a number, true, false or null becomes an empty string of the same length. */
static void blank_word(char *word, size_t size) {
    if (strchr("-0123456789tfn", word[0]) || size < 2)
        return;
    memset(word, ' ', size);
    word[0] = word[1] = '"';
}

static enum status repair(struct tokens *tokens, struct text text, struct error *error) {
    buf_clear(&tokens->repaired);
    TRY(buf_append(&tokens->repaired, text.data, text.size, error));
    char *data = tokens->repaired.data;
    for (size_t at = 0; at < text.size;) {
        struct scan scan = {.in_string = true};
        size_t length = 1;
        if (data[at] == '"') {
            length += scan_string(&scan, data + at + 1, text.size - at - 1);
        } else if (scan_is_word(data[at])) {
            while (at + length < text.size && scan_is_word(data[at + length]))
                length++;
            blank_word(data + at, length);
        } else if ((unsigned char)data[at] < ' ') {
            data[at] = ' ';
        }
        at += length;
    }
    for (char *nul = data; (nul = memchr(nul, 0, text.size - (size_t)(nul - data)));)
        *nul = NUL_IN_STRING;
    tokens->source = (struct text){data, text.size};
    return STATUS_OK;
}

static bool is_too_deep(struct text text) {
    struct scan scan = {0};
    if (text.size > 2 * LIMIT_ITEM_DEPTH)
        scan_value(&scan, text.data, text.size);
    return scan.deepest > LIMIT_ITEM_DEPTH;
}

enum status tokens_parse(struct tokens *tokens, struct text text, bool *valid, struct error *error) {
    *valid = false;
    if (text.size == 0 || text.size >= INT_MAX || is_too_deep(text))
        return STATUS_OK;
    tokens->source = text;
    int answer = JSMN_ERROR_INVAL;
    if (!memchr(text.data, 0, text.size))
        TRY(run(tokens, &answer, error));
    if (answer == JSMN_ERROR_INVAL) {
        TRY(repair(tokens, text, error));
        TRY(run(tokens, &answer, error));
        tokens->source = text; /* where the bytes are that were changed for jsmn only */
    }
    *valid = answer > 0 && tokens->list[0].type != JSMN_STRING && tokens->list[0].type != JSMN_PRIMITIVE;
    return STATUS_OK;
}

int tokens_skip(const struct tokens *tokens, int token) {
    const int end = tokens->list[token].end;
    token++; /* an empty string has no byte of its own */
    while (token < tokens->count && tokens->list[token].start < end)
        token++;
    return token;
}

bool tokens_next_pair(const struct tokens *tokens, int object, int *key, bool *broken) {
    const int next = *key == 0 ? object + 1 : tokens_skip(tokens, *key + 1);
    if (next >= tokens->count || tokens->list[next].start >= tokens->list[object].end)
        return false;
    const jsmntok_t *token = &tokens->list[next];
    *key = next;
    *broken = token->type != JSMN_STRING || token->size != 1;
    return !*broken;
}
