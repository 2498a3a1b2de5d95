/* The plain period of a sequence: where and how it repeats, found without knowing what its words mean. */
#ifndef TRACECMP_LAYER_PERIOD_H
#define TRACECMP_LAYER_PERIOD_H

#include "aggregate/layer_cut.h"

struct layer_period {
    size_t length;     /* tokens of one repetition */
    size_t first, end; /* the range that repeats; its last repetition may be unfinished */
};

/* The shortest period, up to 512 tokens, whose range is nearly the longest one; false when nothing with a projection
 * in it repeats at least three times over half of the sequence. Looks at no more than 4096 tokens. */
bool layer_period_find(const struct layer_token *tokens, size_t count, struct layer_period *period);

#endif
