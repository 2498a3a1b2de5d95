#include "tokenize/split_document.h"

#include "tokenize/salvage.h"
#include "tokenize/split_item.h"
#include "tokenize/unescape.h"

enum status split_not_a_trace(uint64_t offset, const char *why, struct error *error) {
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

enum status split_record(struct splitter *splitter, struct cursor *cursor, struct error *error) {
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
    TRY(split_record(splitter, cursor, error));
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
    return splitter->head_closed ? split_not_a_trace(splitter->lost_at, "no traceEvents in the document", error)
                                 : unexpected_byte(splitter->lost_at, splitter->lost_byte, error);
}

enum status split_stray_byte(struct splitter *splitter, struct cursor *cursor, struct error *error) {
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

enum status split_start(struct splitter *splitter, struct cursor *cursor, struct error *error) {
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
        return split_stray_byte(splitter, cursor, error);
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
    TRY(split_record(splitter, cursor, error));
    splitter->form = FORM_LINES;
    splitter->place = AT_ITEM;
    splitter->items++;
    if (!splitter->recording) {
        tally_add(splitter->tally, ANOMALY_ITEM_TOO_LONG, splitter->item_offset);
        return STATUS_OK;
    }
    TRY(buf_reserve(&splitter->held, SPLIT_PADDING, error));
    const struct text span = {splitter->held.data, splitter->held.size};
    const enum status status = splitter->sink.items.item(splitter->sink.items.self, span, splitter->item_offset, error);
    stop_recording(splitter);
    return status;
}

enum status split_at_key(struct splitter *splitter, struct cursor *cursor, struct error *error) {
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
        return split_stray_byte(splitter, cursor, error);
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

enum status split_in_key(struct splitter *splitter, struct cursor *cursor, struct error *error) {
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

enum status split_at_colon(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    if (c != ':' && !scan_is_space(c))
        return split_stray_byte(splitter, cursor, error);
    splitter->stray = false;
    if (c == ':')
        splitter->place = AT_VALUE;
    cursor->at++;
    return STATUS_OK;
}

static enum status begin_events(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (cursor->data[cursor->at] != '[')
        return split_not_a_trace(split_offset(splitter, cursor), "traceEvents is not an array", error);
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

enum status split_at_value(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    struct text key;
    if (scan_is_space(c)) {
        cursor->at++;
        return STATUS_OK;
    }
    if (c != '{' && c != '[' && c != '"' && !scan_is_word(c))
        return split_stray_byte(splitter, cursor, error);
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

/* The value is not JSON: its first byte that does not fit is a stray one, and what follows is looked at as keys. */
static enum status lose_value(struct splitter *splitter, struct cursor *cursor, size_t used, struct error *error) {
    cursor->at += used;
    splitter->place = AT_KEY;
    return split_stray_byte(splitter, cursor, error);
}

enum status split_in_value(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char *from = cursor->data + cursor->at;
    const size_t left = cursor->size - cursor->at;
    size_t used;
    bool done;
    if (splitter->place == IN_PRIMITIVE) {
        used = scan_word(from, left);
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
