#include <criterion/criterion.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "base/limits.h"
#include "naive_slices.h"
#include "resolve/nest.h"

TestSuite(nest, .timeout = 20);

enum { FEW = 12 };

struct span {
    int64_t ts, dur;
};

/* One row; the name is the place in the file + 1. */
static void name_spans(const struct span *spans, size_t count, struct naive_slice *slices) {
    for (uint32_t i = 0; i < count; i++)
        slices[i] = (struct naive_slice){0, i + 1, i, spans[i].ts, spans[i].dur};
    naive_sort(slices, count);
}

static void open_slice(struct nest *nest, const struct naive_slice *slice) {
    struct error error;
    struct slice_record record = {.name = slice->name, .ordinal = slice->place};
    slice_set_key(&record, slice->row, slice->ts_ns, slice->dur_ns);
    cr_assert_eq(nest_open(nest, &record, PATH_ROOT, &error), STATUS_OK);
}

static size_t read_path(const struct paths *paths, uint32_t node, uint32_t *names) {
    const size_t depth = paths_depth(paths, node);
    for (size_t i = depth; i-- > 0; node = paths_caller(paths, node))
        names[i] = paths_name(paths, node);
    return depth;
}

static size_t read_nest(struct nest *nest, int64_t t, uint32_t *names) {
    size_t count = 0;
    const struct open_slice *slice = NULL;
    while ((slice = nest_next(nest, t, slice))) {
        memmove(names + 1, names, count++ * sizeof *names);
        names[0] = slice->name;
    }
    return count;
}

static void expect_names(const uint32_t *got, size_t got_count, const struct naive_slice *const *want,
                         size_t want_count, const char *what, unsigned round, int64_t t) {
    cr_assert_eq(got_count, want_count, "%s, round %u, t %d: %zu instead of %zu", what, round, (int)t, got_count,
                 want_count);
    for (size_t i = 0; i < want_count; i++)
        cr_assert_eq(got[i], want[i]->name, "%s, round %u, t %d: place %zu is %u instead of %u", what, round, (int)t, i,
                     got[i], want[i]->name);
}

static void check_instant(struct nest *nest, int64_t t, const struct naive_slice *slices, size_t count,
                          struct paths *paths, unsigned round) {
    const struct naive_slice *want[FEW + 1];
    uint32_t got[FEW], node;
    struct error error;
    const size_t wanted = naive_around(slices, count, 0, t, want);
    const struct open_slice *outermost = nest_outermost(nest, t);
    cr_assert_eq(outermost ? outermost->name : 0, want[0] ? want[0]->name : 0, "round %u, t %d", round, (int)t);
    expect_names(got, read_nest(nest, t, got), want, wanted, "walk", round, t);
    if (!nest->clips)
        return;
    cr_assert_eq(nest_path(nest, t, paths, &node, &error), STATUS_OK);
    expect_names(got, read_path(paths, node, got), want, wanted, "path", round, t);
}

/* Opens the spans in their order and asks at every instant that `asked` has a bit for. */
static void check_sweep(const struct span *spans, size_t count, bool clips, uint64_t asked, unsigned round) {
    struct naive_slice slices[FEW], expected[FEW];
    struct nest nest;
    struct paths *paths = paths_new();
    size_t opened = 0;
    name_spans(spans, count, slices);
    name_spans(spans, count, expected);
    if (clips)
        naive_clip(expected, count);
    nest_init(&nest, clips);
    for (int64_t t = 0; t < 24; t++) {
        if (!(asked >> t & 1))
            continue;
        while (opened < count && slices[opened].ts_ns <= t)
            open_slice(&nest, &slices[opened++]);
        check_instant(&nest, t, expected, count, paths, round);
    }
    paths_free(paths);
    nest_fini(&nest);
}

static const struct {
    const char *name;
    struct span spans[4];
    size_t count;
    int64_t t;
    const char *names, *clipped; /* outermost first; a is the first span */
} cases[] = {
    {"the start is inside", {{5, 3}}, 1, 5, "a", "a"},
    {"the end is outside", {{5, 3}}, 1, 8, "", ""},
    {"nothing before the start", {{5, 3}}, 1, 4, "", ""},
    {"no duration: only its instant", {{5, 0}}, 1, 5, "a", "a"},
    {"no duration: not behind it", {{5, 0}}, 1, 6, "", ""},
    {"a negative duration encloses nothing", {{5, -1}}, 1, 5, "", ""},
    {"equal starts: the longer is outside", {{5, 3}, {5, 9}}, 2, 6, "ba", "ba"},
    {"equal slices: file order", {{5, 3}, {5, 3}}, 2, 6, "ab", "ab"},
    {"no duration is inside what starts with it", {{5, 0}, {5, 3}}, 2, 5, "ba", "ba"},
    {"no duration at the end of another", {{2, 3}, {5, 0}}, 2, 5, "b", "b"},
    {"siblings", {{0, 9}, {1, 3}, {4, 3}}, 3, 5, "ac", "ac"},
    {"an overlap: both", {{0, 5}, {3, 6}}, 2, 4, "ab", "ab"},
    {"an overlap: the later outlives the earlier", {{0, 5}, {3, 6}}, 2, 5, "b", ""},
    {"clipped through two callers", {{0, 5}, {1, 9}, {2, 9}}, 3, 6, "bc", ""},
    {"a caller that is clipped clips in turn", {{0, 9}, {1, 3}, {2, 5}, {3, 5}}, 4, 5, "acd", "a"},
    {"clipping makes equals: file order", {{0, 5}, {2, 4}, {2, 9}}, 3, 3, "acb", "abc"},
    {"three equals: file order", {{2, 7}, {2, 8}, {2, 9}, {0, 5}}, 4, 3, "dcba", "dabc"},
    {"not quite equals", {{2, 2}, {2, 8}, {2, 9}, {0, 5}}, 4, 3, "dcba", "dbca"},
};

static void spell(const struct span *spans, size_t count, bool clips, int64_t t, char *text) {
    struct naive_slice slices[FEW];
    struct nest nest;
    uint32_t got[FEW];
    name_spans(spans, count, slices);
    nest_init(&nest, clips);
    for (size_t i = 0; i < count && slices[i].ts_ns <= t; i++)
        open_slice(&nest, &slices[i]);
    const size_t found = read_nest(&nest, t, got);
    for (size_t i = 0; i < found; i++)
        text[i] = (char)('a' + got[i] - 1);
    text[found] = 0;
    nest_fini(&nest);
}

Test(nest, encloses_by_the_rules) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[FEW + 1];
        spell(cases[i].spans, cases[i].count, false, cases[i].t, text);
        cr_expect_str_eq(text, cases[i].names, "case %s: %s", cases[i].name, text);
        spell(cases[i].spans, cases[i].count, true, cases[i].t, text);
        cr_expect_str_eq(text, cases[i].clipped, "case %s, clipped: %s", cases[i].name, text);
    }
}

Test(nest, agrees_with_a_naive_search) {
    struct seeded seed = {1};
    for (unsigned round = 0; round < 20000; round++) {
        struct span spans[FEW];
        const size_t count = seeded_below(&seed, FEW + 1);
        const uint64_t width = 1 + seeded_below(&seed, 12);
        for (size_t i = 0; i < count; i++)
            spans[i] = (struct span){(int64_t)seeded_below(&seed, width), (int64_t)seeded_below(&seed, width + 2) - 1};
        const uint64_t asked = seeded_below(&seed, 3) == 0 ? seeded_below(&seed, 1u << 24) : UINT64_MAX;
        check_sweep(spans, count, round % 2 == 0, asked, round);
    }
}

/* Slices that follow each other like roof tiles leave ended ones below open ones. */
Test(nest, ended_slices_below_open_ones_take_no_room_for_ever) {
    enum { TILES = 5000, LENGTH = 20 };
    struct nest nest;
    uint32_t names[LENGTH + 1];
    nest_init(&nest, false);
    for (uint32_t i = 0; i < TILES; i++) {
        open_slice(&nest, &(struct naive_slice){0, i + 1, i, i, LENGTH});
        const uint32_t open = i + 1 < LENGTH ? i + 1 : LENGTH;
        cr_assert_eq(nest_outermost(&nest, i)->name, i + 2 - open);
        if (i % 100 == 0)
            cr_assert_eq(read_nest(&nest, i, names), open);
    }
    cr_expect_leq(nest.capacity, 4 * LENGTH);
    nest_fini(&nest);
}

Test(nest, beyond_the_limit_is_refused_and_counted) {
    struct nest nest;
    nest_init(&nest, true);
    for (uint32_t i = 0; i < LIMIT_NESTING + 5; i++) {
        open_slice(&nest, &(struct naive_slice){0, i + 1, i, i, 4 * LIMIT_NESTING});
    }
    cr_expect_eq(nest.refused, 5);
    cr_expect_eq(nest_next(&nest, LIMIT_NESTING + 5, NULL)->name, LIMIT_NESTING);
    nest_fini(&nest);
}

Test(nest, another_row_starts_empty) {
    struct nest nest;
    nest_init(&nest, false);
    open_slice(&nest, &(struct naive_slice){0, 1, 0, 0, 100});
    nest_clear(&nest);
    cr_expect_null(nest_next(&nest, 1, NULL));
    cr_expect_null(nest_outermost(&nest, 1));
    nest_fini(&nest);
}
