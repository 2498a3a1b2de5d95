/* The layers of two summaries, paired by number (where numbers mean nothing, because there are not as many, only the
 * one with the most time of each), and inside each pair the kernels that do the same work. */
#ifndef TRACECMP_LAYER_PAIRS_H
#define TRACECMP_LAYER_PAIRS_H

#include "base/error.h"
#include "flow/diff.h"

/* Fills diff->layers (but for their status) and diff->fusions from the layers of diff->base and diff->test. */
enum status layer_pairs_find(struct diff *diff, struct error *error) CHECKED;

#endif
