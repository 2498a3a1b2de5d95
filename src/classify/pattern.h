/* The language of the rules: a pattern is found anywhere in a name, `*` stands for any run of characters (none, too),
 * `^` in front ties it to the start. Capital letters equal small ones, and a leading "void " is no part of a name. */
#ifndef TRACECMP_PATTERN_H
#define TRACECMP_PATTERN_H

#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"

/* A name made ready for many patterns: lower case, at most its first LIMIT_MATCH_BYTES. */
struct pattern_name {
    uint64_t pairs[16]; /* one bit for all pairs of neighbouring characters that are alike in their low five bits */
    size_t size;
    char data[LIMIT_MATCH_BYTES];
};

/* ASCII only; the bytes of UTF-8 stay. */
char pattern_lower(char c);
void pattern_prepare(struct pattern_name *prepared, struct text name);
/* pattern: in lower case. */
bool pattern_matches(struct text pattern, const struct pattern_name *name);

#endif
