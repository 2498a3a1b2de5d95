#include <criterion/criterion.h>
#include <stdio.h>

#include "base/names.h"

TestSuite(names, .timeout = 20);

static uint32_t intern(struct names *names, struct text text) {
    struct error error = {0};
    uint32_t id = UINT32_MAX;
    cr_assert_eq(names_intern(names, text, &id, &error), STATUS_OK);
    return id;
}

struct numbered {
    char text[32];
};

static struct text numbered(struct numbered *space, unsigned i) {
    snprintf(space->text, sizeof space->text, "kernel_%u", i * 2654435761u);
    return text_from(space->text);
}

Test(names, ids_count_up_in_order_of_first_sight_and_stay) {
    enum { NAMES = 200000 };
    struct names *names = names_new(64 << 20);
    struct numbered space;
    for (unsigned i = 0; i < NAMES; i++)
        cr_assert_eq(intern(names, numbered(&space, i)), NAME_FIRST + i);
    for (unsigned i = 0; i < NAMES; i++)
        cr_assert_eq(intern(names, numbered(&space, i)), NAME_FIRST + i);
    for (unsigned i = 0; i < NAMES; i++)
        cr_assert(text_equal(names_get(names, NAME_FIRST + i), numbered(&space, i)));
    cr_expect_eq(names_count(names), NAME_FIRST + NAMES);
    cr_expect_eq(names_beyond(names), 0);
    names_free(names);
}

Test(names, the_empty_text_is_no_name) {
    struct names *names = names_new(1000);
    cr_expect_eq(intern(names, TEXT("")), NAME_NONE);
    cr_expect_eq(intern(names, (struct text){NULL, 0}), NAME_NONE);
    cr_expect_eq(names_get(names, NAME_NONE).size, 0);
    cr_expect_eq(names_count(names), NAME_FIRST);
    names_free(names);
}

Test(names, nul_bytes_are_part_of_a_name) {
    static const struct text texts[] = {{"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"a\0c", 3}};
    struct names *names = names_new(1000);
    for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_eq(intern(names, texts[i]), NAME_FIRST + i);
    for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(text_equal(names_get(names, NAME_FIRST + i), texts[i]));
    names_free(names);
}

Test(names, the_bytes_are_copied_and_do_not_move) {
    struct names *names = names_new(16 << 20);
    struct numbered space;
    char name[] = "first";
    const uint32_t id = intern(names, text_from(name));
    name[0] = 'X';
    const char *bytes = names_get(names, id).data;
    for (unsigned i = 0; i < 20000; i++)
        (void)intern(names, numbered(&space, i));
    cr_expect_eq(names_get(names, id).data, bytes);
    cr_expect(text_equal(names_get(names, id), TEXT("first")));
    names_free(names);
}

Test(names, beyond_the_ceiling_new_texts_share_one_counted_name) {
    enum { NAMES = 200 };
    struct names *names = names_new(4096);
    struct numbered space;
    uint32_t ids[NAMES];
    uint64_t beyond = 0;
    for (unsigned i = 0; i < NAMES; i++) {
        ids[i] = intern(names, numbered(&space, i));
        beyond += ids[i] == NAME_BEYOND;
    }
    cr_expect_gt(ids[0], NAME_BEYOND);
    cr_expect_eq(ids[NAMES - 1], NAME_BEYOND);
    cr_expect_eq(names_beyond(names), beyond);
    cr_expect_eq(names_count(names) - NAME_FIRST + beyond, NAMES);
    for (unsigned i = 0; i < NAMES; i++)
        cr_expect_eq(intern(names, numbered(&space, i)), ids[i]);
    cr_expect_eq(names_beyond(names), 2 * beyond);
    cr_expect_gt(names_get(names, NAME_BEYOND).size, 0);
    names_free(names);
}

Test(names, one_name_longer_than_the_ceiling_leaves_room_for_others) {
    struct names *names = names_new(1000);
    char large[2000] = {1};
    cr_expect_eq(intern(names, (struct text){large, sizeof large}), NAME_BEYOND);
    cr_expect_eq(intern(names, TEXT("small")), NAME_FIRST);
    names_free(names);
}

Test(names, without_any_room_all_names_are_beyond) {
    struct names *names = names_new(0);
    cr_expect_eq(intern(names, TEXT("a")), NAME_BEYOND);
    cr_expect_eq(intern(names, TEXT("")), NAME_NONE);
    cr_expect_eq(names_beyond(names), 1);
    names_free(names);
    names_free(NULL);
}

static uint32_t intern_row(struct names *names, struct text text) {
    struct error error;
    uint32_t id;
    cr_assert_eq(names_intern_row(names, text, &id, &error), STATUS_OK);
    return id;
}

Test(names, rows_have_a_ceiling_of_their_own) {
    struct names *names = names_new(1000);
    cr_expect_eq(intern(names, TEXT("known before")), NAME_FIRST);
    names_limit_rows(names, 2);
    cr_expect_eq(intern_row(names, TEXT("one")), NAME_FIRST + 1);
    cr_expect_eq(intern_row(names, TEXT("known before")), NAME_FIRST, "it takes no room");
    cr_expect_eq(intern_row(names, TEXT("two")), NAME_FIRST + 2);
    cr_expect_eq(intern_row(names, TEXT("three")), NAME_BEYOND);
    cr_expect_eq(intern_row(names, TEXT("three")), NAME_BEYOND);
    cr_expect_eq(intern_row(names, TEXT("one")), NAME_FIRST + 1);
    cr_expect_eq(names_rows_beyond(names), 2);
    cr_expect_eq(names_beyond(names), 0);
    cr_expect_eq(intern(names, TEXT("three")), NAME_FIRST + 3, "as a name it has room");
    names_free(names);
}

Test(names, rows_beyond_all_names_are_no_rows) {
    struct names *names = names_new(0);
    names_limit_rows(names, 1);
    cr_expect_eq(intern_row(names, TEXT("one")), NAME_BEYOND);
    cr_expect_eq(intern_row(names, TEXT("two")), NAME_BEYOND);
    cr_expect_eq(names_beyond(names), 2);
    cr_expect_eq(names_rows_beyond(names), 0);
    names_free(names);
}
