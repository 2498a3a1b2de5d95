/* jsmn's tokens of one whole JSON value, with a token array that is kept and grows. */
#ifndef TRACECMP_TOKENS_H
#define TRACECMP_TOKENS_H

#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#ifndef TOKENS_IMPLEMENTATION /* tokens.c alone takes jsmn's functions */
#define JSMN_HEADER
#endif
#include <jsmn.h>

#include "base/buf.h"
#include "base/text.h"

struct tokens {
    struct text source; /* what the tokens point into; borrowed */
    jsmntok_t *list;    /* owned */
    size_t capacity;
    int count;
    struct buf repaired; /* a copy of the source, where it had to be changed */
};

void tokens_init(struct tokens *tokens);
void tokens_fini(struct tokens *tokens);
/* *valid: list[0] is the whole of the text, one object or array. Bare words that are not JSON (NaN, Infinity, N/A)
 * are taken as empty strings, control characters between strings as spaces, and NUL bytes are let pass: jsmn would
 * stop at each. Text of INT_MAX bytes or more, deeper than LIMIT_ITEM_DEPTH or with more than LIMIT_ITEM_TOKENS tokens
 * is not valid. */
enum status tokens_parse(struct tokens *tokens, struct text text, bool *valid, struct error *error) CHECKED;

/* The inside of a string, the word of a primitive, or all of an object or array. */
static inline struct text tokens_text(const struct tokens *tokens, int token) {
    const jsmntok_t *t = &tokens->list[token];
    return (struct text){tokens->source.data + t->start, (size_t)(t->end - t->start)};
}

/* The first token behind this one and all that lies in it. */
int tokens_skip(const struct tokens *tokens, int token);

/* Walks the pairs of an object. Start with *key = 0; the value is token *key + 1. False at the end, and at a pair
 * that is not a string with exactly one value (*broken is set). */
bool tokens_next_pair(const struct tokens *tokens, int object, int *key, bool *broken);

#endif
