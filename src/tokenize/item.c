#include "tokenize/item.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "tokenize/number.h"
#include "tokenize/quick.h"
#include "tokenize/tokens.h"
#include "tokenize/unescape.h"

enum { RECENT_NAMES = 512 }; /* a power of two */

struct item_reader {
    struct names *names; /* borrowed */
    struct tally *tally;
    struct document *document;
    const struct quick *quick;
    struct quick_shape shape;
    bool skips_stacks;
    struct tokens tokens;
    struct buf key_scratch, name_scratch;
    struct buf row_text;   /* the row of the event before, */
    uint32_t row, process; /* which is mostly this one's too */
    struct buf device_text;
    uint32_t device;
    uint32_t recent[RECENT_NAMES]; /* by their bytes: numbers of names that are written as they read; NAME_NONE */
};

struct item_reader *item_reader_new(struct names *names, struct tally *tally, struct document *document) {
    struct item_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    *reader = (struct item_reader){.names = names, .tally = tally, .document = document, .quick = quick_get()};
    tokens_init(&reader->tokens);
    buf_init(&reader->key_scratch, (size_t)LIMIT_ITEM_BYTES * 3); /* each bad byte becomes three */
    buf_init(&reader->name_scratch, (size_t)LIMIT_ITEM_BYTES * 3);
    buf_init(&reader->row_text, LIMIT_ITEM_BYTES);
    buf_init(&reader->device_text, LIMIT_ITEM_BYTES);
    return reader;
}

void item_reader_free(struct item_reader *reader) {
    if (!reader)
        return;
    tokens_fini(&reader->tokens);
    buf_fini(&reader->key_scratch);
    buf_fini(&reader->name_scratch);
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

static enum status get_key(struct item_reader *reader, int token, struct text *key, struct error *error) {
    bool repaired;
    return unescape(tokens_text(&reader->tokens, token), &reader->key_scratch, key, &repaired, error);
}

static struct field field_of(const struct item_reader *reader, int token) {
    static const enum field_type types[] = {
        [JSMN_STRING] = FIELD_STRING,
        [JSMN_PRIMITIVE] = FIELD_PRIMITIVE,
        [JSMN_OBJECT] = FIELD_OTHER,
        [JSMN_ARRAY] = FIELD_OTHER,
    };
    struct field field = {.type = types[reader->tokens.list[token].type]};
    if (field_is_scalar(field))
        field.text = tokens_text(&reader->tokens, token);
    return field;
}

/* A key that comes twice counts as its last. */
static enum status find_arguments(struct item_reader *reader, int object, struct fields *fields, bool *broken,
                                  struct error *error) {
    fields->correlation = fields->external_id = fields->device = (struct field){.type = FIELD_MISSING};
    if (reader->tokens.list[object].type != JSMN_OBJECT)
        return STATUS_OK;
    int key = 0;
    while (tokens_next_pair(&reader->tokens, object, &key, broken)) {
        struct text name;
        TRY(get_key(reader, key, &name, error));
        if (text_equal(name, TEXT("correlation")))
            fields->correlation = field_of(reader, key + 1);
        else if (text_equal(name, TEXT("External id")))
            fields->external_id = field_of(reader, key + 1);
        else if (text_equal(name, TEXT("device")))
            fields->device = field_of(reader, key + 1);
    }
    return STATUS_OK;
}

static enum status find_fields(struct item_reader *reader, struct fields *fields, bool *broken, struct error *error) {
    const struct {
        struct text name;
        struct field *field;
    } known[] = {
        {TEXT("ph"), &fields->ph},   {TEXT("cat"), &fields->cat}, {TEXT("name"), &fields->name},
        {TEXT("pid"), &fields->pid}, {TEXT("tid"), &fields->tid}, {TEXT("ts"), &fields->ts},
        {TEXT("dur"), &fields->dur},
    };
    *fields = (struct fields){0};
    *broken = reader->tokens.list[0].type != JSMN_OBJECT;
    int key = 0;
    while (!*broken && tokens_next_pair(&reader->tokens, 0, &key, broken)) {
        struct text name;
        TRY(get_key(reader, key, &name, error));
        if (text_equal(name, TEXT("args"))) {
            TRY(find_arguments(reader, key + 1, fields, broken, error));
            continue;
        }
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (text_equal(name, known[i].name))
                *known[i].field = field_of(reader, key + 1);
    }
    return STATUS_OK;
}

/* By category, old capitalised names too. */
static bool kind_of(struct text category, enum event_kind *kind) {
#define CATEGORY(name, kind)                                                                                           \
    { name, sizeof name - 1, kind }
    static const struct {
        const char *name;
        size_t size;
        enum event_kind kind;
    } known[] = {
        CATEGORY("python_function", EVENT_PYTHON),
        CATEGORY("cpu_op", EVENT_CPU_OP),
        CATEGORY("kernel", EVENT_KERNEL),
        CATEGORY("cuda_runtime", EVENT_LAUNCH),
        CATEGORY("cuda_driver", EVENT_LAUNCH),
        CATEGORY("gpu_memcpy", EVENT_MEMCPY),
        CATEGORY("gpu_memset", EVENT_MEMSET),
        CATEGORY("user_annotation", EVENT_ANNOTATION),
        CATEGORY("gpu_user_annotation", EVENT_GPU_ANNOTATION),
        CATEGORY("concurrent_kernel", EVENT_KERNEL),
        CATEGORY("Kernel", EVENT_KERNEL),
        CATEGORY("Memcpy", EVENT_MEMCPY),
        CATEGORY("Memset", EVENT_MEMSET),
        CATEGORY("Runtime", EVENT_LAUNCH),
        CATEGORY("Operator", EVENT_CPU_OP),
    };
#undef CATEGORY
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (category.size == known[i].size && memcmp(category.data, known[i].name, known[i].size) == 0) {
            *kind = known[i].kind;
            return true;
        }
    }
    return false;
}

/* An id of args: 0 when missing or unusable. */
static uint64_t id_of(struct field field) {
    uint64_t id;
    return field_is_scalar(field) && number_to_id(field.text, &id) ? id : 0;
}

/* A name that found no room is asked for each time, so that it is counted as often, whoever reads the items. */
static bool is_kept(uint32_t id) {
    return id >= NAME_FIRST;
}

static enum status read_row(struct item_reader *reader, const struct fields *fields, struct error *error) {
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
    TRY(names_intern(reader->names, text, &reader->row, error));
    return names_intern(reader->names, (struct text){text.data + 1, 1 + pid.size}, &reader->process, error);
}

static enum status read_device(struct item_reader *reader, const struct fields *fields, uint32_t *device,
                               struct error *error) {
    const struct text text = field_is_scalar(fields->device) ? fields->device.text : fields->pid.text;
    const struct text last = {reader->device_text.data, reader->device_text.size};
    if (!is_kept(reader->device) || !text_equal(text, last)) {
        bool repaired;
        struct text decoded;
        buf_clear(&reader->device_text);
        TRY(buf_append(&reader->device_text, text.data, text.size, error));
        TRY(unescape(text, &reader->key_scratch, &decoded, &repaired, error));
        TRY(names_intern(reader->names, decoded, &reader->device, error));
    }
    *device = reader->device;
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
    TRY(unescape(first_bytes(field.text), &reader->name_scratch, &name, repaired, error));
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

/* False: the event has no place in time. */
static bool read_times(struct item_reader *reader, const struct fields *fields, struct event *event) {
    enum number_range range = NUMBER_NONE;
    if (field_is_scalar(fields->ts))
        range = number_to_ns(fields->ts.text, &event->ts_ns);
    if (range != NUMBER_EXACT || event->ts_ns != clamp_time(event->ts_ns)) {
        tally_add(reader->tally, ANOMALY_NO_TIME, event->offset);
        return false;
    }
    if (fields->dur.type == FIELD_MISSING)
        return true;
    range = NUMBER_NONE;
    if (field_is_scalar(fields->dur))
        range = number_to_ns(fields->dur.text, &event->dur_ns);
    if (range == NUMBER_NONE) {
        tally_add(reader->tally, ANOMALY_BAD_DURATION, event->offset);
        event->dur_ns = 0;
    }
    event->dur_ns = clamp_time(event->dur_ns);
    return true;
}

static void note_launch(struct document *document, struct text name) {
    if (name.size >= 3 && memcmp(name.data, "hip", 3) == 0)
        document->launches_amd = true;
    else if (name.size >= 4 && (memcmp(name.data, "cuda", 4) == 0 || memcmp(name.data, "cuLa", 4) == 0))
        document->launches_nvidia = true;
}

static enum status read_event(struct item_reader *reader, const struct fields *fields, struct event *event, bool *used,
                              struct error *error) {
    event->correlation = id_of(fields->correlation);
    event->external_id = id_of(fields->external_id);
    if (event->kind == EVENT_LAUNCH)
        note_launch(reader->document, fields->name.text);
    if (event->kind == EVENT_LAUNCH && event->correlation == 0)
        return STATUS_OK;
    if (!read_times(reader, fields, event))
        return STATUS_OK;
    if (event->kind != EVENT_LAUNCH)
        TRY(read_name(reader, fields->name, event, error));
    TRY(read_row(reader, fields, error));
    event->row = reader->row;
    event->process = reader->process;
    if (event_is_gpu(event->kind))
        TRY(read_device(reader, fields, &event->device, error));
    *used = true;
    return STATUS_OK;
}

/* The fields are those of whole item. */
static enum status read_fields(struct item_reader *reader, const struct fields *fields, uint64_t offset,
                               struct event *event, bool *used, struct error *error) {
    const struct text ph = fields->ph.text;
    *used = false;
    *event = (struct event){.offset = offset, .step = STEP_NONE};
    if (fields->cat.type != FIELD_STRING || !kind_of(fields->cat.text, &event->kind))
        return STATUS_OK;
    if (event->kind == EVENT_PYTHON && reader->skips_stacks)
        return STATUS_OK;
    if (text_equal(ph, TEXT("B")) || text_equal(ph, TEXT("E")))
        tally_add(reader->tally, ANOMALY_BEGIN_END, offset);
    return text_equal(ph, TEXT("X")) ? read_event(reader, fields, event, used, error) : STATUS_OK;
}

enum status item_try(struct item_reader *reader, struct text data, uint64_t offset, struct event *event, bool *used,
                     size_t *length, struct error *error) {
    struct fields fields;
    *used = false;
    *length = 0;
    const enum quick_answer answer = reader->quick->item(&reader->shape, data.data, data.size, &fields, length);
    return answer == QUICK_FIELDS ? read_fields(reader, &fields, offset, event, used, error) : STATUS_OK;
}

enum status item_read(struct item_reader *reader, struct text span, uint64_t offset, struct event *event, bool *used,
                      struct error *error) {
    struct fields fields;
    bool valid, broken = false;
    size_t length;
    TRY(item_try(reader, span, offset, event, used, &length, error));
    if (length > 0)
        return STATUS_OK;
    TRY(tokens_parse(&reader->tokens, span, &valid, error));
    if (valid)
        TRY(find_fields(reader, &fields, &broken, error));
    if (valid && !broken)
        return read_fields(reader, &fields, offset, event, used, error);
    tally_add(reader->tally, ANOMALY_ITEM_BROKEN, offset);
    return STATUS_OK;
}
