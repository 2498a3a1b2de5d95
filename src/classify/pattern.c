#include "classify/pattern.h"

static const struct text return_type = {"void ", sizeof "void " - 1};

char pattern_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static unsigned pair_of(const char *two) { return ((unsigned)two[0] & 31) << 5 | ((unsigned)two[1] & 31); }

void pattern_prepare(struct pattern_name *prepared, struct text name) {
    if (name.size >= return_type.size && memcmp(name.data, return_type.data, return_type.size) == 0) {
        name.data += return_type.size;
        name.size -= return_type.size;
    }
    prepared->size = name.size < sizeof prepared->data ? name.size : sizeof prepared->data;
    for (size_t i = 0; i < prepared->size; i++)
        prepared->data[i] = pattern_lower(name.data[i]);
    memset(prepared->pairs, 0, sizeof prepared->pairs);
    for (size_t i = 0; i + 1 < prepared->size; i++) {
        const unsigned pair = pair_of(prepared->data + i);
        prepared->pairs[pair / 64] |= UINT64_C(1) << pair % 64;
    }
}

/* Most patterns have a pair of neighbours that a name has nowhere: cheaper to see than that it has no such piece. */
static bool has_pairs(struct text pattern, const struct pattern_name *name) {
    for (size_t i = pattern.size > 0 && pattern.data[0] == '^'; i + 1 < pattern.size; i++) {
        const unsigned pair = pair_of(pattern.data + i);
        const bool across = pattern.data[i] == '*' || pattern.data[i + 1] == '*';
        if (!across && !(name->pairs[pair / 64] >> pair % 64 & 1))
            return false;
    }
    return true;
}

/* Each piece between stars at its leftmost place after the one before: as no pattern is tied to the end of a name,
 * a place further right can never match more. */
bool pattern_matches(struct text pattern, const struct pattern_name *name) {
    if (!has_pairs(pattern, name))
        return false;
    const char *rest = name->data;
    const char *const end = name->data + name->size;
    bool tied = pattern.size > 0 && pattern.data[0] == '^';
    for (size_t at = tied; at <= pattern.size;) {
        const char *piece = pattern.data + at;
        const char *star = memchr(piece, '*', pattern.size - at);
        const size_t size = star ? (size_t)(star - piece) : pattern.size - at;
        const char *found = memmem(rest, (size_t)(end - rest), piece, size);
        if (!found || (tied && found != rest))
            return false;
        tied = false;
        rest = found + size;
        at += size + 1;
    }
    return true;
}
