#include <criterion/criterion.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "base/limits.h"
#include "resolve/periods.h"

TestSuite(periods, .timeout = 20);

enum { EVENTS = 40000, CLOCKS = 3 };

struct seen {
    uint32_t clock;
    int64_t ts_ns;
};

static void add(struct periods *periods, const struct seen *events, size_t count) {
    struct error error;
    for (size_t i = 0; i < count; i++) {
        const uint64_t byte = (uint64_t)events[i].ts_ns % 1000;
        cr_assert_eq(periods_add(periods, events[i].clock, events[i].ts_ns, 1, byte, &error), STATUS_OK);
    }
}

static struct seen *random_events(uint64_t seed, int64_t range_ns) {
    struct seen *events = calloc(EVENTS, sizeof *events);
    struct seeded seeded = {seed};
    for (size_t i = 0; i < EVENTS; i++)
        events[i] = (struct seen){(uint32_t)seeded_below(&seeded, CLOCKS),
                                  (int64_t)seeded_below(&seeded, 2 * (uint64_t)range_ns) - range_ns};
    return events;
}

/* Each event is in exactly one period of its clock, whose bounds it widens as far as need be. */
Test(periods, know_every_event_whatever_their_number) {
    static const int64_t ranges[] = {1, 1000, INT64_C(1) << 45, INT64_C(1) << 58, LIMIT_TIME_NS};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        struct periods periods;
        struct seen *events = random_events(r + 1, ranges[r]);
        uint64_t count = 0;
        cr_assert(periods_init(&periods));
        add(&periods, events, EVENTS);
        cr_expect_leq(periods.count, LIMIT_PERIODS);
        for (size_t i = 0; i < periods.count; i++) {
            const struct period *period = &periods.items[i];
            cr_expect_eq(period->first_ns >> periods.shift, period->last_ns >> periods.shift);
            cr_expect_eq(period->dur_ns, (int64_t)period->count);
            count += period->count;
        }
        cr_expect_eq(count, EVENTS);
        for (size_t i = 0; i < EVENTS; i++) {
            const struct period *period = periods_find(&periods, events[i].clock, events[i].ts_ns);
            cr_assert(period);
            cr_assert_eq(period->clock, events[i].clock);
            cr_assert_leq(period->first_ns, events[i].ts_ns);
            cr_assert_geq(period->last_ns, events[i].ts_ns);
            cr_assert_leq(period->first_byte, (uint64_t)events[i].ts_ns % 1000);
        }
        periods_fini(&periods);
        free(events);
    }
}

static int by_clock_and_time(const void *a, const void *b) {
    const struct period *left = a, *right = b;
    if (left->clock != right->clock)
        return left->clock < right->clock ? -1 : 1;
    return (left->first_ns > right->first_ns) - (left->first_ns < right->first_ns);
}

Test(periods, do_not_depend_on_the_order) {
    struct periods one, other;
    struct seen *events = random_events(9, LIMIT_TIME_NS);
    cr_assert(periods_init(&one) && periods_init(&other));
    add(&one, events, EVENTS);
    for (size_t i = EVENTS; i-- > 0;)
        add(&other, &events[i], 1);
    cr_assert_eq(one.count, other.count);
    cr_assert_eq(one.shift, other.shift);
    qsort(one.items, one.count, sizeof *one.items, by_clock_and_time);
    qsort(other.items, other.count, sizeof *other.items, by_clock_and_time);
    for (size_t i = 0; i < one.count; i++) {
        const struct period *left = &one.items[i], *right = &other.items[i];
        cr_assert_eq(left->clock, right->clock);
        cr_assert_eq(left->first_ns, right->first_ns);
        cr_assert_eq(left->last_ns, right->last_ns);
        cr_assert_eq(left->count, right->count);
        cr_assert_eq(left->first_byte, right->first_byte);
    }
    periods_fini(&one);
    periods_fini(&other);
    free(events);
}
