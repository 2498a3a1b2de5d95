/* The call paths of one or two summaries as one tree, pruned for drawing: its widest paths, and what was left out under
 * each as one row of "others". In: summaries, borrowed only by path_tree_new. Out: rows that sum to the GPU time of
 * each side, callers before what they call. Frames of two sides are the same when they differ only in the line. */
#ifndef TRACECMP_PATH_TREE_H
#define TRACECMP_PATH_TREE_H

#include "flow/summary.h"

enum { PATH_TREE_SIDES = 2 }; /* base and test; a single summary is base */

struct path_row {
    uint32_t caller; /* row; the first row, the empty path, is its own */
    uint32_t name;   /* of names; NAME_NONE in the first row and in those of others */
    bool others;
    struct stack_time self[PATH_TREE_SIDES];
};

struct path_tree {
    struct names *names;   /* owned */
    struct path_row *rows; /* owned; rows[0].self: GPU time without a stack */
    uint32_t row_count;
    uint32_t path_count; /* before pruning, the empty path included */
};

/* Keeps at most `most` paths (at least 1), those with the most time on either side, calls included; test may be
 * NULL. Rows of others come on top: at most one for each path. */
enum status path_tree_new(struct path_tree **tree, const struct summary *base, const struct summary *test,
                          uint32_t most, struct error *error) CHECKED;
void path_tree_free(struct path_tree *tree);

#endif
