/* Finds where a JSON value that began with { or [ ends, over any number of pieces. Knows only quotes, backslashes and
 * brackets; whether what lies between is valid JSON is not its matter. */
#ifndef TRACECMP_SCAN_H
#define TRACECMP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* White space of JSON. */
static inline bool scan_is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/* May begin or continue a number, true, false, null, or a word that should have been one of them. */
static inline bool scan_is_word(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '+' || c == '.' ||
           c == '/';
}

/* How long the word is that data begins with. */
static inline size_t scan_word(const char *data, size_t size) {
    size_t at = 0;
    while (at < size && scan_is_word(data[at]))
        at++;
    return at;
}

struct scan {
    uint64_t depth;   /* open brackets */
    uint64_t deepest; /* the largest depth that scan_value met */
    bool in_string;
    bool escaped; /* the byte before was a backslash that escapes */
};

/* Walks data[0..size). Returns the number of bytes up to and with the bracket that closes the value (depth is 0
 * again), or size when it is still open. Call it first with a zeroed scan and data[0] the opening bracket. */
size_t scan_value(struct scan *scan, const char *data, size_t size);
/* The same for a string: from behind its opening quote (in_string set) to behind its closing one. */
size_t scan_string(struct scan *scan, const char *data, size_t size);
static inline bool scan_done(const struct scan *scan) {
    return scan->depth == 0;
}

#endif
