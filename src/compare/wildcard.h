/* Patterns in which * is any run of characters, ? is one character, and everything else, brackets and backslashes of
 * C++ names included, is itself. The whole name must match. */
#ifndef TRACECMP_WILDCARD_H
#define TRACECMP_WILDCARD_H

#include "base/text.h"

bool wildcard_matches(struct text pattern, struct text name);

#endif
