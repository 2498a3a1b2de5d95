#include "quick_fixture.h"

#include <criterion/criterion.h>

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

bool quick_asked_same(const struct quick_asked *a, const struct quick_asked *b) {
    return a->answer == b->answer && (a->answer == QUICK_UNSURE || a->used == b->used) &&
           (a->answer != QUICK_FIELDS || same_fields(&a->fields, &b->fields));
}

struct quick_asked quick_ask(const struct quick *quick, struct quick_shape *shape, struct text item) {
    struct quick_asked asked = {0};
    asked.answer = quick->item(shape, item.data, item.size, &asked.fields, &asked.used);
    return asked;
}

static void append(struct buf *into, const char *data, size_t size) {
    struct error error;
    cr_assert_eq(buf_append(into, data, size, &error), STATUS_OK);
}

struct text quick_avoided(struct text item, struct buf *into) {
    static const char key[] = "{\"z\\u0041\":\"\"";
    size_t blanks = 1;
    while (blanks < item.size && strchr(" \n\r\t", item.data[blanks]))
        blanks++;
    const bool empty = blanks < item.size && item.data[blanks] == '}';
    buf_clear(into);
    append(into, key, sizeof key - 1);
    append(into, ",", !empty);
    append(into, item.data + 1, item.size - 1);
    return (struct text){into->data, into->size};
}

bool quick_events_same(const struct event *a, const struct event *b) {
    return a->kind == b->kind && a->name_id == b->name_id && a->ts_ns == b->ts_ns && a->dur_ns == b->dur_ns &&
           a->row == b->row && a->process == b->process && a->device == b->device &&
           (a->kind == EVENT_PYTHON || (a->correlation == b->correlation && a->external_id == b->external_id));
}
