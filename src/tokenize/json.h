/* jsmn's tokens of one whole JSON value, with a token array that is kept and grows. */
#ifndef TRACECMP_JSON_H
#define TRACECMP_JSON_H

#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#ifndef JSON_IMPLEMENTATION /* json.c alone takes jsmn's functions */
#define JSMN_HEADER
#endif
#include <jsmn.h>

#include "base/buf.h"
#include "base/text.h"

struct json {
    struct text source; /* what the tokens point into; borrowed */
    jsmntok_t *tokens;  /* owned */
    size_t capacity;
    int count;
    struct buf repaired; /* a copy of the source, where it had to be changed */
};

void json_init(struct json *json);
void json_fini(struct json *json);
/* *valid: tokens[0] is the whole of the text, one object or array. Bare words that are not JSON (NaN, Infinity, N/A)
 * are taken as empty strings and NUL bytes as spaces: jsmn would stop at either. Text of INT_MAX bytes or more, or
 * with more than LIMIT_ITEM_TOKENS tokens, is not valid. */
enum status json_parse(struct json *json, struct text text, bool *valid, struct error *error) CHECKED;

/* The inside of a string, the word of a primitive, or all of an object or array. */
static inline struct text json_text(const struct json *json, int token) {
    const jsmntok_t *t = &json->tokens[token];
    return (struct text){json->source.data + t->start, (size_t)(t->end - t->start)};
}

/* The first token behind this one and all that lies in it. */
int json_skip(const struct json *json, int token);

/* Walks the pairs of an object. Start with *key = 0; the value is token *key + 1. False at the end, and at a pair
 * that is not a string with exactly one value (*broken is set). */
bool json_next_pair(const struct json *json, int object, int *key, bool *broken);

#endif
