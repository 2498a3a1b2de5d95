#include "report/path_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

/* Of each path; for most it is all that is held. */
struct path {
    int64_t whole_ns[PATH_TREE_SIDES]; /* calls included */
    uint32_t row;                      /* ROW_NONE: left out */
};

enum { ROW_NONE = INT32_MAX };

struct making {
    struct path_tree *tree;
    const struct summary *sides[PATH_TREE_SIDES]; /* borrowed; NULL: no such side */
    const struct paths *paths;                    /* borrowed: of the only side, or merged */
    struct paths *merged;                         /* owned, as all below; NULL with one side */
    uint32_t *nodes[PATH_TREE_SIDES];             /* of a side -> of merged */
    struct buf frame;
    struct path *all; /* by node of paths */
    uint32_t *ranks;  /* nodes of paths */
    uint32_t *others; /* row -> its row of others, 0 when it has none */
};

/* "model.py(540): forward" without its line, which differs between versions of a file: how many bytes to leave out,
 * and where. */
static size_t line_size(struct text frame, size_t *at) {
    const char *end = memmem(frame.data, frame.size, "): ", 3);
    size_t start = end ? (size_t)(end - frame.data) : 0;
    while (start > 0 && frame.data[start - 1] >= '0' && frame.data[start - 1] <= '9')
        start--;
    if (start == 0 || frame.data[start - 1] != '(' || frame.data + start == end)
        return 0;
    *at = start - 1;
    return (size_t)(end - frame.data) + 1 - *at;
}

/* Lines differ between versions of a file, so two sides are compared without them. */
static enum status intern_frame(struct making *making, struct text frame, uint32_t *name, struct error *error) {
    size_t at = frame.size;
    const size_t left_out = line_size(frame, &at);
    buf_clear(&making->frame);
    TRY(buf_append(&making->frame, frame.data, at, error));
    TRY(buf_append(&making->frame, frame.data + at + left_out, frame.size - at - left_out, error));
    return names_intern(making->tree->owned, (struct text){making->frame.data, making->frame.size}, name, error);
}

static enum status merge_side(struct making *making, unsigned side, struct error *error) {
    const struct summary *summary = making->sides[side];
    const uint32_t count = paths_count(summary->paths);
    uint32_t *nodes = making->nodes[side] = calloc(count, sizeof *nodes);
    if (!nodes)
        return FAIL_MEMORY(error);
    for (uint32_t node = 1; node < count; node++) {
        uint32_t name;
        TRY(intern_frame(making, names_get(summary->names, paths_name(summary->paths, node)), &name, error));
        TRY(paths_child(making->merged, nodes[paths_caller(summary->paths, node)], name, &nodes[node], error));
    }
    return STATUS_OK;
}

static enum status merge(struct making *making, struct error *error) {
    making->tree->names = making->tree->owned = names_new(LIMIT_NAME_BYTES);
    making->paths = making->merged = paths_new();
    if (!making->tree->owned || !making->merged)
        return FAIL_MEMORY(error);
    for (unsigned side = 0; side < PATH_TREE_SIDES; side++)
        TRY(merge_side(making, side, error));
    return STATUS_OK;
}

typedef void visit_time(struct making *making, unsigned side, uint32_t node, const struct stack_time *time);

/* Each path's own time on each side; what has no stack belongs to the empty path. */
static void visit_times(struct making *making, visit_time *visit) {
    for (unsigned side = 0; side < PATH_TREE_SIDES; side++) {
        const struct summary *summary = making->sides[side];
        if (!summary)
            continue;
        struct stack_time without = {.count = summary->gpu_all.count, .total_ns = summary->gpu_all.total_ns};
        for (uint32_t node = 1; node < summary->stack_count; node++) {
            const struct stack_time *time = &summary->stacks[node];
            without.count -= time->count;
            without.total_ns -= time->total_ns;
            if (time->count > 0)
                visit(making, side, making->nodes[side] ? making->nodes[side][node] : node, time);
        }
        visit(making, side, PATH_ROOT, &without);
    }
}

static void add_to_whole(struct making *making, unsigned side, uint32_t node, const struct stack_time *time) {
    making->all[node].whole_ns[side] += time->total_ns;
}

/* Callers have smaller nodes than what they call. */
static void sum_calls(struct making *making) {
    visit_times(making, add_to_whole);
    for (uint32_t node = paths_count(making->paths); node-- > 1;)
        for (unsigned side = 0; side < PATH_TREE_SIDES; side++)
            making->all[paths_caller(making->paths, node)].whole_ns[side] += making->all[node].whole_ns[side];
}

static int64_t width_ns(const struct path *path) {
    return path->whole_ns[0] > path->whole_ns[1] ? path->whole_ns[0] : path->whole_ns[1];
}

/* Widest first; ties by node, so that a caller comes before what it calls. */
static int compare_ranks(const void *a, const void *b, void *all) {
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    const int64_t left_ns = width_ns((struct path *)all + left), right_ns = width_ns((struct path *)all + right);
    if (left_ns != right_ns)
        return left_ns > right_ns ? -1 : 1;
    return (left > right) - (left < right);
}

static uint32_t keep_widest(struct making *making, uint32_t most) {
    const uint32_t count = paths_count(making->paths), kept = count < most ? count : most;
    for (uint32_t node = 0; node < count; node++) {
        making->ranks[node] = node;
        making->all[node].row = ROW_NONE;
    }
    qsort_r(making->ranks, count, sizeof *making->ranks, compare_ranks, making->all);
    for (uint32_t i = 0; i < kept; i++)
        making->all[making->ranks[i]].row = 0;
    return kept;
}

/* Rows of the paths that are kept, without times. */
static void write_paths(struct making *making) {
    struct path_tree *tree = making->tree;
    for (uint32_t node = 0; node < paths_count(making->paths); node++) {
        struct path *path = &making->all[node];
        if (path->row == ROW_NONE)
            continue;
        path->row = tree->row_count;
        tree->rows[tree->row_count++] = (struct path_row){.caller = making->all[paths_caller(making->paths, node)].row,
                                                          .name = paths_name(making->paths, node)};
    }
}

/* The row of what is left out under a path, made when it is first needed. */
static uint32_t others_row(struct making *making, uint32_t row) {
    struct path_tree *tree = making->tree;
    if (making->others[row] == 0) {
        making->others[row] = tree->row_count++;
        tree->rows[making->others[row]] = (struct path_row){.caller = row, .others = true};
    }
    return making->others[row];
}

static void add_to_row(struct making *making, unsigned side, uint32_t node, const struct stack_time *time) {
    uint32_t kept = node;
    while (making->all[kept].row == ROW_NONE)
        kept = paths_caller(making->paths, kept);
    const uint32_t row = making->all[kept].row;
    struct stack_time *self = &making->tree->rows[kept == node ? row : others_row(making, row)].self[side];
    self->count += time->count;
    self->total_ns += time->total_ns;
}

static enum status make(struct making *making, uint32_t most, struct error *error) {
    const struct summary *base = making->sides[0];
    making->paths = base->paths;
    making->tree->names = base->names;
    if (making->sides[1])
        TRY(merge(making, error));
    const uint32_t count = making->tree->path_count = paths_count(making->paths);
    making->all = calloc(count, sizeof *making->all);
    making->ranks = calloc(count, sizeof *making->ranks);
    if (!making->all || !making->ranks)
        return FAIL_MEMORY(error);
    sum_calls(making);
    const uint32_t kept = keep_widest(making, most);
    making->others = calloc(kept, sizeof *making->others);
    making->tree->rows = calloc(2 * (size_t)kept, sizeof *making->tree->rows);
    if (!making->others || !making->tree->rows)
        return FAIL_MEMORY(error);
    write_paths(making);
    visit_times(making, add_to_row);
    return STATUS_OK;
}

static void making_fini(struct making *making) {
    paths_free(making->merged);
    for (unsigned side = 0; side < PATH_TREE_SIDES; side++)
        free(making->nodes[side]);
    buf_fini(&making->frame);
    free(making->all);
    free(making->ranks);
    free(making->others);
}

enum status path_tree_new(struct path_tree **tree, const struct summary *base, const struct summary *test,
                          uint32_t most, struct error *error) {
    struct making making = {.tree = calloc(1, sizeof *making.tree), .sides = {base, test}};
    buf_init(&making.frame, LIMIT_NAME_BYTES);
    const enum status status = making.tree ? make(&making, most, error) : FAIL_MEMORY(error);
    making_fini(&making);
    if (status != STATUS_OK) {
        path_tree_free(making.tree);
        making.tree = NULL;
    }
    *tree = making.tree;
    return status;
}

void path_tree_free(struct path_tree *tree) {
    if (!tree)
        return;
    names_free(tree->owned);
    free(tree->rows);
    free(tree);
}
