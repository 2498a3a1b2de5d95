/* Asking the quick reader, and comparing what it answers with what others do. */
#ifndef TRACECMP_QUICK_FIXTURE_H
#define TRACECMP_QUICK_FIXTURE_H

#include "base/buf.h"
#include "flow/event.h"
#include "tokenize/quick.h"

struct quick_asked {
    enum quick_answer answer;
    size_t used;
    struct fields fields;
};

/* Behind the item QUICK_PADDING bytes must lie. */
struct quick_asked quick_ask(const struct quick *quick, struct quick_shape *shape, struct text item);
bool quick_asked_same(const struct quick_asked *a, const struct quick_asked *b);

/* The same item with a key in front that only jsmn can read; the text is in `into`, which is cleared first. */
struct text quick_avoided(struct text item, struct buf *into);
/* Is the first part of both events the same? Of Python frames nobody reads the args. */
bool quick_events_same(const struct event *a, const struct event *b);

#endif
