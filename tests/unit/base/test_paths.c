#include <criterion/criterion.h>

#include "base/paths.h"
#include "seeded.h"

TestSuite(paths, .timeout = 20);

static uint32_t child(struct paths *paths, uint32_t caller, uint32_t name) {
    struct error error = {0};
    uint32_t node = UINT32_MAX;
    cr_assert_eq(paths_child(paths, caller, name, &node, &error), STATUS_OK);
    return node;
}

Test(paths, equal_paths_are_equal_nodes_and_others_differ) {
    struct paths *paths = paths_new();
    const uint32_t main = child(paths, PATH_ROOT, 10), forward = child(paths, main, 11);
    const uint32_t other = child(paths, PATH_ROOT, 11), nested = child(paths, other, 10);
    const uint32_t nodes[] = {PATH_ROOT, main, forward, other, nested};
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++)
            cr_expect_eq(nodes[i] == nodes[j], i == j, "%zu and %zu", i, j);
    cr_expect_eq(child(paths, PATH_ROOT, 10), main);
    cr_expect_eq(child(paths, child(paths, PATH_ROOT, 10), 11), forward);
    cr_expect_eq(paths_count(paths), 5);
    cr_expect_eq(paths_beyond(paths), 0);
    paths_free(paths);
}

Test(paths, a_node_tells_its_way_back) {
    enum { DEPTH = 1000 };
    struct seeded seeded = {3};
    uint32_t names[DEPTH];
    struct paths *paths = paths_new();
    uint32_t node = PATH_ROOT;
    for (unsigned i = 0; i < DEPTH; i++)
        node = child(paths, node, names[i] = (uint32_t)seeded_next(&seeded));
    cr_expect_eq(paths_depth(paths, node), DEPTH);
    for (unsigned i = DEPTH; i-- > 0; node = paths_caller(paths, node)) {
        cr_assert_eq(paths_name(paths, node), names[i]);
        cr_assert_eq(paths_depth(paths, node), i + 1);
    }
    cr_expect_eq(node, PATH_ROOT);
    cr_expect_eq(paths_depth(paths, PATH_ROOT), 0);
    paths_free(paths);
    paths_free(NULL);
}
