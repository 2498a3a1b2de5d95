#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/runs.h"
#include "base/sort.h"
#include "seeded.h"

TestSuite(runs, .timeout = 20);

enum { WORDS = SORT_RECORD_MAX / 8 };

/* Word i of record n of a run: small and large steps in both directions, and the extremes. */
static uint64_t word_of(uint64_t run, uint64_t n, uint64_t i) {
    switch (i % 5) {
    case 0:
        return n * 1000;
    case 1:
        return n % 2 ? UINT64_MAX : 0;
    case 2:
        return UINT64_MAX - n;
    case 3:
        return seeded_next(&(struct seeded){run * 1000003 + n});
    default:
        return n % 2 ? UINT64_C(1) << 63 : run;
    }
}

static void fill(uint64_t *record, uint64_t run, uint64_t n, size_t words) {
    for (size_t i = 0; i < words; i++)
        record[i] = word_of(run, n, i);
}

static void *take(void *self) {
    ++*(size_t *)self;
    return malloc(RUN_BLOCK_BYTES);
}

static void give(void *self, void *block) {
    --*(size_t *)self;
    free(block);
}

static size_t taken; /* blocks */

static struct runs *new_runs(size_t words) {
    const struct run_memory memory = {take, give, &taken};
    taken = 0;
    struct runs *runs = runs_new(words, &memory);
    cr_assert_not_null(runs);
    return runs;
}

static void free_runs(struct runs *runs) {
    runs_free(runs);
    cr_expect_eq(taken, 0, "%zu blocks are lost", taken);
}

static void spill(struct runs *runs) {
    struct error error = {0};
    cr_assert_eq(runs_spill(runs, NULL, &error), STATUS_OK);
    cr_expect_eq(runs_blocks_held(runs), 0);
    cr_expect_eq(taken, 0);
}

static void append(struct runs *runs, const uint64_t *record, size_t words) {
    struct error error = {0};
    const struct pack_list list = {record, NULL, 1, words};
    cr_assert_eq(runs_append(runs, &list, &error), STATUS_OK);
}

static void add_run(struct runs *runs, uint64_t count, size_t words) {
    struct error error = {0};
    const uint64_t run = runs_count(runs);
    cr_assert_eq(runs_begin(runs, &error), STATUS_OK);
    for (uint64_t n = 0; n < count; n++) {
        uint64_t record[WORDS];
        fill(record, run, n, words);
        append(runs, record, words);
    }
}

struct reading {
    struct run_reader *reader;
    const uint64_t *records;
    size_t at, count;
};

static struct reading start_reading(const struct runs *runs, size_t run) {
    struct reading reading = {.reader = run_reader_new(runs, run)};
    cr_assert_not_null(reading.reader);
    return reading;
}

/* Reads record n of the run next; count: of its records. False at the end. */
static bool expect_next(struct reading *reading, uint64_t run, uint64_t n, uint64_t count, size_t words) {
    struct error error = {0};
    uint64_t wanted[WORDS];
    if (reading->at == reading->count) {
        reading->at = 0;
        cr_assert_eq(run_reader_next(reading->reader, &reading->records, &reading->count, &error), STATUS_OK);
    }
    cr_assert_eq(reading->count > 0, n < count, "run %lu record %lu", run, n);
    if (reading->count == 0)
        return false;
    fill(wanted, run, n, words);
    cr_assert_arr_eq(reading->records + reading->at++ * PACK_STRIDE(words), wanted, words * 8);
    return true;
}

/* spilled_after: the run after which everything so far goes to the file; more than there are: never. */
static void expect_all_again(size_t words, size_t spilled_after) {
    static const uint64_t counts[] = {1, 0, 5000, 2, 0, 777};
    enum { RUNS = sizeof counts / sizeof *counts };
    struct runs *runs = new_runs(words);
    for (size_t run = 0; run < RUNS; run++) {
        add_run(runs, counts[run], words);
        if (run == spilled_after)
            spill(runs);
    }
    cr_expect_eq(runs_count(runs), RUNS);
    cr_expect_eq(runs_bytes_spilled(runs) > 0, spilled_after < RUNS);
    for (size_t run = 0; run < RUNS; run++) {
        struct reading reading = start_reading(runs, run);
        for (uint64_t n = 0; expect_next(&reading, run, n, counts[run], words); n++)
            ;
        cr_expect_not(expect_next(&reading, run, counts[run], counts[run], words), "the end stays the end");
        run_reader_free(reading.reader);
    }
    free_runs(runs);
}

Test(runs, what_was_written_is_read_again) {
    static const size_t sizes[] = {1, 2, 5, 17, WORDS};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t spilled_after = 0; spilled_after <= 6; spilled_after++)
            expect_all_again(sizes[s], spilled_after);
}

Test(runs, several_readers_go_on_side_by_side) {
    enum { READERS = 4, RECORDS = 3000 };
    struct runs *runs = new_runs(3);
    struct reading readings[READERS];
    add_run(runs, RECORDS, 3);
    add_run(runs, RECORDS, 3);
    for (size_t i = 0; i < READERS; i++)
        readings[i] = start_reading(runs, i % 2);
    for (uint64_t n = 0; n <= RECORDS; n++)
        for (size_t i = 0; i < READERS; i++)
            (void)expect_next(&readings[i], i % 2, n, RECORDS, 3);
    for (size_t i = 0; i < READERS; i++)
        run_reader_free(readings[i].reader);
    free_runs(runs);
}

Test(runs, sorted_records_take_few_bytes) {
    enum { RECORDS = 10000 };
    struct error error = {0};
    struct runs *runs = new_runs(4);
    cr_assert_eq(runs_begin(runs, &error), STATUS_OK);
    for (uint64_t n = 0; n < RECORDS; n++) {
        const uint64_t record[4] = {UINT64_C(1700000000000000000) + n * 50, n, 7, 9};
        append(runs, record, 4);
    }
    spill(runs);
    cr_expect_lt(runs_bytes_spilled(runs), RECORDS * 32 / 6);
    free_runs(runs);
}

Test(runs, a_directory_that_cannot_be_written_is_an_error) {
    char *endless = malloc(5000);
    memset(endless, 'x', 4999);
    endless[0] = '/';
    endless[4999] = 0;
    const char *const directories[] = {"/nonexistent/directory", "/dev/null", "", endless};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        struct runs *runs = new_runs(1);
        struct error error = {0};
        add_run(runs, 10, 1);
        cr_expect_eq(runs_spill(runs, directories[i], &error), STATUS_IO, "case %zu", i);
        cr_expect(strstr(error.cause[0].text, "temporary file"), "case %zu", i);
        free_runs(runs);
    }
    free(endless);
}

Test(runs, without_a_directory_the_environment_says_where) {
    struct error error = {0};
    struct runs *runs = new_runs(1);
    add_run(runs, 10, 1);
    setenv("TMPDIR", "/nonexistent/place", 1);
    cr_expect_eq(runs_spill(runs, NULL, &error), STATUS_IO);
    cr_expect(strstr(error.cause[0].text, "/nonexistent/place"));
    setenv("TMPDIR", "", 1);
    cr_expect_eq(runs_spill(runs, NULL, &error), STATUS_OK);
    free_runs(runs);
    runs_free(NULL);
}
