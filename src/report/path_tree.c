#include "report/path_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

/* One path of the merged tree, by node of `paths`. */
struct path {
    struct stack_time self[PATH_TREE_SIDES], others[PATH_TREE_SIDES];
    int64_t whole_ns[PATH_TREE_SIDES]; /* calls included */
    uint32_t row;
    bool kept;
};

struct rank {
    int64_t width_ns;
    uint32_t node;
};

struct making {
    struct path_tree *tree;
    struct paths *paths;
    struct path *all;   /* by node of paths */
    struct rank *ranks; /* likewise, until sorted */
    uint32_t *nodes;    /* of one side -> nodes of paths */
    struct buf frame;
    bool two_sides;
};

static void add(struct stack_time *sum, const struct stack_time *part) {
    sum->count += part->count;
    sum->total_ns += part->total_ns;
}

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

static enum status intern_frame(struct making *making, struct text frame, uint32_t *name, struct error *error) {
    size_t at = frame.size;
    const size_t left_out = making->two_sides ? line_size(frame, &at) : 0;
    buf_clear(&making->frame);
    TRY(buf_append(&making->frame, frame.data, at, error));
    TRY(buf_append(&making->frame, frame.data + at + left_out, frame.size - at - left_out, error));
    return names_intern(making->tree->names, (struct text){making->frame.data, making->frame.size}, name, error);
}

static enum status merge_node(struct making *making, const struct summary *summary, uint32_t node,
                              struct error *error) {
    const struct text frame = names_get(summary->names, paths_name(summary->paths, node));
    uint32_t name;
    TRY(intern_frame(making, frame, &name, error));
    return paths_child(making->paths, making->nodes[paths_caller(summary->paths, node)], name, &making->nodes[node],
                       error);
}

/* What has no stack belongs to the empty path. */
static enum status merge_side(struct making *making, const struct summary *summary, unsigned side,
                              struct error *error) {
    struct stack_time without = {.count = summary->gpu_all.count, .total_ns = summary->gpu_all.total_ns};
    making->nodes[PATH_ROOT] = PATH_ROOT;
    for (uint32_t node = 1; node < paths_count(summary->paths); node++) {
        TRY(merge_node(making, summary, node, error));
        if (node >= summary->stack_count)
            continue;
        add(&making->all[making->nodes[node]].self[side], &summary->stacks[node]);
        without.count -= summary->stacks[node].count;
        without.total_ns -= summary->stacks[node].total_ns;
    }
    add(&making->all[PATH_ROOT].self[side], &without);
    return STATUS_OK;
}

/* Callers have smaller nodes than what they call. */
static void sum_calls(struct making *making) {
    for (uint32_t node = paths_count(making->paths); node-- > 0;) {
        struct path *path = &making->all[node], *caller = &making->all[paths_caller(making->paths, node)];
        for (unsigned side = 0; side < PATH_TREE_SIDES; side++) {
            path->whole_ns[side] += path->self[side].total_ns;
            if (node != PATH_ROOT)
                caller->whole_ns[side] += path->whole_ns[side];
        }
    }
}

/* Widest first; ties by node, so that a caller comes before what it calls. */
static int compare_ranks(const void *a, const void *b) {
    const struct rank *left = a, *right = b;
    if (left->width_ns != right->width_ns)
        return left->width_ns > right->width_ns ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

static uint32_t keep_widest(struct making *making, uint32_t most) {
    const uint32_t count = paths_count(making->paths);
    for (uint32_t node = 0; node < count; node++) {
        const int64_t *whole_ns = making->all[node].whole_ns;
        making->ranks[node] = (struct rank){whole_ns[0] > whole_ns[1] ? whole_ns[0] : whole_ns[1], node};
    }
    /* The empty path is the widest; being the smallest node too, it is the first in any case. */
    qsort(making->ranks, count, sizeof *making->ranks, compare_ranks);
    const uint32_t kept = count < most ? count : most;
    for (uint32_t i = 0; i < kept; i++)
        making->all[making->ranks[i].node].kept = true;
    return kept;
}

static uint32_t kept_caller(const struct making *making, uint32_t node) {
    do
        node = paths_caller(making->paths, node);
    while (!making->all[node].kept);
    return node;
}

static void collect_others(struct making *making) {
    for (uint32_t node = 1; node < paths_count(making->paths); node++) {
        const struct path *path = &making->all[node];
        if (path->kept)
            continue;
        struct path *caller = &making->all[kept_caller(making, node)];
        for (unsigned side = 0; side < PATH_TREE_SIDES; side++)
            add(&caller->others[side], &path->self[side]);
    }
}

static void write_row(struct path_tree *tree, struct path_row row) {
    tree->rows[tree->row_count++] = row;
}

static void write_rows(struct making *making) {
    for (uint32_t node = 0; node < paths_count(making->paths); node++) {
        struct path *path = &making->all[node];
        if (!path->kept)
            continue;
        path->row = making->tree->row_count;
        write_row(making->tree, (struct path_row){.caller = making->all[paths_caller(making->paths, node)].row,
                                                  .name = paths_name(making->paths, node),
                                                  .self = {path->self[0], path->self[1]}});
        if (path->others[0].count > 0 || path->others[1].count > 0)
            write_row(
                making->tree,
                (struct path_row){.caller = path->row, .others = true, .self = {path->others[0], path->others[1]}});
    }
}

static enum status make(struct making *making, const struct summary *base, const struct summary *test, uint32_t most,
                        struct error *error) {
    const uint32_t base_count = paths_count(base->paths), test_count = test ? paths_count(test->paths) : 0;
    const size_t largest = base_count > test_count ? base_count : test_count;
    const size_t ceiling =
        (size_t)base_count + test_count < LIMIT_PATHS ? (size_t)base_count + test_count : LIMIT_PATHS;
    making->tree->names = names_new(LIMIT_NAME_BYTES);
    making->paths = paths_new();
    making->all = calloc(ceiling, sizeof *making->all);
    making->ranks = calloc(ceiling, sizeof *making->ranks);
    making->nodes = calloc(largest, sizeof *making->nodes);
    if (!making->tree->names || !making->paths || !making->all || !making->ranks || !making->nodes)
        return FAIL_MEMORY(error);
    TRY(merge_side(making, base, 0, error));
    if (test)
        TRY(merge_side(making, test, 1, error));
    sum_calls(making);
    const uint32_t kept = keep_widest(making, most);
    collect_others(making);
    making->tree->rows = calloc(2 * (size_t)kept, sizeof *making->tree->rows);
    if (!making->tree->rows)
        return FAIL_MEMORY(error);
    making->tree->path_count = paths_count(making->paths);
    write_rows(making);
    return STATUS_OK;
}

enum status path_tree_new(struct path_tree **tree, const struct summary *base, const struct summary *test,
                          uint32_t most, struct error *error) {
    struct making making = {.tree = calloc(1, sizeof *making.tree), .two_sides = test != NULL};
    buf_init(&making.frame, LIMIT_NAME_BYTES);
    const enum status status = making.tree ? make(&making, base, test, most, error) : FAIL_MEMORY(error);
    paths_free(making.paths);
    free(making.all);
    free(making.ranks);
    free(making.nodes);
    buf_fini(&making.frame);
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
    names_free(tree->names);
    free(tree->rows);
    free(tree);
}
