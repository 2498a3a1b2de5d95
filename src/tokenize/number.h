/* Decimal text -> exact integers, never through a double. */
#ifndef TRACECMP_NUMBER_H
#define TRACECMP_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum number_range {
    NUMBER_NONE, /* not a number */
    NUMBER_EXACT,
    NUMBER_BEYOND, /* a number, but out of range: the result is the nearest end of the range, +-INT64_MAX */
};

/* Microseconds as JSON writes them (sign, digits, fraction, exponent) -> ns, rounded half to even. Also takes what
 * strings that hold numbers may have: white space around, a plus sign, a bare leading or trailing point.
 * *ns is not touched for NUMBER_NONE. */
enum number_range number_to_ns(struct text text, int64_t *ns);

/* An integer id; a fraction is cut off, as in 12.0. Negative ids become two's complement. False: not a number, or
 * out of range. */
bool number_to_id(struct text text, uint64_t *id);

#endif
