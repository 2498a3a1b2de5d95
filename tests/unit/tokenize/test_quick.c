#include <criterion/criterion.h>
#include <stdio.h>

#include "item_fixture.h"
#include "made_document.h"
#include "tokenize/quick.h"

TestSuite(quick, .timeout = 30);

static struct item_fixture fixture;

static void set_up(void) {
    item_fixture_init(&fixture);
}
static void tear_down(void) {
    item_fixture_fini(&fixture);
}

struct answer {
    enum quick_answer answer;
    size_t used;
    struct fields fields;
};

static bool same_fields(const struct fields *a, const struct fields *b) {
    const struct field left[] = {a->ph, a->cat, a->name,        a->pid,         a->tid,
                                 a->ts, a->dur, a->correlation, a->external_id, a->device};
    const struct field right[] = {b->ph, b->cat, b->name,        b->pid,         b->tid,
                                  b->ts, b->dur, b->correlation, b->external_id, b->device};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (left[i].type != right[i].type || !text_equal(left[i].text, right[i].text))
            return false;
    return true;
}

static bool same_answer(const struct answer *a, const struct answer *b) {
    return a->answer == b->answer && (a->answer == QUICK_UNSURE || a->used == b->used) &&
           (a->answer != QUICK_FIELDS || same_fields(&a->fields, &b->fields));
}

/* With the padding filled with one byte. What the reader remembers of the items before must not matter. */
static struct answer ask(const struct quick *quick, struct made_document *item, char padding) {
    static struct quick_shape remembered;
    struct quick_shape nothing = {0};
    struct answer answer = {0}, fresh = {0};
    memset(item->data + item->size, padding, QUICK_PADDING);
    answer.answer = quick->item(&remembered, item->data, item->size, &answer.fields, &answer.used);
    fresh.answer = quick->item(&nothing, item->data, item->size, &fresh.fields, &fresh.used);
    cr_assert(same_answer(&answer, &fresh), "%.*s", (int)item->size, item->data);
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
        const struct answer first = ask(quick_get(), &item, 0);
        counts[first.answer]++;
        for (size_t j = 0; j < sizeof paddings; j++) {
            const struct answer portable = ask(&quick_portable, &item, paddings[j]);
            const struct answer best = ask(quick_get(), &item, paddings[j]);
            cr_assert(same_answer(&portable, &first), "item %d, padding %zu: %.*s", i, j, (int)item.size, item.data);
            cr_assert(same_answer(&best, &first), "item %d, padding %zu: %.*s", i, j, (int)item.size, item.data);
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
        const struct answer answer = ask(quick_get(), &item, '}');
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
        const struct answer answer = ask(quick_get(), &item, ' ');
        cr_expect_eq(answer.answer, QUICK_UNSURE, "case %s", unsure[i]);
        cr_expect_eq(answer.used, 0, "case %s", unsure[i]);
    }
}

/* The same item with a key that only jsmn can read in front. */
static struct text with_escaped_key(const struct made_document *item) {
    static struct made_document slow;
    static const char key[] = "{\"z\\u0041\":\"\"", comma[] = ",";
    const char *rest = item->data + 1;
    size_t rest_size = item->size - 1;
    const bool empty = rest[strspn(rest, " \n\r\t")] == '}';
    slow.size = sizeof key - 1 + !empty;
    memcpy(slow.data, key, sizeof key - 1);
    memcpy(slow.data + sizeof key - 1, comma, !empty);
    memcpy(slow.data + slow.size, rest, rest_size);
    slow.size += rest_size;
    return made_document_text(&slow);
}

/* Of Python frames nobody reads the args. */
static struct event comparable(struct event event) {
    if (event.kind == EVENT_PYTHON)
        event.correlation = event.external_id = 0;
    return event;
}

Test(quick, valid_items_give_the_events_that_jsmn_gives, .init = set_up, .fini = tear_down) {
    static struct made_document item;
    struct seeded seeded = {24};
    unsigned events = 0;
    for (int i = 0; i < 3000; i++) {
        make(&item, &seeded, 0);
        const bool used = item_fixture_read(&fixture, made_document_text(&item));
        const struct event quick = comparable(fixture.event);
        const struct tally tally = fixture.tally;
        cr_assert_eq(item_fixture_read(&fixture, with_escaped_key(&item)), used, "%.*s", (int)item.size, item.data);
        const struct event slow = comparable(fixture.event);
        if (used)
            cr_assert(quick.kind == slow.kind && quick.name_id == slow.name_id && quick.ts_ns == slow.ts_ns &&
                          quick.dur_ns == slow.dur_ns && quick.row == slow.row && quick.process == slow.process &&
                          quick.device == slow.device && quick.correlation == slow.correlation &&
                          quick.external_id == slow.external_id,
                      "%.*s", (int)item.size, item.data);
        for (int j = 0; j < ANOMALY_COUNT; j++)
            cr_assert_eq(tally.rows[j].count, fixture.tally.rows[j].count, "%.*s", (int)item.size, item.data);
        events += used;
    }
    cr_expect_gt(events, 500);
}
