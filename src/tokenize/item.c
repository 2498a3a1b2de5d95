#include "tokenize/item.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "tokenize/category.h"
#include "tokenize/damaged_word.h"
#include "tokenize/field_finder.h"
#include "tokenize/number.h"
#include "tokenize/quick.h"
#include "tokenize/salvage.h"
#include "tokenize/scan.h"
#include "tokenize/unescape.h"

enum { RECENT_NAMES = 512 }; /* a power of two */

_Static_assert((int)SPLIT_PADDING >= (int)QUICK_PADDING, "the quick reader looks at what lies behind an item");

struct item_reader {
    struct names *names; /* borrowed */
    struct tally *tally;
    struct document *document;
    struct stage *next;
    const struct quick *quick;
    struct quick_shape shape;
    bool skips_stacks;
    struct field_finder finder;
    struct buf scratch;
    struct buf row_text;   /* the row of the event before, */
    uint32_t row, process; /* which is mostly this one's too */
    struct buf device_text;
    uint32_t device;
    uint32_t recent[RECENT_NAMES]; /* by their bytes: numbers of names that are written as they read; NAME_NONE */
};

struct item_reader *item_reader_new(struct names *names, struct tally *tally, struct document *document,
                                    struct stage *next) {
    struct item_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    *reader =
        (struct item_reader){.names = names, .tally = tally, .document = document, .next = next, .quick = quick_get()};
    field_finder_init(&reader->finder);
    buf_init(&reader->scratch, (size_t)LIMIT_ITEM_BYTES * 3); /* each bad byte becomes three */
    buf_init(&reader->row_text, LIMIT_ITEM_BYTES);
    buf_init(&reader->device_text, LIMIT_ITEM_BYTES);
    return reader;
}

void item_reader_free(struct item_reader *reader) {
    if (!reader)
        return;
    field_finder_fini(&reader->finder);
    buf_fini(&reader->scratch);
    buf_fini(&reader->row_text);
    buf_fini(&reader->device_text);
    free(reader);
}

void item_reader_skip_stacks(struct item_reader *reader) {
    reader->skips_stacks = true;
}

void item_reader_use(struct item_reader *reader, struct names *names, struct tally *tally, struct document *document) {
    if (names != reader->names) {
        buf_clear(&reader->row_text);
        reader->device = NAME_NONE;
        memset(reader->recent, 0, sizeof reader->recent);
    }
    reader->names = names;
    reader->tally = tally;
    reader->document = document;
}

/* NaN, null, N/A and the like say that there is no number; what has a digit and is none is damaged. */
static bool is_damaged_number(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            return true;
    return false;
}

static uint64_t unusable_id(struct item_reader *reader, const struct field *field, uint64_t offset) {
    if (field_is_scalar(*field) && is_damaged_number(field->text))
        tally_add(reader->tally, ANOMALY_BAD_NUMBER, offset);
    return 0;
}

/* An id of args: 0 when missing or unusable. */
static inline uint64_t id_of(struct item_reader *reader, const struct field *field, uint64_t offset) {
    uint64_t id;
    if (field->type == FIELD_MISSING)
        return 0;
    return field_is_scalar(*field) && number_to_id(field->text, &id) ? id : unusable_id(reader, field, offset);
}

/* A name that found no room is asked for each time, so that it is counted as often, whoever reads the items. */
static bool is_kept(uint32_t id) {
    return id >= NAME_FIRST;
}

/* Of a number that is none nobody can tell whose it is. Only sound ones are remembered, so that the others are counted
 * as often, whoever reads the items. */
static bool is_sound(struct item_reader *reader, struct field field, uint64_t offset) {
    if (field.type != FIELD_PRIMITIVE)
        return true;
    for (size_t i = 0; i < field.text.size; i++) {
        if (scan_is_word(field.text.data[i]) || field.text.data[i] == '_')
            continue;
        tally_add(reader->tally, ANOMALY_BAD_NUMBER, offset);
        return false;
    }
    return true;
}

static enum status read_row(struct item_reader *reader, const struct fields *fields, uint64_t offset,
                            struct error *error) {
    const struct text pid = fields->pid.text, tid = fields->tid.text;
    const struct text last = {reader->row_text.data, reader->row_text.size};
    /* A string and a number with the same digits are different rows, as are ("1", "23") and ("12", "3"). */
    const char marks[2] = {fields->tid.type == FIELD_STRING ? 's' : 'n', fields->pid.type == FIELD_STRING ? 's' : 'n'};
    if (is_kept(reader->row) && is_kept(reader->process) && last.size == pid.size + tid.size + 3 &&
        memcmp(last.data, marks, 2) == 0 && last.data[2 + pid.size] == 0 &&
        text_equal((struct text){last.data + 2, pid.size}, pid) &&
        text_equal((struct text){last.data + 3 + pid.size, tid.size}, tid))
        return STATUS_OK;
    buf_clear(&reader->row_text);
    TRY(buf_append(&reader->row_text, marks, 2, error));
    TRY(buf_append(&reader->row_text, pid.data, pid.size, error));
    TRY(buf_append(&reader->row_text, "", 1, error));
    TRY(buf_append(&reader->row_text, tid.data, tid.size, error));
    const struct text text = {reader->row_text.data, reader->row_text.size};
    TRY(names_intern_row(reader->names, text, &reader->row, error));
    reader->process = NAME_BEYOND; /* as its row is */
    if (reader->row != NAME_BEYOND)
        TRY(names_intern(reader->names, (struct text){text.data + 1, 1 + pid.size}, &reader->process, error));
    const bool pid_sound = is_sound(reader, fields->pid, offset);
    if (!is_sound(reader, fields->tid, offset) || !pid_sound)
        buf_clear(&reader->row_text);
    return STATUS_OK;
}

static enum status read_device(struct item_reader *reader, const struct fields *fields, struct event *event,
                               struct error *error) {
    const struct field field = field_is_scalar(fields->device) ? fields->device : fields->pid;
    const struct text text = field.text;
    const struct text last = {reader->device_text.data, reader->device_text.size};
    if (!is_kept(reader->device) || !text_equal(text, last)) {
        bool repaired;
        struct text decoded;
        buf_clear(&reader->device_text);
        TRY(buf_append(&reader->device_text, text.data, text.size, error));
        TRY(unescape(text, &reader->scratch, &decoded, &repaired, error));
        TRY(names_intern(reader->names, decoded, &reader->device, error));
        event->device = reader->device;
        if (!is_sound(reader, field, event->offset))
            reader->device = NAME_NONE;
        return STATUS_OK;
    }
    event->device = reader->device;
    return STATUS_OK;
}

/* Raw bytes that are sure to decode to more than the limit need not be decoded: an escape makes one of six. */
static struct text first_bytes(struct text raw) {
    const size_t most = (size_t)LIMIT_NAME_LENGTH * 6 + 6;
    return (struct text){raw.data, raw.size < most ? raw.size : most};
}

/* At the limit, or before a character that it would cut in two. */
static struct text cut_name(struct text name) {
    if (name.size <= LIMIT_NAME_LENGTH)
        return name;
    size_t size = LIMIT_NAME_LENGTH;
    while (size > 0 && ((unsigned char)name.data[size] & 0xC0) == 0x80)
        size--;
    return (struct text){name.data, size};
}

/* Where a name is looked for among the recent ones; bytes may be read that lie behind it. */
static uint32_t *recent_place(struct item_reader *reader, struct text raw) {
    uint64_t first, last;
    memcpy(&first, raw.data, sizeof first);
    memcpy(&last, raw.data + raw.size - sizeof last, sizeof last);
    return &reader->recent[hash_add(hash_add(raw.size, first), last) % RECENT_NAMES];
}

static enum status read_new_name(struct item_reader *reader, struct field field, struct event *event, bool *repaired,
                                 struct error *error) {
    struct text name;
    TRY(unescape(first_bytes(field.text), &reader->scratch, &name, repaired, error));
    if (name.size > LIMIT_NAME_LENGTH)
        tally_add(reader->tally, ANOMALY_NAME_CUT, event->offset);
    name = cut_name(name);
    if (name.size == 0 || (field.type == FIELD_PRIMITIVE && text_equal(field.text, TEXT("null"))))
        name = TEXT("(unnamed)");
    if (*repaired)
        tally_add(reader->tally, ANOMALY_BAD_TEXT, event->offset);
    return names_intern(reader->names, name, &event->name_id, error);
}

/* Most names were met a moment ago. One that was found to be written as it reads needs no second look. */
static enum status read_name(struct item_reader *reader, struct field field, struct event *event, struct error *error) {
    bool repaired;
    if (field.type != FIELD_STRING || field.text.size < sizeof(uint64_t))
        return read_new_name(reader, field, event, &repaired, error);
    uint32_t *place = recent_place(reader, field.text);
    event->name_id = *place;
    if (is_kept(*place) && text_equal(names_get(reader->names, *place), field.text))
        return STATUS_OK;
    TRY(read_new_name(reader, field, event, &repaired, error));
    if (!repaired && is_kept(event->name_id) && text_equal(names_get(reader->names, event->name_id), field.text))
        *place = event->name_id;
    return STATUS_OK;
}

static int64_t clamp_time(int64_t ns) {
    return ns > LIMIT_TIME_NS ? LIMIT_TIME_NS : ns < -LIMIT_TIME_NS ? -LIMIT_TIME_NS : ns;
}

/* 0 when there is none that could be read. */
static int64_t read_duration(struct item_reader *reader, struct field field, const struct event *event) {
    int64_t ns;
    if (field.type == FIELD_MISSING)
        return 0;
    if (field_is_scalar(field) && number_to_ns(field.text, &ns) != NUMBER_NONE)
        return clamp_time(ns);
    tally_add(reader->tally,
              is_damaged_number(field.text)  ? ANOMALY_BAD_NUMBER
              : event_is_gpu(event->kind) ? ANOMALY_NO_GPU_DURATION
                                          : ANOMALY_BAD_DURATION,
              event->offset);
    return 0;
}

static bool read_start(struct field field, int64_t *ts_ns) {
    return field_is_scalar(field) && number_to_ns(field.text, ts_ns) == NUMBER_EXACT && *ts_ns == clamp_time(*ts_ns);
}

/* False: the event has no place in time. */
static bool read_times(struct item_reader *reader, const struct fields *fields, struct event *event) {
    const bool placed = read_start(fields->ts, &event->ts_ns);
    if (placed || event_is_gpu(event->kind))
        event->dur_ns = read_duration(reader, fields->dur, event);
    if (!placed)
        tally_add_gpu(reader->tally, ANOMALY_NO_TIME, event->offset, event_plausible_ns(event));
    return placed;
}

static void note_launch(struct document *document, struct text name) {
    if (name.size >= 3 && memcmp(name.data, "hip", 3) == 0)
        document->launches_amd = true;
    else if (name.size >= 4 && (memcmp(name.data, "cuda", 4) == 0 || memcmp(name.data, "cuLa", 4) == 0))
        document->launches_nvidia = true;
}

static enum status read_event(struct item_reader *reader, const struct fields *fields, struct event *event,
                              struct error *error) {
    event->correlation = id_of(reader, &fields->correlation, event->offset);
    event->external_id = id_of(reader, &fields->external_id, event->offset);
    if (event->kind == EVENT_LAUNCH)
        note_launch(reader->document, fields->name.text);
    if (event->kind == EVENT_LAUNCH && event->correlation == 0)
        return STATUS_OK;
    if (!read_times(reader, fields, event))
        return STATUS_OK;
    if (event->kind != EVENT_LAUNCH)
        TRY(read_name(reader, fields->name, event, error));
    TRY(read_row(reader, fields, event->offset, error));
    event->row = reader->row;
    event->process = reader->process;
    if (event_is_gpu(event->kind))
        TRY(read_device(reader, fields, event, error));
    return stage_push(reader->next, event, error);
}

struct category {
    bool known;
    enum event_kind kind;
};

static inline struct category category_of(const struct fields *fields) {
    struct category category = {.known = false};
    category.known = fields->cat.type == FIELD_STRING && category_kind(fields->cat.text, &category.kind);
    return category;
}

/* An event that a stage needs, of a ph that it does not know. */
static void count_type(struct item_reader *reader, const struct fields *fields, uint64_t offset) {
    const struct text ph = fields->ph.text;
    if (text_equal(ph, TEXT("B")) || text_equal(ph, TEXT("E")))
        tally_add(reader->tally, ANOMALY_BEGIN_END, offset);
    else if (ph.size != 1 || !strchr("XiICbneSTpFstfNODMVvRcP()", ph.data[0]))
        tally_add(reader->tally, ANOMALY_UNKNOWN_TYPE, offset);
}

/* The fields are those of a whole item. */
static enum status read_fields(struct item_reader *reader, const struct fields *fields, struct category category,
                               uint64_t offset, struct error *error) {
    struct event event = {.offset = offset, .step = STEP_NONE, .kind = category.kind};
    if (!category.known || (event.kind == EVENT_PYTHON && reader->skips_stacks))
        return STATUS_OK;
    if (text_equal(fields->ph.text, TEXT("X")))
        return read_event(reader, fields, &event, error);
    count_type(reader, fields, offset);
    return STATUS_OK;
}

/* What all events of a kind have. One that lacks it, or whose category is no word, is looked at with care: the key or
 * the category may be damaged. */
static inline bool is_usual(const struct fields *fields, struct category category) {
    enum event_kind kind;
    if (!category.known)
        return word_is_plain(fields->cat.text) && !category_is_near(fields->cat.text, &kind);
    switch (category.kind) {
    case EVENT_KERNEL:
    case EVENT_MEMCPY:
    case EVENT_MEMSET:
        return fields->correlation.type && fields->device.type;
    case EVENT_LAUNCH:
        return fields->correlation.type;
    case EVENT_CPU_OP:
        return fields->external_id.type;
    default:
        return true;
    }
}

/* Damaged words are looked for in no other item, so that they make no difference to what the quick reader says. */
static bool lacks_something(const struct fields *fields) {
    if (fields_is_complete(fields->ph))
        return !fields_has_all(fields) || !is_usual(fields, category_of(fields));
    return !fields_is_ignored(fields->ph);
}

static void count_damage(struct item_reader *reader, const struct fields *fields, struct text span, uint64_t offset) {
    if (reader->finder.repaired)
        tally_add(reader->tally, ANOMALY_KEY_REPAIRED, offset);
    if (reader->finder.damaged && text_equal(fields->ph.text, TEXT("X")))
        tally_add_gpu(reader->tally, ANOMALY_WORD_DAMAGED, offset, salvage_gpu_ns(span));
}

/* *length: the item's, 0 when it is not whole or in another form; any: also of one that lacks something. */
static enum status quick_read(struct item_reader *reader, struct text data, uint64_t offset, bool any, size_t *length,
                              struct error *error) {
    struct fields fields;
    size_t size = 0;
    *length = 0;
    const enum quick_answer answer = reader->quick->item(&reader->shape, data.data, data.size, &fields, &size);
    if (answer == QUICK_FIELDS) {
        const struct category category = category_of(&fields);
        if (!any && !is_usual(&fields, category))
            return STATUS_OK;
        TRY(read_fields(reader, &fields, category, offset, error));
    }
    *length = size;
    return STATUS_OK;
}

static enum status try_item(void *self, struct text data, uint64_t offset, size_t *length, struct error *error) {
    return quick_read(self, data, offset, false, length, error);
}

static enum status read_item(void *self, struct text span, uint64_t offset, struct error *error) {
    struct item_reader *reader = self;
    struct fields fields;
    bool valid, broken;
    size_t length;
    TRY(quick_read(reader, span, offset, false, &length, error));
    if (length > 0)
        return STATUS_OK;
    TRY(field_finder_find(&reader->finder, span, &fields, &valid, &broken, error));
    if (!valid) /* perhaps it has too many brackets or values for jsmn */
        TRY(quick_read(reader, span, offset, true, &length, error));
    if (!valid && length > 0)
        return STATUS_OK;
    if (!valid || broken) {
        tally_add_gpu(reader->tally, ANOMALY_ITEM_BROKEN, offset, salvage_gpu_ns(span));
        return STATUS_OK;
    }
    if (lacks_something(&fields)) {
        TRY(field_finder_find_damaged(&reader->finder, &fields, error));
        count_damage(reader, &fields, span, offset);
    }
    return read_fields(reader, &fields, category_of(&fields), offset, error);
}

struct item_sink item_reader_sink(struct item_reader *reader) {
    return (struct item_sink){read_item, try_item, reader};
}
