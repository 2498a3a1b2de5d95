/* Is what began with { still JSON? Walks an item byte by byte, over any number of pieces, and stops at the byte where
 * it cannot be one any more: the careful twin of scan.h, for items that the quick reader does not know. As tolerant as
 * the reader of items behind it: words such as NaN or N/A, commas too many, control characters and NUL bytes pass. */
#ifndef TRACECMP_SYNTAX_H
#define TRACECMP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

enum syntax_answer {
    SYNTAX_MORE,  /* all bytes fit, the value is still open */
    SYNTAX_DONE,  /* it is closed: *used is behind its bracket */
    SYNTAX_ERROR, /* *used is the place of a byte that does not fit */
};

struct syntax { /* all zero at first */
    uint64_t depth; /* open brackets */
    unsigned char expected, is_key, letters;
    bool has_ph; /* a key of the outermost object is "ph" */
    uint64_t arrays[LIMIT_ITEM_DEPTH / 64]; /* bit i: the bracket at depth i + 1 is a [; deeper ones are only counted */
};

/* Behind a value of an object whose opening bracket was not walked over. */
void syntax_begin_in_object(struct syntax *syntax);
/* Call it first with data[0] the opening bracket. */
enum syntax_answer syntax_walk(struct syntax *syntax, const char *data, size_t size, size_t *used);

#endif
