#include <criterion/criterion.h>

#include "base/limits.h"
#include "index/format.h"
#include "index/origin_totals.h"

/* Two origins: durations 10, 10, 200 (in a step) and 5 (likewise). */
static const uint64_t sound_rows[][TOTAL_COLUMNS] = {
    {[TOTAL_COUNT] = 3,
     [TOTAL_TIME] = 220,
     [TOTAL_STEP_COUNT] = 1,
     [TOTAL_STEP_TIME] = 200,
     [TOTAL_MIN] = 10,
     [TOTAL_MAX] = 200,
     [TOTAL_SQUARES_LOW] = 40200,
     [TOTAL_BUCKETS] = 2},
    {[TOTAL_COUNT] = 1,
     [TOTAL_TIME] = 5,
     [TOTAL_STEP_COUNT] = 1,
     [TOTAL_STEP_TIME] = 5,
     [TOTAL_MIN] = 5,
     [TOTAL_MAX] = 5,
     [TOTAL_SQUARES_LOW] = 25,
     [TOTAL_BUCKETS] = 1},
};
static const uint64_t sound_buckets[][BUCKET_COLUMNS] = {{10, 2}, {164, 1}, {5, 1}};

enum { ROWS = 2, BUCKETS = 3, EVENTS = 4 };

struct tables {
    uint64_t rows[ROWS][TOTAL_COLUMNS], buckets[BUCKETS][BUCKET_COLUMNS];
    uint64_t event_count, bucket_count;
};

static struct tables sound_tables(void) {
    struct tables tables = {.event_count = EVENTS, .bucket_count = BUCKETS};
    memcpy(tables.rows, sound_rows, sizeof sound_rows);
    memcpy(tables.buckets, sound_buckets, sizeof sound_buckets);
    return tables;
}

/* Sums of what is given out, each in the order of origins. */
static enum status read_tables(const struct tables *tables, struct stats *sums) {
    struct origin_totals totals;
    struct error error = {0};
    const struct origin_total *complete;
    uint32_t given = 0;
    cr_assert_eq(origin_totals_init(&totals, ROWS, tables->event_count, tables->bucket_count, &error), STATUS_OK);
    enum status status = STATUS_OK;
    for (int i = 0; i < ROWS && status == STATUS_OK; i++)
        status = origin_totals_add(&totals, tables->rows[i], &error);
    if (status == STATUS_OK)
        status = origin_totals_check(&totals, &error);
    for (int i = 0; i < BUCKETS && status == STATUS_OK; i++) {
        status = origin_totals_bucket(&totals, tables->buckets[i], &complete, &error);
        if (status == STATUS_OK && complete) {
            cr_expect_eq(totals.at, given);
            cr_expect_eq(stats_merge(&sums[given++], &complete->durations, &error), STATUS_OK);
        }
    }
    const bool summed = totals.ns == 225 && totals.step_events == 2 && totals.step_ns == 205;
    cr_expect(status == STATUS_OK ? given == ROWS && summed : status == STATUS_BAD_INDEX);
    origin_totals_fini(&totals);
    return status;
}

static enum status try_tables(const struct tables *tables) {
    struct stats sums[ROWS] = {{0}};
    const enum status status = read_tables(tables, sums);
    for (int i = 0; i < ROWS; i++)
        stats_fini(&sums[i]);
    return status;
}

Test(origin_totals, are_what_was_stored) {
    const struct tables tables = sound_tables();
    struct stats sums[ROWS] = {{0}};
    cr_expect_eq(read_tables(&tables, sums), STATUS_OK);
    cr_expect_eq(sums[0].count, 3);
    cr_expect_eq(sums[0].total_ns, 220);
    cr_expect_eq(sums[0].min_ns, 10);
    cr_expect_eq(sums[0].max_ns, 200);
    cr_expect_eq((uint64_t)sums[0].squares, 40200);
    cr_expect_eq(stats_percentile_ns(&sums[0], 50), 10);
    cr_expect_eq(stats_percentile_ns(&sums[0], 99), 200);
    cr_expect_eq(sums[1].count, 1);
    cr_expect_eq(stats_percentile_ns(&sums[1], 50), 5);
    for (int i = 0; i < ROWS; i++)
        stats_fini(&sums[i]);
}

Test(origin_totals, that_do_not_add_up_are_refused) {
    static const struct {
        const char *what;
        int row, column;
        uint64_t value;
    } changes[] = {
        {"no events", 1, TOTAL_COUNT, 0},
        {"fewer events", 0, TOTAL_COUNT, 2},
        {"more events", 0, TOTAL_COUNT, 4},
        {"more events than there are", 0, TOTAL_COUNT, UINT64_MAX},
        {"total below count * min", 0, TOTAL_TIME, 29},
        {"total above count * max", 0, TOTAL_TIME, 601},
        {"negative total", 0, TOTAL_TIME, UINT64_C(1) << 63},
        {"total beyond all time", 0, TOTAL_TIME, (uint64_t)LIMIT_TIME_NS + 1},
        {"more events in steps than there are", 0, TOTAL_STEP_COUNT, 4},
        {"no time in steps", 0, TOTAL_STEP_TIME, 0},
        {"less time in steps than the shortest", 0, TOTAL_STEP_TIME, 9},
        {"less time left than the shortest", 0, TOTAL_STEP_TIME, 201},
        {"negative time in steps", 0, TOTAL_STEP_TIME, UINT64_MAX},
        {"time in no steps", 1, TOTAL_STEP_COUNT, 0},
        {"min above max", 0, TOTAL_MIN, 201},
        {"negative min", 1, TOTAL_MIN, UINT64_MAX},
        {"another min", 0, TOTAL_MIN, 9},
        {"another max", 0, TOTAL_MAX, 300},
        {"max beyond the longest", 0, TOTAL_MAX, (uint64_t)LIMIT_DURATION_NS + 1},
        {"squares below total * min", 0, TOTAL_SQUARES_LOW, 2199},
        {"squares above total * max", 0, TOTAL_SQUARES_LOW, 44001},
        {"squares below those of the mean", 0, TOTAL_SQUARES_LOW, 16133},
        {"squares beyond", 0, TOTAL_SQUARES_HIGH, 1},
        {"no buckets", 1, TOTAL_BUCKETS, 0},
        {"fewer buckets", 0, TOTAL_BUCKETS, 1},
        {"more buckets", 0, TOTAL_BUCKETS, 3},
        {"more buckets than there are", 0, TOTAL_BUCKETS, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct tables tables = sound_tables();
        tables.rows[changes[i].row][changes[i].column] = changes[i].value;
        cr_expect_eq(try_tables(&tables), STATUS_BAD_INDEX, "%s", changes[i].what);
    }
    for (int more = -1; more <= 1; more += 2) {
        struct tables events = sound_tables(), buckets = sound_tables();
        events.event_count += (uint64_t)more;
        buckets.bucket_count += (uint64_t)more;
        cr_expect_eq(try_tables(&events), STATUS_BAD_INDEX, "%d events", more);
        cr_expect_eq(try_tables(&buckets), STATUS_BAD_INDEX, "%d buckets", more);
    }
}

Test(origin_totals, with_other_buckets_are_refused) {
    static const struct {
        const char *what;
        int bucket, column;
        uint64_t value;
    } changes[] = {
        {"first is not that of min", 0, BUCKET_INDEX, 11},
        {"last is not that of max", 1, BUCKET_INDEX, 163},
        {"one below the last", 1, BUCKET_INDEX, 10},
        {"no bucket", 1, BUCKET_INDEX, UINT64_MAX},
        {"one that only looks like it in 32 bits", 2, BUCKET_INDEX, (UINT64_C(1) << 32) + 5},
        {"empty", 0, BUCKET_TIMES, 0},
        {"fewer times", 0, BUCKET_TIMES, 1},
        {"more times", 0, BUCKET_TIMES, 3},
        {"all times before the last", 0, BUCKET_TIMES, UINT64_MAX},
        {"fewer times in the last", 2, BUCKET_TIMES, 0},
        {"more times in the last", 1, BUCKET_TIMES, 2},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct tables tables = sound_tables();
        tables.buckets[changes[i].bucket][changes[i].column] = changes[i].value;
        cr_expect_eq(try_tables(&tables), STATUS_BAD_INDEX, "%s", changes[i].what);
    }
}
