/* Sequences of kernels as text, one letter a kernel: n norm, g GEMM, a attention, e embedding, s sampling; any other
 * letter is a kernel of its own kind. Spaces are left out. */
#ifndef TRACECMP_LAYER_WORDS_H
#define TRACECMP_LAYER_WORDS_H

#include "aggregate/layer_cut.h"

enum { LAYER_WORDS_MOST = 2000 };

size_t layer_words_read(const char *text, struct layer_token tokens[LAYER_WORDS_MOST]);

#endif
