#include <criterion/criterion.h>

#include "base/belt.h"
#include "seeded.h"

TestSuite(belt, .timeout = 60);

enum { BLOCKS = 3000, ALL = BLOCKS + 1 };

struct taker {
    size_t next, failing;
    uint64_t sum;
    bool wrong; /* a block came out of turn, or after one that failed */
};

/* For some time, another one each time. */
static void be_busy(uint64_t seed) {
    struct seeded seeded = {seed};
    for (volatile uint64_t left = seeded_below(&seeded, 2000); left > 0;)
        left = left - 1;
}

static enum status take(void *self, void *block, struct error *error) {
    struct taker *taker = self;
    const size_t *number = block;
    taker->wrong = taker->wrong || *number != taker->next || *number > taker->failing;
    be_busy(*number);
    taker->next++;
    taker->sum += *number;
    return *number == taker->failing ? FAIL(error, STATUS_IO, "block %zu", *number) : STATUS_OK;
}

static void send_all(struct belt *belt) {
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t *block = belt_block(belt);
        *block = i;
        be_busy(i + BLOCKS);
        belt_send(belt);
    }
}

static void check(unsigned threads, size_t failing) {
    struct error error;
    struct pool *pool = threads > 0 ? pool_new(threads) : NULL;
    struct taker taker = {.failing = failing};
    struct belt *belt = belt_new(pool, sizeof(size_t), take, &taker);
    cr_assert(belt && (pool || threads == 0));
    send_all(belt);
    const enum status status = belt_end(belt, &error);
    cr_assert_not(taker.wrong, "%u threads", threads);
    cr_assert_eq(status, failing < BLOCKS ? STATUS_IO : STATUS_OK, "%u threads", threads);
    cr_assert_eq(taker.next, failing < BLOCKS ? failing + 1 : BLOCKS, "%u threads", threads);
    cr_assert_eq(taker.sum, taker.next * (taker.next - 1) / 2);
    belt_free(belt);
    pool_free(pool);
}

Test(belt, takes_every_block_once_and_in_order) {
    for (unsigned threads = 0; threads <= 5; threads++)
        check(threads, ALL);
}

Test(belt, takes_no_block_after_one_that_failed) {
    static const size_t failing[] = {0, 1, 1234, BLOCKS - 1};
    for (unsigned threads = 0; threads <= 4; threads++)
        for (size_t i = 0; i < sizeof failing / sizeof *failing; i++)
            check(threads, failing[i]);
}

Test(belt, of_a_pool_that_others_use_too_waits_for_itself_alone) {
    struct pool *pool = pool_new(3);
    struct taker first = {.failing = ALL}, second = {.failing = ALL};
    struct error error;
    struct belt *one = belt_new(pool, sizeof(size_t), take, &first);
    struct belt *other = belt_new(pool, sizeof(size_t), take, &second);
    cr_assert(pool && one && other);
    for (size_t i = 0; i < BLOCKS; i++) {
        *(size_t *)belt_block(one) = i;
        belt_send(one);
        *(size_t *)belt_block(other) = i;
        belt_send(other);
    }
    cr_assert_eq(belt_end(one, &error), STATUS_OK);
    cr_assert_eq(first.next, BLOCKS);
    belt_free(one);
    belt_free(other);
    cr_assert_eq(second.next, BLOCKS);
    cr_assert(!first.wrong && !second.wrong);
    pool_free(pool);
}
