#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/path_tree.h"

TestSuite(path_tree, .timeout = 20);

enum { MOST_PATHS = 64 };

/* A path of one-letter frames, outermost first, and the GPU events launched from there. */
struct sample {
    const char *frames;
    uint64_t count;
    int64_t total_ns;
};

static void must(enum status status) {
    cr_assert_eq(status, STATUS_OK);
}

static struct summary *summary_of(const struct sample *samples, size_t count) {
    struct error error;
    struct summary *summary = summary_new();
    cr_assert_not_null(summary);
    summary->stacks = calloc(MOST_PATHS, sizeof *summary->stacks);
    for (size_t i = 0; i < count; i++) {
        uint32_t node = PATH_ROOT, name;
        for (const char *frame = samples[i].frames; *frame; frame++) {
            must(names_intern(summary->names, (struct text){frame, 1}, &name, &error));
            must(paths_child(summary->paths, node, name, &node, &error));
        }
        summary->gpu_all.count += samples[i].count;
        summary->gpu_all.total_ns += samples[i].total_ns;
        if (node == PATH_ROOT)
            continue;
        summary->stacks[node].count += samples[i].count;
        summary->stacks[node].total_ns += samples[i].total_ns;
    }
    summary->stack_count = paths_count(summary->paths);
    return summary;
}

/* The rows as text: each path with both sides' own times, '*' for others. */
static char *rows_of(const struct path_tree *tree) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (uint32_t i = 0; i < tree->row_count; i++) {
        char frames[MOST_PATHS] = "";
        for (uint32_t row = i; row != 0; row = tree->rows[row].caller) {
            cr_assert_lt(tree->rows[row].caller, row);
            memmove(frames + 1, frames, strlen(frames) + 1);
            frames[0] = tree->rows[row].others ? '*' : names_get(tree->names, tree->rows[row].name).data[0];
        }
        fprintf(out, "%s%s %d %d", i ? ", " : "", frames, (int)tree->rows[i].self[0].total_ns,
                (int)tree->rows[i].self[1].total_ns);
    }
    fclose(out);
    return text;
}

static void expect_sums(const struct path_tree *tree, const struct summary *const sides[PATH_TREE_SIDES],
                        const char *name) {
    for (unsigned side = 0; side < PATH_TREE_SIDES; side++) {
        struct stack_time sum = {0};
        for (uint32_t i = 0; i < tree->row_count; i++) {
            sum.count += tree->rows[i].self[side].count;
            sum.total_ns += tree->rows[i].self[side].total_ns;
        }
        cr_expect_eq(sum.count, sides[side] ? sides[side]->gpu_all.count : 0, "case %s, side %u", name, side);
        cr_expect_eq(sum.total_ns, sides[side] ? sides[side]->gpu_all.total_ns : 0, "case %s, side %u", name, side);
    }
}

static const struct sample base_samples[] = {{"", 1, 5}, {"ab", 2, 20}, {"abc", 1, 10}, {"ad", 1, 3}, {"e", 1, 2}};
static const struct sample test_samples[] = {{"e", 1, 40}, {"abc", 3, 30}, {"af", 1, 1}};

static void expect_tree(const char *name, const struct summary *base, const struct summary *test, uint32_t most,
                        const char *expected) {
    struct error error;
    struct path_tree *tree;
    must(path_tree_new(&tree, base, test, most, &error));
    char *rows = rows_of(tree);
    cr_expect_str_eq(rows, expected, "case %s: %s", name, rows);
    expect_sums(tree, (const struct summary *[]){base, test}, name);
    free(rows);
    path_tree_free(tree);
}

Test(path_tree, prunes) {
    struct summary *base = summary_of(base_samples, sizeof base_samples / sizeof *base_samples);
    struct summary *test = summary_of(test_samples, sizeof test_samples / sizeof *test_samples);
    expect_tree("one side, whole", base, NULL, 100, " 5 0, a 0 0, ab 20 0, abc 10 0, ad 3 0, e 2 0");
    expect_tree("one side, three", base, NULL, 3, " 5 0, * 2 0, a 0 0, a* 3 0, ab 20 0, ab* 10 0");
    expect_tree("the empty path alone", base, NULL, 1, " 5 0, * 35 0");
    expect_tree("two sides, whole", base, test, 100, " 5 0, a 0 0, ab 20 0, abc 10 30, ad 3 0, e 2 40, af 0 1");
    expect_tree("two sides, wide on either", base, test, 3, " 5 0, a 0 0, a* 33 31, e 2 40");
    summary_free(base);
    summary_free(test);
}

static void add_frame(struct summary *summary, const char *frame) {
    struct error error;
    uint32_t name, node;
    must(names_intern(summary->names, text_from(frame), &name, &error));
    must(paths_child(summary->paths, PATH_ROOT, name, &node, &error));
}

/* Lines move between versions of a file: two sides are compared without them, one side keeps them. */
Test(path_tree, lines_of_frames) {
    static const struct {
        const char *frame, *compared;
    } cases[] = {
        {"model.py(540): forward", "model.py: forward"},
        {"<string>(1): f(2): g", "<string>: f(2): g"},
        {"nn.Module: Linear_3", "nn.Module: Linear_3"},
        {"(): x", "(): x"},
        {"12): x", "12): x"},
        {"f(1)", "f(1)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        struct path_tree *tree;
        struct summary *summary = summary_of(NULL, 0);
        add_frame(summary, cases[i].frame);
        for (int sides = 1; sides <= 2; sides++) {
            must(path_tree_new(&tree, summary, sides == 2 ? summary : NULL, 10, &error));
            const struct text name = names_get(tree->names, tree->rows[1].name);
            cr_expect(text_equal(name, text_from(sides == 2 ? cases[i].compared : cases[i].frame)), "case %s: %.*s",
                      cases[i].frame, (int)name.size, name.data);
            path_tree_free(tree);
        }
        summary_free(summary);
    }
}

Test(path_tree, nothing) {
    struct summary *summary = summary_of(NULL, 0);
    expect_tree("no GPU events", summary, summary, 10, " 0 0");
    summary_free(summary);
}

/* Equal widths: a caller is never left out while what it calls is kept. */
Test(path_tree, callers_first) {
    static const struct sample samples[] = {{"abcdef", 1, 7}, {"ghi", 1, 7}};
    struct summary *summary = summary_of(samples, 2);
    expect_tree("ties", summary, NULL, 4, " 0 0, * 7 0, a 0 0, ab 0 0, abc 0 0, abc* 7 0");
    summary_free(summary);
}
