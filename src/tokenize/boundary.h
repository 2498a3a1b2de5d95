/* Where an item seems to begin: a guess from a few bytes around it, which costs time when it is wrong, never a
 * different result. */
#ifndef TRACECMP_BOUNDARY_H
#define TRACECMP_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>

/* A `{` that follows a `}` and a comma, with nothing but white space between, all of it in data[least] and behind. */
bool boundary_at(const char *data, size_t least, size_t at);

#endif
