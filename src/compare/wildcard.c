#include "compare/wildcard.h"

/* A character of UTF-8 may be several bytes: those after the first are 10xxxxxx. */
static size_t after_character(struct text text, size_t position) {
    position++;
    while (position < text.size && ((unsigned char)text.data[position] & 0xC0) == 0x80)
        position++;
    return position;
}

/* Only the last * seen need ever take more: what earlier ones took, a later one can take as well. */
bool wildcard_matches(struct text pattern, struct text name) {
    size_t p = 0, n = 0;
    bool starred = false;
    size_t after_star = 0, star_end = 0; /* in the pattern; in the name */
    while (n < name.size) {
        if (p < pattern.size && pattern.data[p] == '*') {
            starred = true;
            after_star = ++p;
            star_end = n;
        } else if (p < pattern.size && pattern.data[p] == '?') {
            p++;
            n = after_character(name, n);
        } else if (p < pattern.size && pattern.data[p] == name.data[n]) {
            p++;
            n++;
        } else if (starred) {
            p = after_star;
            n = star_end = after_character(name, star_end);
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.data[p] == '*')
        p++;
    return p == pattern.size;
}
