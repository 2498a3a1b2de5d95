#include "tokenize/boundary.h"

#include "tokenize/scan.h"

/* Back over white space to the byte before: is it the wanted one? */
static bool goes_back(const char *data, size_t least, size_t *at, char wanted) {
    while (*at > least && scan_is_space(data[*at - 1]))
        (*at)--;
    return *at > least && data[--*at] == wanted;
}

bool boundary_at(const char *data, size_t least, size_t at) {
    return data[at] == '{' && goes_back(data, least, &at, ',') && goes_back(data, least, &at, '}');
}
