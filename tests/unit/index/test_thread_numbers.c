#include <criterion/criterion.h>
#include <stdbool.h>

#include "base/limits.h"
#include "index/thread_numbers.h"

TestSuite(thread_numbers, .timeout = 20);

Test(thread_numbers, are_given_in_the_order_of_first_sight) {
    static const uint64_t threads[] = {7, 0, 7, UINT64_MAX, 0, 0, 7};
    static const uint64_t wanted[] = {1, 2, 1, 3, 2, 2, 1};
    struct thread_numbers numbers;
    struct error error;
    cr_assert(thread_numbers_init(&numbers));
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        uint64_t number = 0;
        cr_assert_eq(thread_numbers_get(&numbers, threads[i], &number, &error), STATUS_OK);
        cr_expect_eq(number, wanted[i], "call %zu", i);
        cr_expect_eq(numbers.threads[number - 1], threads[i], "call %zu", i);
    }
    cr_expect_eq(numbers.count, 3);
    thread_numbers_fini(&numbers);
}

Test(thread_numbers, end_where_an_index_does) {
    struct thread_numbers numbers;
    struct error error = {0};
    uint64_t number;
    cr_assert(thread_numbers_init(&numbers));
    for (uint64_t i = 0; i < LIMIT_TABLE_ROWS; i++)
        cr_assert_eq(thread_numbers_get(&numbers, i * 3, &number, &error), STATUS_OK);
    cr_expect_eq(thread_numbers_get(&numbers, 1, &number, &error), STATUS_BAD_INDEX);
    cr_expect_eq(thread_numbers_get(&numbers, 3, &number, &error), STATUS_OK);
    cr_expect_eq(number, 2);
    thread_numbers_fini(&numbers);
}
