#include <criterion/criterion.h>
#include <stdio.h>

#include "item_fixture.h"
#include "made_document.h"
#include "quick_fixture.h"

TestSuite(quick, .timeout = 30);

static struct item_fixture fixture;

static void set_up(void) {
    item_fixture_init(&fixture);
}
static void tear_down(void) {
    item_fixture_fini(&fixture);
}

/* With the padding filled with one byte. What the reader remembers of the items before must not matter. */
static struct quick_asked ask(const struct quick *quick, struct made_document *item, char padding) {
    static struct quick_shape remembered;
    struct quick_shape nothing = {0};
    memset(item->data + item->size, padding, QUICK_PADDING);
    const struct quick_asked answer = quick_ask(quick, &remembered, made_document_text(item));
    const struct quick_asked fresh = quick_ask(quick, &nothing, made_document_text(item));
    cr_assert(quick_asked_same(&answer, &fresh), "%.*s", (int)item->size, item->data);
    return answer;
}

/* Whole items, and every second one damaged. */
static void make(struct made_document *item, struct seeded *seeded, int i) {
    item->size = 0;
    made_item(item, seeded);
    if (i % 2 == 0)
        return;
    made_document_damage(item, seeded);
    item->data[0] = '{';
    item->size += item->size == 0;
}

Test(quick, both_builds_give_the_same_answers_whatever_lies_behind) {
    static const char paddings[] = "\\\"{}[],: x";
    static struct made_document item;
    struct seeded seeded = {21};
    unsigned counts[3] = {0};
    for (int i = 0; i < 8000; i++) {
        make(&item, &seeded, i);
        const struct quick_asked first = ask(quick_get(), &item, 0);
        counts[first.answer]++;
        for (size_t j = 0; j < sizeof paddings; j++) {
            const struct quick_asked portable = ask(&quick_portable, &item, paddings[j]);
            const struct quick_asked best = ask(quick_get(), &item, paddings[j]);
            cr_assert(quick_asked_same(&portable, &first), "item %d, padding %zu: %.*s", i, j, (int)item.size,
                      item.data);
            cr_assert(quick_asked_same(&best, &first), "item %d, padding %zu: %.*s", i, j, (int)item.size, item.data);
        }
    }
    for (int i = 0; i < 3; i++)
        cr_expect_gt(counts[i], 300, "every answer comes often");
}

Test(quick, an_item_ends_where_its_brackets_say) {
    static struct made_document item;
    struct seeded seeded = {22};
    for (int i = 0; i < 4000; i++) {
        make(&item, &seeded, i);
        const struct quick_asked answer = ask(quick_get(), &item, '}');
        struct scan scan = {0};
        const size_t length = scan_value(&scan, item.data, item.size);
        if (answer.answer != QUICK_UNSURE) {
            cr_assert(scan_done(&scan), "item %d: %.*s", i, (int)item.size, item.data);
            cr_assert_eq(answer.used, length, "item %d: %.*s", i, (int)item.size, item.data);
        }
    }
}

Test(quick, an_item_that_is_not_whole_gets_no_answer) {
    static struct made_document item;
    struct seeded seeded = {23};
    for (int i = 0; i < 100; i++) {
        make(&item, &seeded, 0);
        for (const size_t size = item.size; item.size > 1;) {
            item.size = item.size > 40 && item.size < size - 40 ? item.size - 7 : item.size - 1;
            cr_assert_eq(ask(quick_get(), &item, '}').answer, QUICK_UNSURE, "%.*s", (int)item.size, item.data);
            cr_assert_eq(ask(&quick_portable, &item, '"').answer, QUICK_UNSURE, "%.*s", (int)item.size, item.data);
        }
    }
}

Test(quick, an_answer_leaves_what_it_does_not_know_alone) {
    static const char *const unsure[] = {
        "{\"ph\":\"B\",\"cat\":\"kernel\"}", "{\"cat\":\"kernel\"}",          "{}",
        "{\"ph\":\"X\",\"ts\":[1]}",         "{\"ph\":\"X\",\"a\\u0041\":1}", "{\"ph\":\"X\",\"ts\":1,\"ts\":2}",
    };
    for (size_t i = 0; i < sizeof unsure / sizeof *unsure; i++) {
        static struct made_document item;
        item.size = strlen(unsure[i]);
        memcpy(item.data, unsure[i], item.size);
        const struct quick_asked answer = ask(quick_get(), &item, ' ');
        cr_expect_eq(answer.answer, QUICK_UNSURE, "case %s", unsure[i]);
        cr_expect_eq(answer.used, 0, "case %s", unsure[i]);
    }
}

Test(quick, valid_items_give_the_events_that_jsmn_gives, .init = set_up, .fini = tear_down) {
    static struct made_document item;
    struct seeded seeded = {24};
    struct buf slow_item;
    unsigned events = 0;
    buf_init(&slow_item, 2 * MADE_DOCUMENT_BYTES);
    for (int i = 0; i < 3000; i++) {
        make(&item, &seeded, 0);
        const bool used = item_fixture_read(&fixture, made_document_text(&item));
        const struct event quick = fixture.event;
        const struct tally tally = fixture.tally;
        const struct text slow = quick_avoided(made_document_text(&item), &slow_item);
        cr_assert_eq(item_fixture_read(&fixture, slow), used, "%.*s", (int)item.size, item.data);
        if (used)
            cr_assert(quick_events_same(&quick, &fixture.event), "%.*s", (int)item.size, item.data);
        for (int j = 0; j < ANOMALY_COUNT; j++)
            cr_assert_eq(tally.rows[j].count, fixture.tally.rows[j].count, "%.*s", (int)item.size, item.data);
        events += used;
    }
    buf_fini(&slow_item);
    cr_expect_gt(events, 500);
}
