/* One item reader and all that it writes to. */
#ifndef TRACECMP_ITEM_FIXTURE_H
#define TRACECMP_ITEM_FIXTURE_H

#include "tokenize/item.h"

struct item_fixture {
    struct stage stage; /* first; gets the events */
    struct names *names;
    struct tally tally;
    struct document document;
    struct item_reader *reader;
    struct event event; /* of the last item */
    bool came;
};

void item_fixture_init(struct item_fixture *fixture);
void item_fixture_fini(struct item_fixture *fixture);
/* Reads a copy of the span with the padding it needs; forgets the tally of the item before. True: an event came. */
bool item_fixture_read(struct item_fixture *fixture, struct text span);
/* The names of the last event. */
struct text item_fixture_name(const struct item_fixture *fixture);
struct text item_fixture_device(const struct item_fixture *fixture);
/* True when exactly this anomaly was counted, once; ANOMALY_COUNT: none was. */
bool item_fixture_counted(const struct item_fixture *fixture, enum anomaly anomaly);

#endif
