#include <criterion/criterion.h>

#include "base/aside.h"

TestSuite(aside, .timeout = 30);

struct errand {
    bool fails;
    int runs;
};

static enum status run_errand(void *self, struct error *error) {
    struct errand *errand = self;
    errand->runs++;
    return errand->fails ? FAIL(error, STATUS_LIMIT, "the errand failed") : STATUS_OK;
}

/* Several at once, with and without threads to do them. */
static void expect_done(unsigned threads) {
    enum { ERRANDS = 20 };
    struct errand errands[ERRANDS] = {0};
    struct aside asides[ERRANDS];
    struct error error = {0};
    struct pool *pool = threads > 0 ? pool_new(threads) : NULL;
    for (int i = 0; i < ERRANDS; i++) {
        errands[i].fails = i % 3 == 1;
        aside_begin(&asides[i], pool, run_errand, &errands[i]);
    }
    for (int i = 0; i < ERRANDS; i++) {
        error = (struct error){0};
        const enum status status = aside_end(&asides[i], STATUS_OK, &error);
        cr_expect_eq(status, errands[i].fails ? STATUS_LIMIT : STATUS_OK);
        cr_expect_eq(error.code, status);
        cr_expect_eq(errands[i].runs, 1);
    }
    pool_free(pool);
}

Test(aside, work_is_done_once_and_its_failure_told_at_its_end) {
    expect_done(0);
    expect_done(1);
    expect_done(3);
}

Test(aside, what_failed_before_is_what_counts) {
    struct errand errand = {.fails = true};
    struct aside aside;
    struct error error = {0};
    struct pool *pool = pool_new(2);
    aside_begin(&aside, pool, run_errand, &errand);
    cr_expect_eq(aside_end(&aside, FAIL(&error, STATUS_IO, "before"), &error), STATUS_IO);
    cr_expect_eq(error.code, STATUS_IO);
    cr_expect_eq(errand.runs, 1);
    pool_free(pool);
}
