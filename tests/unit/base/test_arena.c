#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "seeded.h"

TestSuite(arena, .timeout = 20);

Test(arena, pieces_are_aligned_and_do_not_overlap) {
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    struct seeded seeded = {1};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = seeded_below(&seeded, i % 100 == 0 ? 400000 : 300);
        pieces[i] = arena_take(arena, sizes[i]);
        cr_assert_not_null(pieces[i]);
        cr_assert_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            cr_assert_eq(pieces[i][j], i % 251, "piece %zu", i);
    arena_free(arena);
}

Test(arena, bytes_tells_what_it_holds) {
    struct arena *arena = arena_new();
    cr_expect_eq(arena_bytes(arena), 0);
    cr_assert_not_null(arena_take(arena, 10));
    const size_t one_block = arena_bytes(arena);
    cr_expect_geq(one_block, 10);
    cr_assert_not_null(arena_take(arena, 10));
    cr_expect_eq(arena_bytes(arena), one_block, "fits in the same block");
    cr_assert_not_null(arena_take(arena, 3 << 20));
    cr_expect_geq(arena_bytes(arena), one_block + (3 << 20));
    arena_free(arena);
}

Test(arena, free_takes_null) { arena_free(NULL); }
