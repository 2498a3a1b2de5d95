#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

#include "base/tally.h"

TestSuite(tally, .timeout = 20);

Test(tally, counts_and_keeps_the_first_byte) {
    struct tally tally = {0};
    tally_add(&tally, ANOMALY_TRUNCATED, 50);
    tally_add(&tally, ANOMALY_TRUNCATED, 20);
    tally_add(&tally, ANOMALY_TRUNCATED, 90);
    cr_expect_eq(tally.rows[ANOMALY_TRUNCATED].count, 3);
    cr_expect(tally.rows[ANOMALY_TRUNCATED].has_byte);
    cr_expect_eq(tally.rows[ANOMALY_TRUNCATED].first_byte, 20);
    cr_expect_eq(tally.rows[ANOMALY_READ_FAILED].count, 0);
}

Test(tally, times_name_no_byte_and_none_is_nothing) {
    struct tally tally = {0};
    tally_add_times(&tally, ANOMALY_NO_LAUNCH, 0);
    cr_expect_eq(tally.rows[ANOMALY_NO_LAUNCH].count, 0);
    tally_add_times(&tally, ANOMALY_NO_LAUNCH, 41);
    cr_expect_eq(tally.rows[ANOMALY_NO_LAUNCH].count, 41);
    cr_expect_not(tally.rows[ANOMALY_NO_LAUNCH].has_byte);
    tally_add(&tally, ANOMALY_NO_LAUNCH, 0);
    cr_expect_eq(tally.rows[ANOMALY_NO_LAUNCH].count, 42);
    cr_expect(tally.rows[ANOMALY_NO_LAUNCH].has_byte);
}

Test(tally, merging_adds_the_counts_and_keeps_the_first_byte) {
    struct tally into = {0}, from = {0};
    tally_add(&into, ANOMALY_TRUNCATED, 50);
    tally_add(&from, ANOMALY_TRUNCATED, 20);
    tally_add(&from, ANOMALY_ITEM_BROKEN, 70);
    tally_add_times(&from, ANOMALY_NO_LAUNCH, 3);
    tally_merge(&into, &from);
    cr_expect_eq(into.rows[ANOMALY_TRUNCATED].count, 2);
    cr_expect_eq(into.rows[ANOMALY_TRUNCATED].first_byte, 20);
    cr_expect_eq(into.rows[ANOMALY_ITEM_BROKEN].count, 1);
    cr_expect_eq(into.rows[ANOMALY_ITEM_BROKEN].first_byte, 70);
    cr_expect(into.rows[ANOMALY_ITEM_BROKEN].has_byte);
    cr_expect_eq(into.rows[ANOMALY_NO_LAUNCH].count, 3);
    cr_expect_not(into.rows[ANOMALY_NO_LAUNCH].has_byte);
    tally_merge(&from, &(struct tally){0});
    cr_expect_eq(from.rows[ANOMALY_TRUNCATED].count, 1);
    cr_expect_eq(from.rows[ANOMALY_TRUNCATED].first_byte, 20);
}

Test(tally, lost_is_said_by_the_severity_alone) {
    const struct tally none = {0};
    cr_expect_not(tally_lost(&none));
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        struct tally tally = {0};
        tally_add_times(&tally, (enum anomaly)i, 1);
        const struct anomaly_info *info = anomaly_get((enum anomaly)i);
        cr_expect_eq(tally_lost(&tally), info->severity >= SEVERITY_DATA_LOSS, "%s", info->code);
    }
}

Test(tally, codes_are_unique_words_and_every_row_has_a_sentence) {
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        const struct anomaly_info *info = anomaly_get((enum anomaly)i);
        cr_expect_gt(strlen(info->code), 0);
        cr_expect_gt(strlen(info->sentence), 10, "%s", info->code);
        for (const char *c = info->code; *c; c++)
            cr_expect(islower((unsigned char)*c) || *c == '_', "%s", info->code);
        for (int j = 0; j < i; j++)
            cr_expect_str_neq(info->code, anomaly_get((enum anomaly)j)->code);
    }
}

Test(tally, severities_have_the_names_of_the_report) {
    cr_expect_str_eq(severity_name(SEVERITY_INFO), "info");
    cr_expect_str_eq(severity_name(SEVERITY_WARNING), "warning");
    cr_expect_str_eq(severity_name(SEVERITY_DATA_LOSS), "data_loss");
    cr_expect_str_eq(severity_name(SEVERITY_ERROR), "error");
}

Test(tally, gpu_time_adds_up_also_when_merged) {
    struct tally into = {0}, from = {0};
    tally_add_gpu(&into, ANOMALY_ITEM_BROKEN, 50, 7);
    tally_add_gpu_times(&from, ANOMALY_ITEM_BROKEN, 2, 5);
    tally_merge(&into, &from);
    cr_expect_eq(into.rows[ANOMALY_ITEM_BROKEN].count, 3);
    cr_expect_eq(into.rows[ANOMALY_ITEM_BROKEN].gpu_ns, 12);
    tally_add_gpu_times(&into, ANOMALY_ITEM_BROKEN, 1, INT64_MAX);
    cr_expect_eq(into.rows[ANOMALY_ITEM_BROKEN].gpu_ns, INT64_MAX, "it stays at the most there is");
}
