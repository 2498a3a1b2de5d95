#include <criterion/criterion.h>

#include "base/distinct.h"
#include "seeded.h"

TestSuite(distinct, .timeout = 20);

enum { WORDS = 3, RECORDS = 20000, MOST = 15000 };

static void make_record(uint64_t n, uint64_t *record) {
    struct seeded seeded = {n % 500};
    record[0] = n / 7;
    record[1] = seeded_next(&seeded);
    record[2] = n << 44;
}

static uint32_t number_of(struct distinct *distinct, uint64_t n) {
    struct error error;
    uint64_t record[WORDS];
    uint32_t number = 0;
    make_record(n, record);
    cr_assert_eq(distinct_number(distinct, record, &number, &error), STATUS_OK);
    return number;
}

Test(distinct, each_record_has_one_number_and_none_beyond_the_ceiling) {
    struct distinct distinct;
    cr_assert(distinct_init(&distinct, WORDS, MOST));
    for (int round = 0; round < 2; round++)
        for (uint64_t n = 0; n < RECORDS; n++)
            cr_assert_eq(number_of(&distinct, n), n < MOST ? n : DISTINCT_NONE, "record %lu", (unsigned long)n);
    for (uint64_t n = 0; n < MOST; n++) {
        uint64_t record[WORDS];
        make_record(n, record);
        cr_assert_arr_eq(distinct_get(&distinct, (uint32_t)n), record, sizeof record);
    }
    cr_expect_eq(distinct.count, MOST);
    distinct_fini(&distinct);
}
