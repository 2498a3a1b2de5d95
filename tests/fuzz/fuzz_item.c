/* Bytes as items, one behind the other, the last perhaps not whole: both builds of the quick reader give the same
 * answer, whatever the item before taught them and whatever lies behind; an item ends where its brackets say; and where
 * an item is valid JSON whose keys come once, the event is the one that jsmn's way gives. */
#include "../unit/report/json_checker.h"
#include "../unit/tokenize/item_fixture.h"
#include "../unit/tokenize/quick_fixture.h"
#include "target.h"
#include "tokenize/tokens.h"

/* A copy with the padding filled, in memory of its own. */
static struct text padded(struct text item, char padding) {
    char *copy = malloc(item.size + QUICK_PADDING);
    cr_assert(copy);
    memcpy(copy, item.data, item.size);
    memset(copy + item.size, padding, QUICK_PADDING);
    return (struct text){copy, item.size};
}

/* The fields of all answers lie in one copy each, which may go when they have been compared. */
static void check_builds(struct text item, struct quick_shape *shape) {
    struct quick_shape nothing = {0}, taught = *shape;
    const struct text first = padded(item, '}'), second = padded(item, '"');
    const struct quick_asked best = quick_ask(quick_get(), shape, first);
    const struct quick_asked fresh = quick_ask(quick_get(), &nothing, second);
    const struct quick_asked portable = quick_ask(&quick_portable, &taught, second);
    struct scan scan = {0};
    cr_assert(quick_asked_same(&best, &fresh));
    cr_assert(quick_asked_same(&best, &portable));
    if (best.answer != QUICK_UNSURE) {
        cr_assert_eq(scan_value(&scan, item.data, item.size), best.used);
        cr_assert(scan_done(&scan));
    }
    free((void *)first.data);
    free((void *)second.data);
}

static bool keys_differ(const struct tokens *tokens, int object) {
    bool broken = false;
    for (int key = 0; tokens_next_pair(tokens, object, &key, &broken);)
        for (int other = 0; tokens_next_pair(tokens, object, &other, &broken) && other < key;)
            if (text_equal(tokens_text(tokens, key), tokens_text(tokens, other)))
                return false;
    return !broken;
}

/* Valid, without escapes in it (which the quick reader leaves to jsmn in keys) and with every key of the item, and of
 * each object in it, once. */
static bool is_plain(struct text item) {
    struct tokens tokens;
    struct error error;
    bool plain;
    char *copy = strndup(item.data, item.size);
    cr_assert(copy);
    tokens_init(&tokens);
    cr_assert_eq(tokens_parse(&tokens, item, &plain, &error), STATUS_OK);
    plain = plain && !memchr(item.data, '\\', item.size) && strlen(copy) == item.size && json_checker_accepts(copy);
    for (int i = 0; plain && i < tokens.count; i++)
        plain = tokens.list[i].type != JSMN_OBJECT || keys_differ(&tokens, i);
    tokens_fini(&tokens);
    free(copy);
    return plain;
}

static void check_event(struct item_fixture *fixture, struct text item) {
    struct buf slow;
    buf_init(&slow, item.size + 64);
    const bool used = item_fixture_read(fixture, item);
    const struct event event = fixture->event;
    const struct tally tally = fixture->tally;
    cr_assert_eq(item_fixture_read(fixture, quick_avoided(item, &slow)), used);
    cr_assert(!used || quick_events_same(&event, &fixture->event));
    for (int i = 0; i < ANOMALY_COUNT; i++)
        cr_assert_eq(tally.rows[i].count, fixture->tally.rows[i].count);
    buf_fini(&slow);
}

/* From the first bracket on, as long as brackets say; nothing when there is none. */
static struct text next_item(struct text *rest) {
    const char *start = rest->size > 0 ? memchr(rest->data, '{', rest->size) : NULL;
    if (!start)
        return (struct text){NULL, 0};
    struct scan scan = {0};
    const size_t left = rest->size - (size_t)(start - rest->data);
    const struct text item = {start, scan_value(&scan, start, left)};
    *rest = (struct text){start + item.size, left - item.size};
    return item;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct quick_shape shape = {0};
    struct item_fixture fixture;
    struct text rest = target_text(data, size), item;
    item_fixture_init(&fixture);
    while ((item = next_item(&rest)).size > 0) {
        check_builds(item, &shape);
        if (is_plain(item))
            check_event(&fixture, item);
        else
            (void)item_fixture_read(&fixture, item);
    }
    item_fixture_fini(&fixture);
    return 0;
}
