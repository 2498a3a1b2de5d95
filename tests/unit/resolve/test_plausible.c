#include <criterion/criterion.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "base/limits.h"
#include "base/names.h"
#include "resolve/plausible.h"

TestSuite(plausible, .timeout = 20);

#define S INT64_C(1000000000)
#define DAY (24 * 3600 * S)
#define EPOCH (INT64_C(1700000000) * S)

enum { CPU = 0, GPU_A = 50, GPU_B = 51, MOST_PARTS = 6, DUR_NS = 7 };

/* Events of the CPU or of a device at equal distances; part i has the bytes from 1000 i on. */
struct part {
    uint32_t device;
    uint32_t count;
    int64_t ts_ns, step_ns;
};

struct example {
    const char *name;
    struct part parts[MOST_PARTS]; /* count 0 ends them */
    const char *outside;           /* digits: the parts that are */
    const char *other_clock;
};

static const struct example examples[] = {
    {"nothing", {{0}}, "", ""},
    {"one event", {{GPU_A, 1, 0, 0}}, "", ""},
    {"the end of time", {{CPU, 9, LIMIT_TIME_NS - 9, 1}, {GPU_A, 9, LIMIT_TIME_NS - 9, 1}}, "", ""},
    {"a usual trace", {{CPU, 99, EPOCH, S / 50}, {GPU_A, 99, EPOCH + 9, S / 50}}, "", ""},
    {"the GPU goes on for hours", {{CPU, 99, EPOCH, S}, {GPU_A, 99, EPOCH, 600 * S}}, "", ""},

    {"at 0", {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 1, 0, 0}}, "2", ""},
    {"before time began", {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 1, -EPOCH, 0}}, "2", ""},
    {"at both ends of time",
     {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 1, -LIMIT_TIME_NS, 0}, {GPU_A, 1, LIMIT_TIME_NS, 0}},
     "23",
     ""},
    {"23 years before", {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 3, INT64_C(1000000000) * S, S}}, "2", ""},
    {"behind it", {{CPU, 9, 0, S}, {GPU_A, 9, 0, S}, {GPU_A, 3, INT64_C(1000000000) * S, S}}, "2", ""},
    {"as many as at home: the CPU says which", {{CPU, 9, EPOCH, S}, {GPU_A, 1, EPOCH, S}, {GPU_A, 1, 0, 0}}, "2", ""},
    {"without anything on the CPU", {{GPU_A, 9, EPOCH, S}, {GPU_A, 4, 0, S}}, "1", ""},
    {"on one device of two",
     {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_B, 9, EPOCH, S}, {GPU_B, 2, 0, S}},
     "3",
     ""},
    {"less than a day away", {{CPU, 9, DAY - 1, 0}, {GPU_A, 9, DAY - 1, 0}, {GPU_A, 1, -1, 0}}, "", ""},
    {"more than a day away", {{CPU, 9, DAY + 1, 0}, {GPU_A, 9, DAY + 1, 0}, {GPU_A, 1, 0, 0}}, "2", ""},
    {"a hundred times the length away",
     {{CPU, 101, EPOCH, 36 * S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 1, EPOCH - 3600 * 100 * S, 0}},
     "",
     ""},
    {"and farther", {{CPU, 101, EPOCH, 36 * S}, {GPU_A, 9, EPOCH, S}, {GPU_A, 1, EPOCH - 3600 * 102 * S, 0}}, "2", ""},
    {"a long trace goes on after a pause", {{GPU_A, 99, 0, DAY / 2}, {GPU_A, 9, 99 * DAY, S}}, "", ""},
    {"a pause of days, with launches behind it",
     {{CPU, 900, 0, S / 100}, {GPU_A, 900, 0, S / 100}, {CPU, 2, 9 * DAY, S}, {GPU_A, 2, 9 * DAY, S}},
     "",
     ""},
    {"a handful on the CPU vouches for nothing",
     {{CPU, 9000, EPOCH, S / 100}, {GPU_A, 900, EPOCH, S / 100}, {CPU, 2, 0, S}, {GPU_A, 2, 0, S}},
     "3",
     ""},
    {"a pause of days, no launches, most events behind it",
     {{GPU_A, 9, 0, S}, {GPU_B, 9, 0, S}, {GPU_A, 99, 9 * DAY, S}, {GPU_B, 99, 9 * DAY, S}},
     "01",
     ""},

    {"the GPU counts from its start", {{CPU, 9, EPOCH, S}, {GPU_A, 9, 55 * S, S}}, "", "1"},
    {"and has many more events", {{CPU, 9, EPOCH, S}, {GPU_A, 900, 55 * S, S}}, "", "1"},
    {"hardly anything on the CPU: it is the one that is wrong", {{CPU, 1, EPOCH, S}, {GPU_A, 9000, 55 * S, S}}, "", ""},
    {"one device of two", {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {GPU_B, 9, 55 * S, S}}, "", "2"},
    {"each device another", {{CPU, 9, EPOCH, S}, {GPU_A, 9, 9999 * DAY, S}, {GPU_B, 9, 55 * S, S}}, "", "12"},
    {"two devices, nothing on the CPU: that of most events", {{GPU_A, 9, EPOCH, S}, {GPU_B, 8, 55 * S, S}}, "", "1"},
    {"another clock, and some events at 1e18",
     {{CPU, 9, EPOCH, S}, {GPU_A, 9, 55 * S, S}, {GPU_A, 2, INT64_C(1000000000) * S, S}},
     "2",
     "1"},
    {"another clock, and some events by that of the trace",
     {{CPU, 9, EPOCH, S}, {GPU_A, 9, 55 * S, S}, {GPU_A, 2, EPOCH, S}},
     "2",
     "1"},
    {"two processes, each by a clock of its own",
     {{CPU, 9, EPOCH, S}, {GPU_A, 9, EPOCH, S}, {CPU, 9, 0, S}, {GPU_B, 9, 0, S}},
     "",
     ""},
    {"no telling which are right", {{GPU_A, 1, EPOCH, S}, {GPU_A, 1, 0, S}}, "", "01"},
    {"one here, one there",
     {{CPU, 9, EPOCH, S}, {GPU_A, 1, EPOCH, S}, {GPU_A, 1, 0, S}, {GPU_A, 1, 9 * DAY, S}},
     "",
     "123"},
};

static void add(struct plausible *plausible, struct tally *tally, const struct part *part, uint32_t number,
                uint32_t i) {
    struct error error;
    struct event event = {.kind = EVENT_KERNEL,
                          .device = part->device,
                          .ts_ns = part->ts_ns + part->step_ns * i,
                          .dur_ns = DUR_NS,
                          .offset = number * UINT64_C(1000) + i};
    const enum status status = part->device == CPU ? plausible_add_cpu(plausible, event.ts_ns, &error)
                                                   : plausible_add_gpu(plausible, &event, tally, &error);
    cr_assert_eq(status, STATUS_OK);
    cr_assert_eq(event.device, part->device);
}

static bool says(const char *digits, size_t part) {
    return strchr(digits, '0' + (int)part) != NULL;
}

static void expect_row(const struct example *example, const char *parts, const struct tally *tally,
                       enum anomaly anomaly) {
    uint64_t count = 0;
    for (size_t i = 0; i < MOST_PARTS; i++)
        count += parts[0] && says(parts, i) ? example->parts[i].count : 0;
    cr_expect_eq(tally->rows[anomaly].count, count, "case %s: %s of %u events", example->name,
                 anomaly_get(anomaly)->code, (unsigned)tally->rows[anomaly].count);
    cr_expect_eq(tally->rows[anomaly].gpu_ns, (int64_t)count * DUR_NS, "case %s", example->name);
    if (count > 0)
        cr_expect_eq(tally->rows[anomaly].first_byte, (uint64_t)(parts[0] - '0') * 1000, "case %s", example->name);
}

static void expect(const struct example *example, struct plausible *plausible) {
    struct tally tally = {0};
    struct error error;
    cr_assert_eq(plausible_judge(plausible, &tally, &error), STATUS_OK);
    expect_row(example, example->outside, &tally, ANOMALY_OUTSIDE_SPAN);
    expect_row(example, example->other_clock, &tally, ANOMALY_CLOCKS_DIFFER);
    for (size_t k = 0; k < MOST_PARTS; k++) {
        const struct part *part = &example->parts[k];
        for (uint32_t i = 0; part->device != CPU && i < part->count; i++)
            cr_expect_eq(plausible_is_outside(plausible, part->device, part->ts_ns + part->step_ns * i),
                         says(example->outside, k), "case %s, part %zu", example->name, k);
    }
}

Test(plausible, judges_events_and_clocks) {
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct plausible *plausible = plausible_new();
        struct tally tally = {0};
        cr_assert(plausible);
        for (uint32_t k = 0; k < MOST_PARTS; k++)
            for (uint32_t n = 0; n < examples[i].parts[k].count; n++)
                add(plausible, &tally, &examples[i].parts[k], k, n);
        expect(&examples[i], plausible);
        expect(&examples[i], plausible); /* judged again */
        plausible_free(plausible);
    }
}

Test(plausible, the_order_of_events_does_not_matter) {
    struct seeded seeded = {1};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct plausible *plausible = plausible_new();
        struct tally tally = {0};
        uint32_t done[MOST_PARTS] = {0}, left = 0;
        for (size_t k = 0; k < MOST_PARTS; k++)
            left += examples[i].parts[k].count;
        while (left > 0) {
            const uint32_t k = (uint32_t)seeded_below(&seeded, MOST_PARTS);
            if (done[k] == examples[i].parts[k].count)
                continue;
            add(plausible, &tally, &examples[i].parts[k], k, examples[i].parts[k].count - ++done[k]);
            left--;
        }
        expect(&examples[i], plausible);
        plausible_free(plausible);
    }
}

/* Judged, then more events come. */
Test(plausible, is_judged_anew) {
    struct error error;
    struct tally tally = {0};
    struct plausible *plausible = plausible_new();
    add(plausible, &tally, &(struct part){CPU, 9, EPOCH, 0}, 0, 0);
    add(plausible, &tally, &(struct part){GPU_A, 9, 5, 0}, 1, 0);
    cr_assert_eq(plausible_judge(plausible, &tally, &error), STATUS_OK);
    cr_expect_eq(tally.rows[ANOMALY_CLOCKS_DIFFER].count, 1);
    cr_expect_eq(plausible_time(plausible, GPU_A, 5), EPOCH);
    add(plausible, &tally, &(struct part){GPU_A, 9, EPOCH, 0}, 2, 0);
    tally = (struct tally){0};
    cr_assert_eq(plausible_judge(plausible, &tally, &error), STATUS_OK);
    cr_expect_eq(tally.rows[ANOMALY_CLOCKS_DIFFER].count, 0);
    cr_expect_eq(tally.rows[ANOMALY_OUTSIDE_SPAN].count, 1);
    cr_expect_eq(plausible_time(plausible, GPU_A, EPOCH), EPOCH);
    plausible_free(plausible);
}

Test(plausible, a_clock_is_set_by_the_launches) {
    static const struct {
        const char *name;
        int64_t trace_ns, length_ns; /* of the CPU's two events */
        int64_t gpu_ns, launch_ns[2]; /* of the device's first event of two, with these launches; 0: none */
        int64_t expected_ns;
    } trials[] = {
        {"no launch: begins with the trace", EPOCH, 100, 500, {0, 0}, EPOCH},
        {"a launch", EPOCH, 100, 500, {EPOCH + 3, 0}, EPOCH + 3},
        {"the least delay", EPOCH, 100, 500, {EPOCH + 3, EPOCH + 7}, EPOCH + 7},
        {"the order of launches does not matter", EPOCH, 100, 500, {EPOCH + 7, EPOCH + 3}, EPOCH + 7},
        {"a launch that is not in the trace says nothing", EPOCH, 100, 500, {EPOCH + 3, 2 * EPOCH}, EPOCH + 3},
        {"from one end of time to the other", LIMIT_TIME_NS - 9, 9, -LIMIT_TIME_NS, {0, 0}, LIMIT_TIME_NS - 9},
        {"no room for all of them: they stay", LIMIT_TIME_NS - 8, 8, -LIMIT_TIME_NS, {0, 0}, -LIMIT_TIME_NS},
    };
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        struct error error;
        struct tally tally = {0};
        struct plausible *plausible = plausible_new();
        for (uint32_t k = 0; k < 2; k++) {
            add(plausible, &tally, &(struct part){CPU, 2, trials[i].trace_ns, trials[i].length_ns}, 0, k);
            add(plausible, &tally, &(struct part){GPU_A, 2, trials[i].gpu_ns, 9}, 1, k);
        }
        cr_assert_eq(plausible_judge(plausible, &tally, &error), STATUS_OK);
        for (int k = 0; k < 2 && trials[i].launch_ns[k] != 0; k++)
            plausible_launched(plausible, GPU_A, trials[i].gpu_ns, trials[i].launch_ns[k]);
        cr_expect_eq(plausible_time(plausible, GPU_A, trials[i].gpu_ns), trials[i].expected_ns, "case %s: %lld",
                     trials[i].name, (long long)plausible_time(plausible, GPU_A, trials[i].gpu_ns));
        plausible_free(plausible);
    }
}

Test(plausible, devices_beyond_the_ceiling_are_one) {
    struct error error;
    struct tally tally = {0};
    struct plausible *plausible = plausible_new();
    for (uint32_t i = 0; i < 3 * LIMIT_DEVICES; i++) {
        const uint32_t device = NAME_FIRST + i % (LIMIT_DEVICES + 5);
        struct event event = {.kind = EVENT_KERNEL, .device = device, .ts_ns = 5, .dur_ns = 2, .offset = 10 + i};
        cr_assert_eq(plausible_add_gpu(plausible, &event, &tally, &error), STATUS_OK);
        cr_expect_eq(event.device, device < NAME_FIRST + LIMIT_DEVICES ? device : NAME_BEYOND);
    }
    cr_expect_eq(tally.rows[ANOMALY_DEVICES_FULL].count, 10);
    cr_expect_eq(tally.rows[ANOMALY_DEVICES_FULL].gpu_ns, 20);
    cr_expect_eq(tally.rows[ANOMALY_DEVICES_FULL].first_byte, 10 + LIMIT_DEVICES);
    cr_assert_eq(plausible_judge(plausible, &tally, &error), STATUS_OK);
    cr_expect_not(plausible_is_outside(plausible, NAME_BEYOND, 5));
    plausible_free(plausible);
}
