/* Writes one JSON document to a FILE. In: values, each with its key inside objects and with NULL inside arrays.
 * Nothing is allocated and nothing fails here: a failing write is left to ferror. */
#ifndef TRACECMP_JSON_WRITER_H
#define TRACECMP_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

enum { JSON_DEPTH = 12 };

/* How the members of a container are laid out: one after the other, or each on its own line. */
enum json_layout { JSON_INLINE, JSON_LINES };

struct json {
    FILE *out;    /* borrowed */
    bool in_page; /* inside a script element of HTML: text cannot end it */
    unsigned depth;
    struct json_level {
        enum json_layout layout;
        char end;
        bool filled;
    } levels[JSON_DEPTH];
};

void json_init(struct json *json, FILE *out);
void json_init_in_page(struct json *json, FILE *out);
/* Keys are plain ASCII without quotes. */
void json_object(struct json *json, const char *key, enum json_layout layout);
void json_array(struct json *json, const char *key, enum json_layout layout);
/* Closes the innermost container; closing the last one ends the document with a newline. */
void json_close(struct json *json);

/* Control characters are escaped, invalid UTF-8 becomes U+FFFD; in a page < > & U+2028 U+2029 are escaped too. */
void json_text(struct json *json, const char *key, struct text text);
void json_string(struct json *json, const char *key, const char *string); /* NULL is null */
void json_count(struct json *json, const char *key, uint64_t count);
void json_us(struct json *json, const char *key, int64_t ns);       /* nanoseconds as exact microseconds */
void json_number(struct json *json, const char *key, double value); /* not finite is null */
void json_flag(struct json *json, const char *key, bool flag);
void json_null(struct json *json, const char *key);
/* Text that is a JSON value already. */
void json_literal(struct json *json, const char *key, struct text literal);

#endif
