/* Bytes as a document: however it is cut into chunks, the same items, events and counts come of it; also by threads. */
#include "../unit/tokenize/document_log.h"
#include "target.h"

static void expect_same(document_log *log, struct text document, size_t chunk_bytes, struct text whole) {
    const struct text cut = log(document, chunk_bytes);
    cr_assert(text_equal(cut, whole));
    free((void *)cut.data);
}

/* Threads and chunks of one byte take their time: not for every input. */
static void check(document_log *log, struct text document, struct seeded *seeded) {
    const struct text whole = log(document, 0);
    expect_same(log, document, 1 + seeded_below(seeded, document.size + 1), whole);
    expect_same(log, document, 1 + seeded_below(seeded, 1 + document.size / 16), whole);
    if (log == event_log && seeded_below(seeded, 8) == 0)
        expect_same(threaded_event_log, document, 1 + seeded_below(seeded, document.size + 1), whole);
    free((void *)whole.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text document = target_text(data, size);
    struct seeded seeded = target_seed(data, size);
    check(split_log, document, &seeded);
    check(event_log, document, &seeded);
    return 0;
}
