/* What to keep in mind when reading a diff: one code and one sentence with numbers each. */
#ifndef TRACECMP_WARN_H
#define TRACECMP_WARN_H

#include "compare/side.h"
#include "flow/diff.h"

/* Fills diff->warnings; the amounts of the diff are there already. */
void warn_fill(struct diff *diff, const struct side *base, const struct side *test);

#endif
