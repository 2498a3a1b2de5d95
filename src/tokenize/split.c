#include "tokenize/split.h"

#include <stdlib.h>

#include "tokenize/salvage.h"
#include "tokenize/split_item.h"
#include "tokenize/unescape.h"

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

static enum status not_a_trace(uint64_t offset, const char *why, struct error *error) {
    const enum status status = FAIL(error, STATUS_NOT_A_TRACE, "%s", why);
    error_at(error, "", offset);
    return status;
}

static void stop_recording(struct splitter *splitter) {
    splitter->recording = false;
    buf_clear(&splitter->held);
}

static enum status unexpected_byte(uint64_t offset, unsigned char byte, struct error *error) {
    const enum status status = byte > 0x20 && byte < 0x7f
                                   ? FAIL(error, STATUS_NOT_A_TRACE, "not JSON: unexpected '%c'", byte)
                                   : FAIL(error, STATUS_NOT_A_TRACE, "not JSON: unexpected byte 0x%02x", byte);
    error_at(error, "", offset);
    return status;
}

/* Bytes of the top-level object up to the cursor go to `held`, as long as it may be an event itself. */
static enum status record(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (!splitter->recording)
        return STATUS_OK;
    const size_t size = cursor->at - cursor->recorded;
    if (splitter->held.size + size > LIMIT_HEAD_BYTES) {
        stop_recording(splitter);
        return STATUS_OK;
    }
    const char *from = cursor->data + cursor->recorded;
    cursor->recorded = cursor->at;
    return buf_append(&splitter->held, from, size, error);
}

/* The top-level object is broken before traceEvents. If it looked like an event it is the first of many, one a line;
 * else that is still to be found out. */
static enum status lose_head(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    TRY(record(splitter, cursor, error));
    const bool recorded = splitter->recording;
    const int64_t gpu_ns = salvage_gpu_ns((struct text){splitter->held.data, splitter->held.size});
    splitter->recording = false;
    splitter->lost_at = split_offset(splitter, cursor);
    splitter->lost_byte = (unsigned char)cursor->data[cursor->at];
    if (splitter->has_ph) {
        tally_add_gpu(splitter->tally, ANOMALY_ITEM_BROKEN, splitter->item_offset, gpu_ns);
        splitter->form = FORM_LINES;
        splitter->items++;
    }
    split_seek_from(splitter, splitter->has_ph ? SEARCH_BROKEN : SEARCH_HEAD, splitter->item_offset,
                    recorded ? '{' : ',');
    splitter->search.gpu_ns = gpu_ns;
    splitter->search.mark_end = splitter->lost_at;
    return recorded ? split_seek_in_held(splitter, error) : STATUS_OK;
}

enum status split_give_up(const struct splitter *splitter, struct error *error) {
    return splitter->head_closed ? not_a_trace(splitter->lost_at, "no traceEvents in the document", error)
                                 : unexpected_byte(splitter->lost_at, splitter->lost_byte, error);
}

/* A byte that cannot stand here: before the document that means this is no trace, later it is skipped and counted. */
static enum status stray_byte(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (splitter->form == FORM_UNKNOWN)
        return unexpected_byte(split_offset(splitter, cursor), (unsigned char)cursor->data[cursor->at], error);
    if (!splitter->events_seen && splitter->form != FORM_LINES)
        return lose_head(splitter, cursor, error);
    if (!splitter->stray)
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, split_offset(splitter, cursor));
    splitter->stray = true;
    cursor->at++;
    return STATUS_OK;
}

static enum status start(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const char c = cursor->data[cursor->at];
    if (splitter->mark_bytes < 3 && split_offset(splitter, cursor) == splitter->mark_bytes &&
        c == byte_order_mark[splitter->mark_bytes]) {
        splitter->mark_bytes++;
        cursor->at++;
    } else if (scan_is_space(c)) {
        cursor->at++;
    } else if (c == '[') {
        splitter->form = FORM_ARRAY;
        splitter->events_seen = splitter->separated = true;
        splitter->place = AT_ITEM;
        cursor->at++;
    } else if (c == '{') {
        splitter->form = FORM_OBJECT;
        splitter->recording = true;
        splitter->item_offset = split_offset(splitter, cursor);
        cursor->recorded = cursor->at++;
        splitter->place = AT_KEY;
    } else {
        return stray_byte(splitter, cursor, error);
    }
    return STATUS_OK;
}

/* The top-level object is closed. */
static enum status end_object(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    cursor->at++;
    splitter->place = AFTER;
    if (splitter->events_seen)
        return STATUS_OK;
    if (!splitter->has_ph) { /* others of its kind may follow, or a document */
        stop_recording(splitter);
        splitter->head_closed = true;
        splitter->lost_at = split_offset(splitter, cursor);
        split_seek_from(splitter, SEARCH_HEAD, splitter->item_offset, '}');
        return STATUS_OK;
    }
    TRY(record(splitter, cursor, error));
    splitter->form = FORM_LINES;
    splitter->place = AT_ITEM;
    splitter->items++;
    if (!splitter->recording) {
        tally_add(splitter->tally, ANOMALY_ITEM_TOO_LONG, splitter->item_offset);
        return STATUS_OK;
    }
    TRY(buf_reserve(&splitter->held, SPLIT_PADDING, error));
    const struct text span = {splitter->held.data, splitter->held.size};
    const enum status status = splitter->sink.item(splitter->sink.self, span, splitter->item_offset, error);
    stop_recording(splitter);
    return status;
}

static enum status at_key(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    if (c == '}')
        return end_object(splitter, cursor, error);
    if (c == '"') {
        buf_clear(&splitter->key);
        splitter->kept = true;
        splitter->scan = (struct scan){.in_string = true};
        splitter->place = IN_KEY;
    } else if (c == '{' && splitter->events_seen) { /* what closed traceEvents was not its end */
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, split_offset(splitter, cursor));
        splitter->place = AT_ITEM;
        return STATUS_OK;
    } else if (!scan_is_space(c) && c != ',') {
        return stray_byte(splitter, cursor, error);
    }
    splitter->stray = false;
    cursor->at++;
    return STATUS_OK;
}

/* Keeps what fits of a key or value: one that is too long matches nothing, and is not wanted. */
static enum status keep(struct buf *to, const char *bytes, size_t size, bool *kept, struct error *error) {
    if (!*kept || size > to->limit - to->size) {
        *kept = false;
        return STATUS_OK;
    }
    return buf_append(to, bytes, size, error);
}

static enum status in_key(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char *from = cursor->data + cursor->at;
    const size_t used = scan_string(&splitter->scan, from, cursor->size - cursor->at);
    cursor->at += used;
    TRY(keep(&splitter->key, from, used - (splitter->scan.in_string ? 0 : 1), &splitter->kept, error));
    if (splitter->scan.in_string)
        return STATUS_OK;
    splitter->place = AT_COLON;
    if (!splitter->kept)
        buf_clear(&splitter->key);
    return STATUS_OK;
}

static enum status get_key(struct splitter *splitter, struct text *key, struct error *error) {
    bool repaired;
    return unescape((struct text){splitter->key.data, splitter->key.size}, &splitter->scratch, key, &repaired, error);
}

static enum status at_colon(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    if (c != ':' && !scan_is_space(c))
        return stray_byte(splitter, cursor, error);
    splitter->stray = false;
    if (c == ':')
        splitter->place = AT_VALUE;
    cursor->at++;
    return STATUS_OK;
}

static enum status begin_events(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (cursor->data[cursor->at] != '[')
        return not_a_trace(split_offset(splitter, cursor), "traceEvents is not an array", error);
    stop_recording(splitter);
    splitter->events_seen = splitter->separated = true;
    splitter->place = AT_ITEM;
    cursor->at++;
    return STATUS_OK;
}

enum status split_events_met(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const struct search search = splitter->search;
    splitter->search = (struct search){0};
    if (search.reason == SEARCH_HEAD) {
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, splitter->head_closed ? search.start : splitter->lost_at);
        return begin_events(splitter, cursor, error);
    }
    tally_add(splitter->tally, ANOMALY_TRAILING_BYTES, search.start); /* a document of its own */
    splitter->place = IN_TRAIL;
    return STATUS_OK;
}

static enum status at_value(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    struct text key;
    if (scan_is_space(c)) {
        cursor->at++;
        return STATUS_OK;
    }
    if (c != '{' && c != '[' && c != '"' && !scan_is_word(c))
        return stray_byte(splitter, cursor, error);
    splitter->stray = false;
    TRY(get_key(splitter, &key, error));
    if (text_equal(key, TEXT("traceEvents")) && (c == '[' || !splitter->events_seen))
        return begin_events(splitter, cursor, error);
    splitter->has_ph = splitter->has_ph || text_equal(key, TEXT("ph"));
    splitter->kept = splitter->sink.wants(splitter->sink.self, key);
    buf_clear(&splitter->value);
    splitter->syntax = (struct syntax){0};
    splitter->place = c == '"' ? IN_STRING : c == '{' || c == '[' ? IN_NESTED : IN_PRIMITIVE;
    if (c == '"') {
        splitter->scan = (struct scan){.in_string = true};
        cursor->at++;
        return keep(&splitter->value, "\"", 1, &splitter->kept, error);
    }
    return STATUS_OK;
}

static size_t word_length(const struct cursor *cursor) {
    size_t at = cursor->at;
    while (at < cursor->size && scan_is_word(cursor->data[at]))
        at++;
    return at - cursor->at;
}

/* The value is not JSON: its first byte that does not fit is a stray one, and what follows is looked at as keys. */
static enum status lose_value(struct splitter *splitter, struct cursor *cursor, size_t used, struct error *error) {
    cursor->at += used;
    splitter->place = AT_KEY;
    return stray_byte(splitter, cursor, error);
}

static enum status in_value(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char *from = cursor->data + cursor->at;
    const size_t left = cursor->size - cursor->at;
    size_t used;
    bool done;
    if (splitter->place == IN_PRIMITIVE) {
        used = word_length(cursor);
        done = used < left;
    } else if (splitter->place == IN_STRING) {
        used = scan_string(&splitter->scan, from, left);
        done = !splitter->scan.in_string;
    } else {
        const enum syntax_answer answer = syntax_walk(&splitter->syntax, from, left, &used);
        done = answer == SYNTAX_DONE;
        if (answer == SYNTAX_ERROR)
            return lose_value(splitter, cursor, used, error);
    }
    cursor->at += used;
    TRY(keep(&splitter->value, from, used, &splitter->kept, error));
    if (!done)
        return STATUS_OK;
    splitter->place = AT_KEY;
    struct text key;
    TRY(get_key(splitter, &key, error));
    const struct text value = {splitter->value.data, splitter->value.size};
    return splitter->kept ? splitter->sink.head(splitter->sink.self, key, value, error) : STATUS_OK;
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
    if (splitter->sink.try_item && left > SPLIT_PADDING) {
        const size_t most = left - SPLIT_PADDING;
        const struct text text = {cursor->data + cursor->at, most < SPLIT_QUICK_BYTES ? most : SPLIT_QUICK_BYTES};
        TRY(splitter->sink.try_item(splitter->sink.self, text, splitter->item_offset, &length, error));
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
        used = word_length(cursor);
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
        return stray_byte(splitter, cursor, error);
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
        return start(splitter, cursor, error);
    case AT_KEY:
        return at_key(splitter, cursor, error);
    case IN_KEY:
        return in_key(splitter, cursor, error);
    case AT_COLON:
        return at_colon(splitter, cursor, error);
    case AT_VALUE:
        return at_value(splitter, cursor, error);
    case IN_NESTED:
    case IN_STRING:
    case IN_PRIMITIVE:
        return in_value(splitter, cursor, error);
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
    TRY(record(splitter, &cursor, error));
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
        return not_a_trace(splitter->offset, splitter->offset == 0 ? "the input is empty" : "the input is blank",
                           error);
    if (splitter->search.on)
        return split_give_up(splitter, error);
    return not_a_trace(splitter->offset, "the document ends before traceEvents begins", error);
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
