#include "json_checker.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char *skip_value(const char *at);

static const char *skip_blanks(const char *at) {
    return at ? at + strspn(at, " \t\r\n") : NULL;
}

static const char *skip_word(const char *at, const char *word) {
    return at && strncmp(at, word, strlen(word)) == 0 ? at + strlen(word) : NULL;
}

static const char *skip_escape(const char *at) {
    if (*at == '\0')
        return NULL;
    if (*at != 'u')
        return strchr("\"\\/bfnrt", *at) ? at + 1 : NULL;
    for (unsigned i = 1; i <= 4; i++)
        if (!isxdigit((unsigned char)at[i]))
            return NULL;
    return at + 5;
}

static const char *skip_string(const char *at) {
    at = skip_word(at, "\"");
    while (at && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        at = *at == '\\' ? skip_escape(at + 1) : at + 1;
    }
    return at ? at + 1 : NULL;
}

static const char *skip_digits(const char *at) {
    return at && isdigit((unsigned char)*at) ? at + strspn(at, "0123456789") : NULL;
}

static const char *skip_number(const char *at) {
    at += *at == '-';
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (at && *at == '.')
        at = skip_digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) {
        at++;
        at = skip_digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

static const char *skip_member(const char *at) {
    at = skip_blanks(skip_string(at));
    return skip_value(skip_blanks(skip_word(at, ":")));
}

static const char *skip_container(const char *at, const char *close, const char *(*skip_item)(const char *)) {
    at = skip_blanks(at + 1);
    if (skip_word(at, close))
        return at + 1;
    for (;;) {
        at = skip_blanks(skip_item(at));
        if (!skip_word(at, ","))
            return skip_word(at, close);
        at = skip_blanks(at + 1);
    }
}

static const char *skip_value(const char *at) {
    if (!at)
        return NULL;
    switch (*at) {
    case '{':
        return skip_container(at, "}", skip_member);
    case '[':
        return skip_container(at, "]", skip_value);
    case '"':
        return skip_string(at);
    case 't':
        return skip_word(at, "true");
    case 'f':
        return skip_word(at, "false");
    case 'n':
        return skip_word(at, "null");
    default:
        return skip_number(at);
    }
}

bool json_checker_accepts(const char *text) {
    const char *end = skip_blanks(skip_value(skip_blanks(text)));
    return end && *end == '\0';
}
