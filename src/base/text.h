/* A borrowed piece of text: not NUL-terminated, and it may hold NUL. Whoever hands it out says how long it lives. */
#ifndef TRACECMP_TEXT_H
#define TRACECMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
    const char *data;
    size_t size;
};

#define TEXT(literal) ((struct text){"" literal, sizeof(literal) - 1})

static inline struct text text_from(const char *string) {
    return (struct text){string, strlen(string)};
}

static inline bool text_equal(struct text a, struct text b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool text_contains(struct text text, const char *word) {
    return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

/* Byte order, which for UTF-8 is code point order; a prefix sorts first. */
static inline int text_compare(struct text a, struct text b) {
    const size_t shared = a.size < b.size ? a.size : b.size;
    const int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

#endif
