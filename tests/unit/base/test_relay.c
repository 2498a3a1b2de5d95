#include <criterion/criterion.h>
#include <stdint.h>

#include "base/relay.h"

TestSuite(relay, .timeout = 30);

enum { RECORDS = 100000, FAILS_AT = 70000 };

struct record {
    uint64_t number, more[4];
};

struct taken {
    uint64_t next, fails_at;
};

static enum status take(void *self, const void *records, size_t count, struct error *error) {
    struct taken *taken = self;
    const struct record *from = records;
    for (size_t i = 0; i < count; i++, taken->next++) {
        if (taken->next == taken->fails_at)
            return FAIL(error, STATUS_IO, "record %d", FAILS_AT);
        if (from[i].number != taken->next || from[i].more[3] != ~taken->next)
            return FAIL(error, STATUS_USAGE, "out of order");
    }
    return STATUS_OK;
}

static enum status add_records(struct relay *relay, uint64_t count, struct error *error) {
    for (uint64_t i = 0; i < count; i++) {
        void *room;
        TRY(relay_add(relay, &room, error));
        *(struct record *)room = (struct record){i, {0, 0, 0, ~i}};
    }
    return relay_finish(relay, error);
}

static enum status relay_all(unsigned threads, uint64_t count, struct taken *taken, struct error *error) {
    struct pool *pool = threads > 0 ? pool_new(threads) : NULL;
    struct relay *relay = relay_new(pool, sizeof(struct record), &(struct relay_taker){take, taken});
    cr_assert(relay && (pool || threads == 0));
    const enum status status = add_records(relay, count, error);
    relay_free(relay);
    pool_free(pool);
    return status;
}

Test(relay, all_records_are_taken_in_order) {
    static const uint64_t counts[] = {0, 1, 2, 3275, 3276, 3277, 6553, RECORDS};
    for (unsigned threads = 0; threads <= 3; threads++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            struct taken taken = {0, UINT64_MAX};
            struct error error;
            cr_expect_eq(relay_all(threads, counts[i], &taken, &error), STATUS_OK);
            cr_expect_eq(taken.next, counts[i], "%u threads, %lu records", threads, (unsigned long)counts[i]);
        }
    }
}

Test(relay, a_failure_is_told_and_nothing_more_is_taken) {
    for (unsigned threads = 0; threads <= 3; threads++) {
        struct taken taken = {0, FAILS_AT};
        struct error error;
        cr_expect_eq(relay_all(threads, RECORDS, &taken, &error), STATUS_IO);
        cr_expect_str_eq(error.cause[0].text, "record 70000");
        cr_expect_eq(taken.next, FAILS_AT);
    }
}

Test(relay, what_was_added_may_be_left) {
    struct taken taken = {0, UINT64_MAX};
    struct pool *pool = pool_new(2);
    struct relay *relay = relay_new(pool, sizeof(struct record), &(struct relay_taker){take, &taken});
    struct error error;
    for (uint64_t i = 0; i < 5000; i++) {
        void *room;
        cr_assert_eq(relay_add(relay, &room, &error), STATUS_OK);
        *(struct record *)room = (struct record){i, {0, 0, 0, ~i}};
    }
    relay_free(relay);
    pool_free(pool);
}
