#include "tokenize/split.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "tokenize/quick.h"
#include "tokenize/unescape.h"

/* Where the next byte stands. */
enum place {
    AT_START, /* before the document */
    AT_KEY,   /* in the top-level object: a key, a comma or its end */
    IN_KEY,   /* inside the quotes of a key */
    AT_COLON,
    AT_VALUE,      /* before a value of the top-level object */
    IN_NESTED,     /* in a value that began with { or [ */
    IN_STRING,     /* in a value that is a string */
    IN_PRIMITIVE,  /* in a number, true, false or null */
    AT_ITEM,       /* between the elements of traceEvents */
    IN_ITEM,       /* in a {…} element */
    IN_OTHER,      /* in an element that is an array */
    IN_OTHER_TEXT, /* in one that is a string */
    IN_OTHER_WORD, /* in one that is a number, true, false or null */
    AFTER,         /* behind the document */
    IN_TRAIL,      /* behind it, in bytes that do not belong there */
};

enum form { FORM_UNKNOWN, FORM_OBJECT, FORM_ARRAY, FORM_LINES };

enum { KEY_BYTES_MAX = 1024 };

struct splitter {
    struct split_sink sink;
    const struct quick *quick;
    struct tally *tally; /* borrowed */
    enum place place;
    enum form form;
    struct scan scan;
    uint64_t offset;     /* of the next byte */
    unsigned mark_bytes; /* of a byte order mark seen so far */
    bool events_seen;    /* traceEvents, or an array, has begun */
    bool separated;      /* a comma, or the start of the array, came before the next element */
    bool stray;          /* inside a run of bytes that belong to nothing */
    bool kept;      /* the current key or value is wanted and fits so far */
    bool recording; /* the top-level object may turn out to be an event itself and goes to `held` */
    bool has_ph;    /* … it has the key of one */
    bool too_long;  /* the current item passed LIMIT_ITEM_BYTES and is skipped */
    uint64_t items;
    uint64_t item_offset;
    struct buf held; /* the unfinished item, or the recorded object */
    struct buf key, value, scratch;
};

/* The bytes at hand; at moves forward. */
struct cursor {
    const char *data;
    size_t size, at;
    size_t recorded; /* bytes before it are in `held` already */
};

struct splitter *splitter_new(const struct split_sink *sink, struct tally *tally) {
    struct splitter *splitter = calloc(1, sizeof *splitter);
    if (!splitter)
        return NULL;
    splitter->sink = *sink;
    splitter->tally = tally;
    splitter->quick = quick_get();
    buf_init(&splitter->held, LIMIT_ITEM_BYTES + SPLIT_PADDING);
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

static uint64_t offset_here(const struct splitter *splitter, const struct cursor *cursor) {
    return splitter->offset + cursor->at;
}

static enum status not_a_trace(uint64_t offset, const char *why, struct error *error) {
    const enum status status = FAIL(error, STATUS_NOT_A_TRACE, "%s", why);
    error_at(error, "", offset);
    return status;
}

/* A byte that cannot stand here: before the events that means this is no trace, later it is skipped and counted. */
static enum status stray_byte(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (!splitter->events_seen && splitter->form != FORM_LINES) {
        const unsigned char byte = (unsigned char)cursor->data[cursor->at];
        const enum status status = byte > 0x20 && byte < 0x7f
                                       ? FAIL(error, STATUS_NOT_A_TRACE, "not JSON: unexpected '%c'", byte)
                                       : FAIL(error, STATUS_NOT_A_TRACE, "not JSON: unexpected byte 0x%02x", byte);
        error_at(error, "", offset_here(splitter, cursor));
        return status;
    }
    if (!splitter->stray)
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, offset_here(splitter, cursor));
    splitter->stray = true;
    cursor->at++;
    return STATUS_OK;
}

/* Bytes of the top-level object up to the cursor go to `held`, as long as it may be an event itself. */
static enum status record(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (!splitter->recording)
        return STATUS_OK;
    const size_t size = cursor->at - cursor->recorded;
    if (splitter->held.size + size > LIMIT_HEAD_BYTES) {
        splitter->recording = false;
        buf_clear(&splitter->held);
        return STATUS_OK;
    }
    const char *from = cursor->data + cursor->recorded;
    cursor->recorded = cursor->at;
    return buf_append(&splitter->held, from, size, error);
}

static void stop_recording(struct splitter *splitter) {
    splitter->recording = false;
    buf_clear(&splitter->held);
}

static enum status start(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const char c = cursor->data[cursor->at];
    if (splitter->mark_bytes < 3 && offset_here(splitter, cursor) == splitter->mark_bytes &&
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
        splitter->item_offset = offset_here(splitter, cursor);
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
    if (!splitter->has_ph)
        return not_a_trace(offset_here(splitter, cursor), "no traceEvents in the document", error);
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
        return not_a_trace(offset_here(splitter, cursor), "traceEvents is not an array", error);
    stop_recording(splitter);
    splitter->events_seen = splitter->separated = true;
    splitter->place = AT_ITEM;
    cursor->at++;
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
    splitter->scan = (struct scan){0};
    splitter->place = c == '"' ? IN_STRING : c == '{' || c == '[' ? IN_NESTED : IN_PRIMITIVE;
    if (c == '"') {
        splitter->scan.in_string = true;
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
        used = splitter->quick->value(&splitter->scan, from, left);
        done = scan_done(&splitter->scan);
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
    const uint64_t offset = offset_here(splitter, cursor);
    if (!splitter->separated && splitter->form != FORM_LINES)
        tally_add(splitter->tally, ANOMALY_MISSING_COMMA, offset);
    splitter->separated = splitter->stray = false;
    splitter->item_offset = offset;
    splitter->items++;
    splitter->scan = (struct scan){0};
}

static enum status give_item(struct splitter *splitter, struct text span, struct error *error) {
    if (splitter->too_long || span.size > LIMIT_ITEM_BYTES) {
        tally_add(splitter->tally, ANOMALY_ITEM_TOO_LONG, splitter->item_offset);
        return STATUS_OK;
    }
    return splitter->sink.item(splitter->sink.self, span, splitter->item_offset, error);
}

static enum status hold(struct splitter *splitter, const char *bytes, size_t size, struct error *error) {
    TRY(buf_append(&splitter->held, bytes, size, error));
    return buf_reserve(&splitter->held, SPLIT_PADDING, error);
}

/* Most items lie whole in the chunk, with enough behind them for the sink to take them at once. */
static enum status try_item(struct splitter *splitter, struct cursor *cursor, size_t *length, struct error *error) {
    const size_t left = cursor->size - cursor->at;
    *length = 0;
    if (!splitter->sink.try_item || left <= SPLIT_PADDING)
        return STATUS_OK;
    const size_t size = left - SPLIT_PADDING < LIMIT_ITEM_BYTES ? left - SPLIT_PADDING : LIMIT_ITEM_BYTES;
    const struct text data = {cursor->data + cursor->at, size};
    TRY(splitter->sink.try_item(splitter->sink.self, data, splitter->item_offset, length, error));
    cursor->at += *length;
    return STATUS_OK;
}

/* Of the others, those that lie whole in the chunk are handed on from there; the rest is held. */
static enum status begin_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    size_t used;
    begin_element(splitter, cursor);
    TRY(try_item(splitter, cursor, &used, error));
    if (used > 0)
        return STATUS_OK;
    const char *from = cursor->data + cursor->at;
    used = splitter->quick->value(&splitter->scan, from, cursor->size - cursor->at);
    cursor->at += used;
    splitter->too_long = used > LIMIT_ITEM_BYTES;
    const bool done = scan_done(&splitter->scan);
    if (done && (splitter->too_long || cursor->size - cursor->at >= SPLIT_PADDING))
        return give_item(splitter, (struct text){from, used}, error);
    buf_clear(&splitter->held);
    if (!splitter->too_long)
        TRY(hold(splitter, from, used, error));
    splitter->place = done ? AT_ITEM : IN_ITEM;
    return done ? give_item(splitter, (struct text){splitter->held.data, used}, error) : STATUS_OK;
}

static enum status in_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char *from = cursor->data + cursor->at;
    const size_t used = splitter->quick->value(&splitter->scan, from, cursor->size - cursor->at);
    cursor->at += used;
    if (!splitter->too_long && used > LIMIT_ITEM_BYTES - splitter->held.size) {
        splitter->too_long = true;
        buf_fini(&splitter->held);
    }
    if (!splitter->too_long)
        TRY(hold(splitter, from, used, error));
    if (!scan_done(&splitter->scan))
        return STATUS_OK;
    splitter->place = AT_ITEM;
    const enum status status = give_item(splitter, (struct text){splitter->held.data, splitter->held.size}, error);
    splitter->too_long = false;
    return status;
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

static void in_other(struct splitter *splitter, struct cursor *cursor) {
    const char *from = cursor->data + cursor->at;
    const size_t left = cursor->size - cursor->at;
    bool done;
    if (splitter->place == IN_OTHER_WORD) {
        const size_t used = word_length(cursor);
        cursor->at += used;
        done = used < left;
    } else if (splitter->place == IN_OTHER_TEXT) {
        cursor->at += scan_string(&splitter->scan, from, left);
        done = !splitter->scan.in_string;
    } else {
        cursor->at += splitter->quick->value(&splitter->scan, from, left);
        done = scan_done(&splitter->scan);
    }
    if (done)
        splitter->place = AT_ITEM;
}

static enum status at_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    while (cursor->at < cursor->size && scan_is_space(cursor->data[cursor->at]))
        cursor->at++;
    if (cursor->at == cursor->size)
        return STATUS_OK;
    const char c = cursor->data[cursor->at];
    if (c == '{')
        return begin_item(splitter, cursor, error);
    if (c == ',') {
        splitter->separated = true;
        splitter->stray = false;
        cursor->at++;
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

static void after(struct splitter *splitter, struct cursor *cursor) {
    if (splitter->place == IN_TRAIL) {
        cursor->at = cursor->size;
    } else if (scan_is_space(cursor->data[cursor->at])) {
        cursor->at++;
    } else {
        tally_add(splitter->tally, ANOMALY_TRAILING_BYTES, offset_here(splitter, cursor));
        splitter->place = IN_TRAIL;
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
        return in_item(splitter, cursor, error);
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

enum status splitter_push(struct splitter *splitter, const struct chunk *chunk, struct error *error) {
    struct cursor cursor = {.data = chunk->data, .size = chunk->size};
    while (cursor.at < cursor.size)
        TRY(advance(splitter, &cursor, error));
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
    splitter->stray = splitter->too_long = false;
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
    return not_a_trace(splitter->offset, "the document ends before traceEvents begins", error);
}

enum status splitter_end(struct splitter *splitter, struct error *error) {
    if (splitter->form != FORM_LINES && !splitter->events_seen)
        return end_too_early(splitter, error);
    if (!splitter_complete(splitter))
        tally_add(splitter->tally, ANOMALY_TRUNCATED, splitter->offset);
    else if (!splitter_closed(splitter) && splitter->form == FORM_ARRAY)
        tally_add(splitter->tally, ANOMALY_ARRAY_OPEN, splitter->offset);
    return STATUS_OK;
}

bool splitter_closed(const struct splitter *splitter) {
    return splitter->place == AFTER || splitter->place == IN_TRAIL;
}

/* An array may stay open. */
bool splitter_complete(const struct splitter *splitter) {
    const bool between = splitter->place == AT_ITEM || splitter->place == IN_OTHER_WORD;
    const bool may_stay_open = splitter->form == FORM_ARRAY || splitter->form == FORM_LINES;
    return splitter_closed(splitter) || (between && may_stay_open);
}
uint64_t splitter_items(const struct splitter *splitter) {
    return splitter->items;
}
