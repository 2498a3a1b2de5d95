#include "tokenize/split.h"

#include <stdlib.h>

#include "tokenize/split_document.h"
#include "tokenize/split_item.h"

enum { KEY_BYTES_MAX = 1024 };

struct splitter *splitter_new(const struct split_sink *sink, struct tally *tally) {
    struct splitter *splitter = calloc(1, sizeof *splitter);
    if (!splitter)
        return NULL;
    splitter->sink = *sink;
    splitter->tally = tally;
    buf_init(&splitter->held, SPLIT_HELD_BYTES);
    buf_init(&splitter->key, KEY_BYTES_MAX);
    buf_init(&splitter->value, LIMIT_HEAD_BYTES);
    buf_init(&splitter->scratch, LIMIT_HEAD_BYTES);
    return splitter;
}

void splitter_free(struct splitter *splitter) {
    if (!splitter)
        return;
    buf_fini(&splitter->held);
    buf_fini(&splitter->key);
    buf_fini(&splitter->value);
    buf_fini(&splitter->scratch);
    free(splitter);
}

static void begin_element(struct splitter *splitter, const struct cursor *cursor) {
    const uint64_t offset = split_offset(splitter, cursor);
    if (!splitter->separated && splitter->form != FORM_LINES)
        tally_add(splitter->tally, ANOMALY_MISSING_COMMA, offset);
    splitter->separated = splitter->stray = false;
    splitter->item_offset = offset;
    splitter->items++;
    splitter->scan = (struct scan){0};
}

/* Most items lie whole in the chunk, with enough behind them for the sink to take them at once. */
static enum status begin_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const size_t left = cursor->size - cursor->at;
    size_t length = 0;
    begin_element(splitter, cursor);
    if (splitter->sink.items.try_item && left > SPLIT_PADDING) {
        const size_t most = left - SPLIT_PADDING;
        const struct text text = {cursor->data + cursor->at, most < SPLIT_QUICK_BYTES ? most : SPLIT_QUICK_BYTES};
        TRY(splitter->sink.items.try_item(splitter->sink.items.self, text, splitter->item_offset, &length, error));
        cursor->at += length;
    }
    if (length == 0)
        split_walk_item(splitter, cursor);
    return STATUS_OK;
}

static void begin_other(struct splitter *splitter, struct cursor *cursor) {
    const char c = cursor->data[cursor->at];
    begin_element(splitter, cursor);
    tally_add(splitter->tally, ANOMALY_ITEM_NOT_OBJECT, splitter->item_offset);
    splitter->place = c == '[' ? IN_OTHER : c == '"' ? IN_OTHER_TEXT : IN_OTHER_WORD;
    if (c == '"') {
        splitter->scan.in_string = true;
        cursor->at++;
    }
}

/* No element of these holds an object: it is rather an item, behind a bracket or quote too many. */
static bool is_item_within(struct splitter *splitter, struct cursor *cursor, size_t used) {
    const char *from = cursor->data + cursor->at, *bracket = memchr(from, '{', used);
    cursor->at += bracket ? (size_t)(bracket - from) : used;
    if (!bracket)
        return false;
    tally_add(splitter->tally, ANOMALY_STRAY_BYTES, splitter->item_offset);
    splitter->separated = true;
    return true;
}

static void in_other(struct splitter *splitter, struct cursor *cursor) {
    const char *from = cursor->data + cursor->at;
    const size_t left = cursor->size - cursor->at;
    size_t used;
    bool done;
    if (splitter->place == IN_OTHER_WORD) {
        used = scan_word(from, left);
        done = used < left;
    } else if (splitter->place == IN_OTHER_TEXT) {
        used = scan_string(&splitter->scan, from, left);
        done = !splitter->scan.in_string;
    } else {
        used = scan_value(&splitter->scan, from, left);
        done = scan_done(&splitter->scan);
    }
    if (is_item_within(splitter, cursor, used) || done)
        splitter->place = AT_ITEM;
}

/* What is no item stands between two of them. */
static enum status at_mark(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    if (c == ':' || (c == '"' && splitter->stray)) { /* in the middle of an item, then */
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, split_offset(splitter, cursor));
        split_seek_from(splitter, SEARCH_BROKEN, split_offset(splitter, cursor), c);
    } else if (c == ']' && splitter->form != FORM_LINES) {
        splitter->place = splitter->form == FORM_OBJECT ? AT_KEY : AFTER;
        cursor->at++;
    } else if (!splitter->stray && splitter->form != FORM_LINES && (c == '[' || c == '"' || scan_is_word(c))) {
        begin_other(splitter, cursor);
    } else {
        return split_stray_byte(splitter, cursor, error);
    }
    return STATUS_OK;
}

static enum status at_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    while (splitter->place == AT_ITEM && cursor->at < cursor->size) {
        const char c = cursor->data[cursor->at];
        if (scan_is_space(c)) {
            cursor->at++;
        } else if (c == ',') {
            splitter->separated = true;
            splitter->stray = false;
            cursor->at++;
        } else if (c == '{') {
            TRY(begin_item(splitter, cursor, error));
        } else {
            TRY(at_mark(splitter, cursor, error));
        }
    }
    return STATUS_OK;
}

/* What closed the document may not have been its end: then items follow. */
static void after(struct splitter *splitter, struct cursor *cursor) {
    const char c = cursor->data[cursor->at];
    const uint64_t offset = split_offset(splitter, cursor);
    if (splitter->place == IN_TRAIL) {
        cursor->at = cursor->size;
    } else if (scan_is_space(c)) {
        cursor->at++;
    } else if (c == ',' && splitter->form == FORM_ARRAY) {
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, offset);
        splitter->place = AT_ITEM;
    } else if (c == '[') {
        tally_add(splitter->tally, ANOMALY_TRAILING_BYTES, offset);
        splitter->place = IN_TRAIL;
    } else {
        split_seek_from(splitter, SEARCH_TRAIL, offset, ',');
    }
}

static enum status advance(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    switch (splitter->place) {
    case AT_START:
        return split_start(splitter, cursor, error);
    case AT_KEY:
        return split_at_key(splitter, cursor, error);
    case IN_KEY:
        return split_in_key(splitter, cursor, error);
    case AT_COLON:
        return split_at_colon(splitter, cursor, error);
    case AT_VALUE:
        return split_at_value(splitter, cursor, error);
    case IN_NESTED:
    case IN_STRING:
    case IN_PRIMITIVE:
        return split_in_value(splitter, cursor, error);
    case AT_ITEM:
        return at_item(splitter, cursor, error);
    case IN_ITEM:
        return split_in_item(splitter, cursor, error);
    case IN_DOUBT:
        return split_in_doubt(splitter, cursor, error);
    case BEHIND_FOUND:
        return split_behind_found(splitter, cursor, error);
    case BEHIND_END:
        return split_behind_end(splitter, cursor, error);
    case IN_LONG:
        split_in_long(splitter, cursor);
        return STATUS_OK;
    case SEEKING:
        return split_seeking(splitter, cursor, error);
    case IN_OTHER:
    case IN_OTHER_TEXT:
    case IN_OTHER_WORD:
        in_other(splitter, cursor);
        return STATUS_OK;
    case AFTER:
    case IN_TRAIL:
        after(splitter, cursor);
        return STATUS_OK;
    }
    return STATUS_OK;
}

enum status split_run(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    while (cursor->at < cursor->size)
        TRY(advance(splitter, cursor, error));
    return STATUS_OK;
}

enum status splitter_push(struct splitter *splitter, const struct chunk *chunk, struct error *error) {
    struct cursor cursor = {.data = chunk->data, .size = chunk->size};
    TRY(split_run(splitter, &cursor, error));
    TRY(split_record(splitter, &cursor, error));
    splitter->offset += chunk->size;
    return STATUS_OK;
}

bool splitter_between(const struct splitter *splitter) {
    return splitter->place == AT_ITEM && splitter->separated && !splitter->stray && splitter->form != FORM_LINES;
}

void splitter_resume(struct splitter *splitter, const struct splitter *document, uint64_t offset, struct tally *tally) {
    splitter->form = document->form;
    splitter->place = AT_ITEM;
    splitter->events_seen = splitter->separated = true;
    splitter->stray = false;
    splitter->search = (struct search){0};
    splitter->offset = offset;
    splitter->items = 0;
    splitter->tally = tally;
}

void splitter_skip(struct splitter *splitter, uint64_t bytes, uint64_t items) {
    splitter->offset += bytes;
    splitter->items += items;
}

static enum status end_too_early(const struct splitter *splitter, struct error *error) {
    if (splitter->place == AT_START)
        return split_not_a_trace(splitter->offset, splitter->offset == 0 ? "the input is empty" : "the input is blank",
                           error);
    if (splitter->search.on)
        return split_give_up(splitter, error);
    return split_not_a_trace(splitter->offset, "the document ends before traceEvents begins", error);
}

static bool in_trail(const struct splitter *splitter) {
    return splitter->search.on && splitter->search.reason == SEARCH_TRAIL;
}

enum status splitter_end(struct splitter *splitter, struct error *error) {
    TRY(split_end_items(splitter, error));
    if (splitter->form != FORM_LINES && !splitter->events_seen)
        return end_too_early(splitter, error);
    if (in_trail(splitter))
        tally_add(splitter->tally, ANOMALY_TRAILING_BYTES, splitter->search.start);
    if (!splitter_complete(splitter))
        tally_add(splitter->tally, ANOMALY_TRUNCATED, splitter->offset);
    else if (splitter->form == FORM_ARRAY && (splitter->place == AT_ITEM || splitter->place == IN_OTHER_WORD))
        tally_add(splitter->tally, ANOMALY_ARRAY_OPEN, splitter->offset);
    return STATUS_OK;
}

/* An object without events that is all there was, too. */
bool splitter_closed(const struct splitter *splitter) {
    const bool alone = splitter->place == SEEKING && splitter->search.reason == SEARCH_HEAD && splitter->head_closed;
    return splitter->place == AFTER || splitter->place == IN_TRAIL || splitter->place == BEHIND_END ||
           in_trail(splitter) || (alone && splitter->search.before == '}');
}

/* Where nothing need follow, a broken item came to its end by its last byte. */
static bool ends_behind_broken(const struct splitter *splitter) {
    return splitter->place == SEEKING && splitter->search.reason == SEARCH_BROKEN && splitter->form != FORM_OBJECT &&
           splitter->search.before == '}';
}

/* An array may stay open. */
bool splitter_complete(const struct splitter *splitter) {
    const bool between = splitter->place == AT_ITEM || splitter->place == IN_OTHER_WORD;
    const bool may_stay_open = splitter->form == FORM_ARRAY || splitter->form == FORM_LINES;
    return splitter_closed(splitter) || ends_behind_broken(splitter) || (between && may_stay_open);
}
uint64_t splitter_items(const struct splitter *splitter) {
    return splitter->items;
}
