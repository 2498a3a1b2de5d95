/* The code of quick.h, compiled once for each way to make masks: the including file defines mask_equal,
 * mask_equal_folded, prefix_xor, find_quote, find_word_end, find_ink, same_32, QUICK_NAME and QUICK_TABLE. */
#include "tokenize/quick.h"

#include <stddef.h>
#include <string.h>

/* Quotes, and the brackets outside of strings, of 64 bytes without a backslash. */
struct masks {
    uint64_t quotes, opens, closes, strings; /* strings: from each opening quote to before its closing one */
};

static inline struct masks masks_of(const char *data, bool in_string) {
    const uint64_t quotes = mask_equal(data, '"');
    const uint64_t strings = prefix_xor(quotes) ^ (in_string ? ~UINT64_C(0) : 0);
    return (struct masks){quotes, mask_equal_folded(data, '{') & ~strings, mask_equal_folded(data, '}') & ~strings,
                          strings};
}

/* The bracket that brings the depth to 0 lies among 64 bytes when there are enough closing ones; 0: it does not,
 * else its place + 1. */
static inline unsigned find_close(const struct masks *masks, uint64_t *depth) {
    const uint64_t opened = (uint64_t)__builtin_popcountll(masks->opens);
    const uint64_t closed = (uint64_t)__builtin_popcountll(masks->closes);
    if (closed < *depth) {
        *depth += opened - closed;
        return 0;
    }
    for (uint64_t bits = masks->opens | masks->closes; bits; bits &= bits - 1) {
        if (masks->opens & bits & -bits)
            ++*depth;
        else if (--*depth == 0)
            return (unsigned)__builtin_ctzll(bits) + 1;
    }
    return 0;
}

/* A block at the end of the data, or with a backslash, goes byte by byte. */
static size_t value(struct scan *scan, const char *data, size_t size) {
    size_t at = 0;
    if (scan->depth == 0 && size > 0)
        at = scan_value(scan, data, 1);
    while (size - at >= 64) {
        if (scan->escaped || mask_equal(data + at, '\\')) {
            const size_t used = scan_value(scan, data + at, 64);
            at += used;
            if (scan_done(scan))
                return at;
            continue;
        }
        const struct masks masks = masks_of(data + at, scan->in_string);
        const unsigned close = find_close(&masks, &scan->depth);
        if (close > 0) {
            scan->in_string = false;
            return at + close;
        }
        scan->in_string = masks.strings >> 63;
        at += 64;
    }
    return scan_done(scan) ? at : at + scan_value(scan, data + at, size - at);
}

/* Where we are in an item. Reading stops at `end`; loads may touch the padding behind it. */
struct walk {
    const char *at, *end;
    bool arguments_seen;
};

static inline void skip_space(struct walk *walk) {
    while (walk->at < walk->end && (unsigned char)*walk->at <= ' ') {
        const unsigned blank = find_ink(walk->at);
        walk->at += blank;
        if (blank < 32)
            return;
    }
}

/* From behind an opening quote to behind the closing one; false at a backslash or the end. */
static inline bool read_string(struct walk *walk, struct text *text) {
    const char *start = walk->at;
    while (walk->at < walk->end) {
        const unsigned plain = find_quote(walk->at);
        walk->at += plain;
        if (plain == 32)
            continue;
        if (walk->at >= walk->end || *walk->at != '"')
            return false;
        *text = (struct text){start, (size_t)(walk->at++ - start)};
        return true;
    }
    return false;
}

/* With a quote or an opening bracket in it, where the item ends is for scan_value to say. */
static inline bool read_word(struct walk *walk, struct text *text) {
    const char *start = walk->at;
    while (walk->at < walk->end) {
        const unsigned length = find_word_end(walk->at);
        walk->at += length;
        if (length == 32)
            continue;
        const char stop = *walk->at;
        *text = (struct text){start, (size_t)(walk->at - start)};
        return walk->at < walk->end && walk->at > start && stop != '"' && stop != '{' && stop != '[';
    }
    return false;
}

static inline bool take(struct walk *walk, char c) {
    skip_space(walk);
    if (walk->at >= walk->end || *walk->at != c)
        return false;
    walk->at++;
    return true;
}

__attribute__((always_inline)) static inline bool read_scalar(struct walk *walk, struct field *field) {
    skip_space(walk);
    if (walk->at >= walk->end || *walk->at == '{' || *walk->at == '[')
        return false;
    if (*walk->at != '"') {
        field->type = FIELD_PRIMITIVE;
        return read_word(walk, &field->text);
    }
    walk->at++;
    field->type = FIELD_STRING;
    return read_string(walk, &field->text);
}

static inline bool begins(const char *at, struct text word) {
    return memcmp(at, word.data, word.size) == 0;
}

/* What may stand before a string: not so the end of another one. A quote too many turns strings inside out, so that
 * what then seems to begin one mostly closes one, behind its last letter. */
static inline bool may_precede_string(char c) {
    return (unsigned char)c <= ' ' || c == ',' || c == ':' || c == '[' || c == '{';
}

/* The quote of the first string that begins in 64 bytes of an item, when it cannot stand there. */
static inline uint64_t misplaced_quote(const char *data, const struct masks *masks) {
    const uint64_t opening = masks->quotes & masks->strings;
    if (opening == 0 || may_precede_string(data[(ptrdiff_t)__builtin_ctzll(opening) - 1]))
        return 0;
    return opening & -opening;
}

/* Is that the end of a pair, with another one or the end of the object behind it? */
static inline bool ends_pair(struct walk walk) {
    skip_space(&walk);
    if (walk.at >= walk.end || *walk.at != ',')
        return walk.at < walk.end && *walk.at == '}';
    walk.at++;
    return take(&walk, '"');
}

/* A key of args whose opening quote is at `at`: reads its value if it is one of ours. False: unsure. */
static inline bool read_argument(const char *at, const char *end, struct fields *fields) {
    struct field *field;
    size_t size;
    if (begins(at, TEXT("\"External id\"")))
        field = &fields->external_id, size = sizeof "\"External id\"" - 1;
    else if (begins(at, TEXT("\"correlation\"")))
        field = &fields->correlation, size = sizeof "\"correlation\"" - 1;
    else if (begins(at, TEXT("\"device\"")))
        field = &fields->device, size = sizeof "\"device\"" - 1;
    else
        return true;
    struct walk walk = {.at = at + size, .end = end};
    if (!take(&walk, ':')) /* it is a value, not a key */
        return true;
    return read_scalar(&walk, field) && ends_pair(walk);
}

/* Bit i: the byte behind data[i] may be the first letter of a key of ours. */
static inline uint64_t mask_of_keys(const char *data) {
    return mask_equal(data + 1, 'E') | mask_equal(data + 1, 'c') | mask_equal(data + 1, 'd');
}

/* Over the object that begins at walk->at, reading the keys of ours on its first level. A backslash in it, or a quote
 * that cannot be one: unsure. What lies behind it must not matter: the answer may not depend on how the input was
 * cut. */
static inline bool read_arguments(struct walk *walk, bool wanted, struct fields *fields) {
    bool in_string = false;
    uint64_t depth = 0;
    for (;; walk->at += 64) {
        if (walk->at >= walk->end)
            return false;
        const struct masks masks = masks_of(walk->at, in_string);
        const uint64_t stops = mask_equal(walk->at, '\\') | misplaced_quote(walk->at, &masks);
        const uint64_t keys = wanted ? masks.quotes & masks.strings & mask_of_keys(walk->at) : 0;
        const uint64_t closed = (uint64_t)__builtin_popcountll(masks.closes);
        if (!keys && closed < depth && !stops) {
            depth += (uint64_t)__builtin_popcountll(masks.opens) - closed;
            in_string = masks.strings >> 63;
            continue;
        }
        for (uint64_t bits = masks.opens | masks.closes | keys; bits; bits &= bits - 1) {
            const char *here = walk->at + __builtin_ctzll(bits);
            const uint64_t bit = bits & -bits;
            if (stops & (bit - 1))
                return false;
            if (keys & bit) {
                if (depth == 1 && !read_argument(here, walk->end, fields))
                    return false;
            } else if (masks.opens & bit) {
                depth++;
            } else if (--depth == 0) {
                walk->at = here + 1;
                return here < walk->end && *here == '}';
            }
        }
        if (stops)
            return false;
        in_string = masks.strings >> 63;
    }
}

/* May a bracket that opens stand at `at`, inside so many others? Some byte that is no space stands before it. */
static inline bool may_open(const char *at, uint64_t depth) {
    do
        at--;
    while ((unsigned char)*at <= ' ');
    return *at == ':' || (depth > 1 && (*at == '[' || *at == ','));
}

/* Over the rest of the item, from between two of its pairs; unsure at the same bytes. */
static inline bool skip_item(struct walk *walk) {
    bool in_string = false;
    uint64_t depth = 1;
    for (; walk->at < walk->end; walk->at += 64) {
        const struct masks masks = masks_of(walk->at, in_string);
        const uint64_t stops = mask_equal(walk->at, '\\') | misplaced_quote(walk->at, &masks);
        for (uint64_t bits = masks.opens | masks.closes; bits; bits &= bits - 1) {
            const char *here = walk->at + __builtin_ctzll(bits);
            const uint64_t bit = bits & -bits;
            if (stops & (bit - 1))
                return false;
            if (masks.opens & bit) {
                if (!may_open(here, depth++))
                    return false;
            } else if (--depth == 0) {
                walk->at = here + 1;
                return here < walk->end && *here == '}';
            }
        }
        if (stops)
            return false;
        in_string = masks.strings >> 63;
    }
    return false;
}

/* Up to four letters of a key as a number. */
#define KEY(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

static inline uint32_t key_number(struct text key) {
    static const uint32_t masks[] = {0, 0xFF, 0xFFFF, 0xFFFFFF, UINT32_MAX};
    uint32_t number; /* of four bytes, which are there: a quote and the padding lie behind the key */
    memcpy(&number, key.data, sizeof number);
    return key.size <= 4 ? number & masks[key.size] : 0;
}

/* The field of a key that we read; NULL for the others. */
static inline struct field *field_of(struct fields *fields, uint32_t key) {
    switch (key) {
    case KEY('p', 'h', 0, 0):
        return &fields->ph;
    case KEY('c', 'a', 't', 0):
        return &fields->cat;
    case KEY('n', 'a', 'm', 'e'):
        return &fields->name;
    case KEY('p', 'i', 'd', 0):
        return &fields->pid;
    case KEY('t', 'i', 'd', 0):
        return &fields->tid;
    case KEY('t', 's', 0, 0):
        return &fields->ts;
    case KEY('d', 'u', 'r', 0):
        return &fields->dur;
    default:
        return NULL;
    }
}

/* True when the stages read args of this category. */
static inline bool wants_arguments(struct field cat) {
    return !text_equal(cat.text, TEXT("python_function"));
}

/* What begins behind a slot's literal. */
enum slot_kind {
    SLOT_STRING, /* behind its quote */
    SLOT_NUMBER,
    SLOT_ARGUMENTS,
    SLOT_END, /* nothing: the literal ends the item */
};

enum { FIELD_UNUSED = UINT16_MAX };

static inline bool matches(const struct quick_slot *slot, const struct walk *walk) {
    return slot->mask && same_32(walk->at, slot->literal, slot->mask) && slot->size <= walk->end - walk->at;
}

/* From `from` to the value at `to`. What is longer than a slot is not learned. */
static inline void learn(struct quick_slot *slot, const char *from, const char *to, enum slot_kind kind,
                         uint16_t field) {
    const size_t size = (size_t)(to - from);
    if (!slot || size > QUICK_LITERAL)
        return;
    memcpy(slot->literal, from, QUICK_LITERAL);
    slot->mask = (uint32_t)((UINT64_C(1) << size) - 1);
    slot->size = (uint8_t)size;
    slot->kind = (uint8_t)kind;
    slot->field = field;
}

/* The next of an item's pairs: where its value begins. */
struct place {
    enum slot_kind kind;
    uint16_t field; /* offset in struct fields; FIELD_UNUSED */
};

static inline uint16_t field_place(struct fields *fields, uint32_t key) {
    const struct field *field = field_of(fields, key);
    return field ? (uint16_t)((const char *)field - (const char *)fields) : FIELD_UNUSED;
}

/* From behind a value, or the item's opening bracket, to the next value or behind the closing bracket. */
static inline bool find_place(struct walk *walk, bool first, struct fields *fields, struct place *place) {
    struct text key;
    if (!first) {
        skip_space(walk);
        if (walk->at >= walk->end || (*walk->at != ',' && *walk->at != '}'))
            return false;
        place->kind = SLOT_END;
        if (*walk->at++ == '}')
            return true;
    }
    if (!take(walk, '"') || !read_string(walk, &key) || !take(walk, ':'))
        return false;
    skip_space(walk);
    if (walk->at >= walk->end)
        return false;
    const uint32_t number = key_number(key);
    const char c = *walk->at;
    if (number == KEY('a', 'r', 'g', 's')) {
        place->kind = SLOT_ARGUMENTS;
        return c == '{';
    }
    place->field = field_place(fields, number);
    place->kind = c == '"' ? SLOT_STRING : SLOT_NUMBER;
    walk->at += c == '"';
    return c != '{' && c != '[';
}

static inline bool may_begin_number(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

static inline bool read_place(struct walk *walk, struct place place, struct fields *fields) {
    struct field other = {.type = FIELD_MISSING};
    if (place.kind == SLOT_ARGUMENTS) {
        const bool again = walk->arguments_seen;
        walk->arguments_seen = true;
        return !again && read_arguments(walk, wants_arguments(fields->cat), fields);
    }
    struct field *field = place.field == FIELD_UNUSED ? &other : (struct field *)(void *)((char *)fields + place.field);
    if (field->type != FIELD_MISSING)
        return false;
    field->type = place.kind == SLOT_STRING ? FIELD_STRING : FIELD_PRIMITIVE;
    return place.kind == SLOT_STRING ? read_string(walk, &field->text) : read_word(walk, &field->text);
}

/* As find_place, by what the slot knows when it fits. */
static inline bool next_place(struct walk *walk, struct quick_slot *slot, bool first, struct fields *fields,
                              struct place *place) {
    if (slot && matches(slot, walk)) {
        const char *value = walk->at + slot->size;
        const bool plain = slot->kind != SLOT_NUMBER && slot->kind != SLOT_ARGUMENTS;
        if (plain || (slot->kind == SLOT_NUMBER ? may_begin_number(*value) : *value == '{')) {
            walk->at = value;
            *place = (struct place){(enum slot_kind)slot->kind, slot->field};
            return true;
        }
    }
    const char *from = walk->at;
    place->field = FIELD_UNUSED;
    if (!find_place(walk, first, fields, place))
        return false;
    learn(slot, from, walk->at, place->kind, place->field);
    return true;
}

static enum quick_answer item(struct quick_shape *shape, const char *data, size_t size, struct fields *fields,
                              size_t *used) {
    struct walk walk = {.at = data + 1, .end = data + size};
    struct place place;
    *fields = (struct fields){0};
    for (unsigned n = 0;; n++) {
        struct quick_slot *slot = n < QUICK_SLOTS ? &shape->slots[n] : NULL;
        if (!next_place(&walk, slot, n == 0, fields, &place))
            return QUICK_UNSURE;
        if (place.kind == SLOT_END)
            break;
        if (!read_place(&walk, place, fields))
            return QUICK_UNSURE;
        if (place.field == offsetof(struct fields, ph) && fields_is_ignored(fields->ph)) {
            if (!skip_item(&walk))
                return QUICK_UNSURE;
            *used = (size_t)(walk.at - data);
            return QUICK_IGNORE;
        }
    }
    if (!fields_is_complete(fields->ph) || !fields_has_all(fields))
        return QUICK_UNSURE;
    *used = (size_t)(walk.at - data);
    return QUICK_FIELDS;
}

const struct quick QUICK_TABLE = {QUICK_NAME, value, item};
