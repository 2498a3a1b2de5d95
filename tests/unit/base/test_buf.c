#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

TestSuite(buf, .timeout = 20);

Test(buf, appended_bytes_stay_in_order) {
    struct buf buf;
    struct error error = {0};
    char wanted[5000];
    size_t size = 0;
    buf_init(&buf, sizeof wanted);
    for (unsigned i = 0; size + i % 7 <= sizeof wanted; i++) {
        memset(wanted + size, (int)('a' + i % 26), i % 7);
        cr_assert_eq(buf_append(&buf, wanted + size, i % 7, &error), STATUS_OK);
        size += i % 7;
    }
    cr_expect_eq(buf.size, size);
    cr_expect_arr_eq(buf.data, wanted, size);
    cr_expect_leq(buf.capacity, buf.limit);
    buf_fini(&buf);
}

Test(buf, the_limit_can_be_filled_and_not_passed) {
    struct buf buf;
    struct error error = {0};
    buf_init(&buf, 10);
    cr_expect_eq(buf_append(&buf, "0123456789", 10, &error), STATUS_OK);
    cr_expect_eq(buf_append(&buf, "", 0, &error), STATUS_OK);
    cr_expect_eq(buf_append(&buf, "x", 1, &error), STATUS_LIMIT);
    cr_expect_eq(error.code, STATUS_LIMIT);
    cr_expect_eq(buf_reserve(&buf, SIZE_MAX, &error), STATUS_LIMIT);
    cr_expect_eq(buf.size, 10);
    cr_expect_arr_eq(buf.data, "0123456789", 10);
    buf_fini(&buf);
}

Test(buf, clear_keeps_the_room_and_fini_keeps_the_limit) {
    struct buf buf;
    struct error error = {0};
    buf_init(&buf, 100);
    cr_expect_eq(buf_append(&buf, "abc", 3, &error), STATUS_OK);
    const size_t capacity = buf.capacity;
    buf_clear(&buf);
    cr_expect_eq(buf.size, 0);
    cr_expect_eq(buf.capacity, capacity);
    buf_fini(&buf);
    cr_expect_null(buf.data);
    cr_expect_eq(buf.capacity, 0);
    cr_expect_eq(buf_append(&buf, "again", 5, &error), STATUS_OK);
    cr_expect_arr_eq(buf.data, "again", 5);
    buf_fini(&buf);
}

Test(buf, reserve_makes_room_without_content) {
    struct buf buf;
    struct error error = {0};
    buf_init(&buf, 1000);
    cr_expect_eq(buf_reserve(&buf, 600, &error), STATUS_OK);
    cr_expect_geq(buf.capacity, 600);
    cr_expect_eq(buf.size, 0);
    buf_fini(&buf);
}

Test(buf, arrays_grow_to_their_limit_and_keep_their_items) {
    enum { LIMIT = 1000 };
    void *items = NULL;
    size_t capacity = 0;
    unsigned moves = 0;
    struct error error = {0};
    for (uint64_t i = 0; i < LIMIT; i++) {
        const size_t before = capacity;
        cr_assert_eq(array_grow(&items, &capacity, i + 1, sizeof i, LIMIT, &error), STATUS_OK);
        moves += capacity != before;
        ((uint64_t *)items)[i] = i * i;
    }
    cr_expect_eq(capacity, LIMIT);
    cr_expect_lt(moves, 20, "grows by a factor");
    cr_expect_eq(array_grow(&items, &capacity, LIMIT + 1, sizeof(uint64_t), LIMIT, &error), STATUS_LIMIT);
    cr_expect_eq(capacity, LIMIT);
    for (uint64_t i = 0; i < LIMIT; i++)
        cr_assert_eq(((uint64_t *)items)[i], i * i);
    free(items);
}

Test(buf, an_array_beyond_all_memory_is_refused) {
    void *items = NULL;
    size_t capacity = 0;
    struct error error = {0};
    cr_expect_eq(array_grow(&items, &capacity, SIZE_MAX / 2, 16, SIZE_MAX, &error), STATUS_MEMORY);
    cr_expect_null(items);
    cr_expect_eq(capacity, 0);
}
