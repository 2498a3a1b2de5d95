#include <criterion/criterion.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/heap.h"

/* Where malloc takes no hints, or is that of a sanitizer, there is nothing to see. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if !defined M_MMAP_THRESHOLD || defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ ||                        \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
enum { OTHER_MALLOC = true };
#else
enum { OTHER_MALLOC = false };
#endif

/* Each test is a process of its own: the heap is as at the start of a program. */
TestSuite(heap, .timeout = 60, .disabled = OTHER_MALLOC);

enum { LARGE = 1 << 20, LARGER_THAN_RESERVE = 20 << 20, BEHIND = 64 << 10, TIMES = 4 };

static uintptr_t address_of(const void *block) {
    cr_assert_not_null(block);
    return (uintptr_t)block;
}

/* The address is one of the process, used or not. */
static bool is_mapped(uintptr_t address) {
    const uintptr_t page = address & ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
    unsigned char resident;
    return mincore((void *)page, 1, &resident) == 0;
}

/* How many large blocks, taken and given back in turn with small ones behind them that stay, go back to the system. */
static int count_returned(size_t size) {
    void *stay[TIMES];
    int returned = 0;
    for (int i = 0; i < TIMES; i++) {
        void *block = malloc(size);
        const uintptr_t middle = address_of(block) + size / 2;
        stay[i] = malloc(BEHIND);
        free(block);
        returned += !is_mapped(middle);
    }
    for (int i = 0; i < TIMES; i++)
        free(stay[i]);
    return returned;
}

Test(heap, at_the_start_it_grows_by_what_is_asked_for) {
    const uintptr_t begin = (uintptr_t)sbrk(0);
    heap_at_start();
    do
        cr_assert_not_null(malloc(BEHIND));
    while ((uintptr_t)sbrk(0) == begin);
    cr_expect_leq((uintptr_t)sbrk(0) - begin, BEHIND + 2 * (uintptr_t)sysconf(_SC_PAGESIZE));
}

Test(heap, large_arrays_of_traces_leave_no_holes) {
    heap_for_traces();
    cr_expect_eq(count_returned(LARGE), TIMES);
}

Test(heap, blocks_of_indexes_are_used_again) {
    heap_for_indexes();
    void *block = malloc(LARGE);
    const uintptr_t first = address_of(block);
    free(block);
    cr_expect(is_mapped(first + LARGE / 2));
    block = malloc(LARGE);
    cr_expect_eq(address_of(block), first);
    free(block);
}

static void *allocate(void *size) {
    return malloc(*(size_t *)size);
}

Test(heap, of_indexes_all_threads_have_one) {
    const uintptr_t begin = (uintptr_t)sbrk(0);
    size_t size = LARGE;
    pthread_t thread;
    void *block;
    heap_for_indexes();
    cr_assert_eq(pthread_create(&thread, NULL, allocate, &size), 0);
    pthread_join(thread, &block);
    cr_expect(address_of(block) >= begin && address_of(block) + size <= (uintptr_t)sbrk(0));
    free(block);
}

Test(heap, of_indexes_it_can_become_that_of_traces) {
    heap_for_indexes();
    heap_for_traces();
    cr_expect_eq(count_returned(LARGER_THAN_RESERVE), TIMES, "what was reserved is used up first");
}

Test(heap, of_traces_its_free_end_goes_back) {
    static void *blocks[LARGER_THAN_RESERVE / BEHIND];
    heap_for_indexes();
    heap_for_traces();
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        cr_assert_not_null(blocks[i] = malloc(BEHIND));
    const uintptr_t end = (uintptr_t)sbrk(0);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    cr_expect_lt((uintptr_t)sbrk(0), end - LARGER_THAN_RESERVE / 2);
}

Test(heap, of_traces_it_stays_that) {
    const uintptr_t begin = (uintptr_t)sbrk(0);
    heap_for_traces();
    heap_for_indexes();
    cr_expect_eq((uintptr_t)sbrk(0), begin, "nothing was reserved");
    cr_expect_eq(count_returned(LARGE), TIMES);
}
