#include "item_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/limits.h"
#include "tokenize/quick.h"

enum { OFFSET = 1000 };

static enum status keep(struct stage *stage, struct event *event, struct error *error) {
    struct item_fixture *fixture = (struct item_fixture *)stage;
    (void)error;
    cr_expect(!fixture->came && event->offset == OFFSET);
    fixture->event = *event;
    fixture->came = true;
    return STATUS_OK;
}

void item_fixture_init(struct item_fixture *fixture) {
    static const struct stage_ops ops = {.name = "keep", .push = keep};
    *fixture = (struct item_fixture){.stage.ops = &ops, .names = names_new(LIMIT_NAME_BYTES)};
    fixture->reader = item_reader_new(fixture->names, &fixture->tally, &fixture->document, &fixture->stage);
    cr_assert(fixture->names && fixture->reader);
}

void item_fixture_fini(struct item_fixture *fixture) {
    item_reader_free(fixture->reader);
    names_free(fixture->names);
}

bool item_fixture_read(struct item_fixture *fixture, struct text span) {
    char *copy = malloc(span.size + QUICK_PADDING);
    const struct item_sink sink = item_reader_sink(fixture->reader);
    struct error error = {0};
    memcpy(copy, span.data, span.size);
    memset(copy + span.size, '\\', QUICK_PADDING);
    fixture->tally = (struct tally){0};
    fixture->came = false;
    cr_assert_eq(sink.item(sink.self, (struct text){copy, span.size}, OFFSET, &error), STATUS_OK, "case %.*s",
                 (int)span.size, span.data);
    free(copy);
    return fixture->came;
}

struct text item_fixture_name(const struct item_fixture *fixture) {
    return names_get(fixture->names, fixture->event.name_id);
}

struct text item_fixture_device(const struct item_fixture *fixture) {
    return names_get(fixture->names, fixture->event.device);
}

bool item_fixture_counted(const struct item_fixture *fixture, enum anomaly anomaly) {
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (fixture->tally.rows[i].count != (i == (int)anomaly))
            return false;
    return anomaly == ANOMALY_COUNT || fixture->tally.rows[anomaly].first_byte == OFFSET;
}
