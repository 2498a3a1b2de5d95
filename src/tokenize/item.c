#include "tokenize/item.h"

#include <stdlib.h>

#include "base/limits.h"
#include "tokenize/tokens.h"
#include "tokenize/number.h"
#include "tokenize/unescape.h"

/* Tokens of the fields we read; 0 (the item itself) when missing. A key that comes twice counts as its last. */
struct fields {
    int ph, cat, name, pid, tid, ts, dur;
    int correlation, external_id, device;
};

struct item_reader {
    struct names *names; /* borrowed */
    struct tally *tally;
    struct document *document;
    struct tokens tokens;
    struct buf key_scratch, name_scratch;
    struct names *rows;       /* (pid, tid) as one text, owned */
    struct buf row_text;      /* the row of the event before, */
    uint32_t row, process;    /* which is mostly this one's too */
    struct buf device_text;
    uint32_t device;
};

enum { ROW_TABLE_BYTES = 64 << 20 };

struct item_reader *item_reader_new(struct names *names, struct tally *tally, struct document *document) {
    struct item_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    *reader = (struct item_reader){.names = names, .tally = tally, .document = document};
    tokens_init(&reader->tokens);
    buf_init(&reader->key_scratch, LIMIT_ITEM_BYTES);
    buf_init(&reader->name_scratch, (size_t)LIMIT_ITEM_BYTES * 3); /* each bad byte becomes three */
    buf_init(&reader->row_text, LIMIT_ITEM_BYTES);
    buf_init(&reader->device_text, LIMIT_ITEM_BYTES);
    reader->rows = names_new(ROW_TABLE_BYTES);
    if (!reader->rows) {
        item_reader_free(reader);
        return NULL;
    }
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
    names_free(reader->rows);
    free(reader);
}

static enum status get_key(struct item_reader *reader, int token, struct text *key, struct error *error) {
    bool repaired;
    return unescape(tokens_text(&reader->tokens, token), &reader->key_scratch, key, &repaired, error);
}

static enum status find_arguments(struct item_reader *reader, int object, struct fields *fields, bool *broken,
                                  struct error *error) {
    fields->correlation = fields->external_id = fields->device = 0;
    if (reader->tokens.list[object].type != JSMN_OBJECT)
        return STATUS_OK;
    int key = 0;
    while (tokens_next_pair(&reader->tokens, object, &key, broken)) {
        struct text name;
        TRY(get_key(reader, key, &name, error));
        if (text_equal(name, TEXT("correlation")))
            fields->correlation = key + 1;
        else if (text_equal(name, TEXT("External id")))
            fields->external_id = key + 1;
        else if (text_equal(name, TEXT("device")))
            fields->device = key + 1;
    }
    return STATUS_OK;
}

static enum status find_fields(struct item_reader *reader, struct fields *fields, bool *broken, struct error *error) {
    static const struct {
        const char *name;
        size_t field;
    } known[] = {
        {"ph", offsetof(struct fields, ph)},   {"cat", offsetof(struct fields, cat)},
        {"name", offsetof(struct fields, name)}, {"pid", offsetof(struct fields, pid)},
        {"tid", offsetof(struct fields, tid)}, {"ts", offsetof(struct fields, ts)},
        {"dur", offsetof(struct fields, dur)},
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
            if (text_equal(name, text_from(known[i].name)))
                *(int *)((char *)fields + known[i].field) = key + 1;
    }
    return STATUS_OK;
}

static bool is_string(const struct item_reader *reader, int token) {
    return token != 0 && reader->tokens.list[token].type == JSMN_STRING;
}

static bool is_scalar(const struct item_reader *reader, int token) {
    return is_string(reader, token) || (token != 0 && reader->tokens.list[token].type == JSMN_PRIMITIVE);
}

static struct text text_of(const struct item_reader *reader, int token) {
    return is_scalar(reader, token) ? tokens_text(&reader->tokens, token) : TEXT("");
}

/* By category, old capitalised names too. */
static bool kind_of(struct text category, enum event_kind *kind) {
    static const struct {
        const char *category;
        enum event_kind kind;
    } known[] = {
        {"kernel", EVENT_KERNEL},
        {"python_function", EVENT_PYTHON},
        {"cpu_op", EVENT_CPU_OP},
        {"cuda_runtime", EVENT_LAUNCH},
        {"cuda_driver", EVENT_LAUNCH},
        {"gpu_memcpy", EVENT_MEMCPY},
        {"gpu_memset", EVENT_MEMSET},
        {"concurrent_kernel", EVENT_KERNEL},
        {"user_annotation", EVENT_ANNOTATION},
        {"gpu_user_annotation", EVENT_GPU_ANNOTATION},
        {"Kernel", EVENT_KERNEL},
        {"Memcpy", EVENT_MEMCPY},
        {"Memset", EVENT_MEMSET},
        {"Runtime", EVENT_LAUNCH},
        {"Operator", EVENT_CPU_OP},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (text_equal(category, text_from(known[i].category))) {
            *kind = known[i].kind;
            return true;
        }
    }
    return false;
}

/* An id of args: 0 when missing or unusable. */
static uint64_t id_of(const struct item_reader *reader, int token) {
    uint64_t id;
    return is_scalar(reader, token) && number_to_id(tokens_text(&reader->tokens, token), &id) ? id : 0;
}

static enum status read_row(struct item_reader *reader, const struct fields *fields, struct error *error) {
    const struct text pid = text_of(reader, fields->pid), tid = text_of(reader, fields->tid);
    const struct text last = {reader->row_text.data, reader->row_text.size};
    /* A string and a number with the same digits are different rows, as are ("1", "23") and ("12", "3"). */
    const char marks[2] = {is_string(reader, fields->tid) ? 's' : 'n', is_string(reader, fields->pid) ? 's' : 'n'};
    if (last.size == pid.size + tid.size + 3 && memcmp(last.data, marks, 2) == 0 && last.data[2 + pid.size] == 0 &&
        memcmp(last.data + 2, pid.data, pid.size) == 0 && memcmp(last.data + 3 + pid.size, tid.data, tid.size) == 0)
        return STATUS_OK;
    buf_clear(&reader->row_text);
    TRY(buf_append(&reader->row_text, marks, 2, error));
    TRY(buf_append(&reader->row_text, pid.data, pid.size, error));
    TRY(buf_append(&reader->row_text, "", 1, error));
    TRY(buf_append(&reader->row_text, tid.data, tid.size, error));
    const struct text text = {reader->row_text.data, reader->row_text.size};
    TRY(names_intern(reader->rows, text, &reader->row, error));
    if (reader->row == NAME_BEYOND)
        tally_add_times(reader->tally, ANOMALY_TABLE_FULL, 1);
    return names_intern(reader->rows, (struct text){text.data + 1, 1 + pid.size}, &reader->process, error);
}

static enum status read_device(struct item_reader *reader, const struct fields *fields, uint32_t *device,
                               struct error *error) {
    const struct text text = text_of(reader, is_scalar(reader, fields->device) ? fields->device : fields->pid);
    const struct text last = {reader->device_text.data, reader->device_text.size};
    if (reader->device == NAME_NONE || !text_equal(text, last)) {
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

static enum status read_name(struct item_reader *reader, int token, struct event *event, struct error *error) {
    bool repaired = false;
    if (is_string(reader, token)) {
        TRY(unescape(tokens_text(&reader->tokens, token), &reader->name_scratch, &event->name, &repaired, error));
    } else {
        const struct text word = text_of(reader, token);
        event->name = word.size > 0 && !text_equal(word, TEXT("null")) ? word : TEXT("(unnamed)");
    }
    if (event->name.size == 0)
        event->name = TEXT("(unnamed)");
    if (repaired)
        tally_add(reader->tally, ANOMALY_BAD_TEXT, event->offset);
    return STATUS_OK;
}

/* False: the event has no place in time. An end beyond what a time can be is cut to the last one. */
static bool read_times(struct item_reader *reader, const struct fields *fields, struct event *event) {
    enum number_range range = NUMBER_NONE;
    if (is_scalar(reader, fields->ts))
        range = number_to_ns(tokens_text(&reader->tokens, fields->ts), &event->ts_ns);
    if (range != NUMBER_EXACT) {
        tally_add(reader->tally, ANOMALY_NO_TIME, event->offset);
        return false;
    }
    if (fields->dur == 0)
        return true;
    range = NUMBER_NONE;
    if (is_scalar(reader, fields->dur))
        range = number_to_ns(tokens_text(&reader->tokens, fields->dur), &event->dur_ns);
    if (range == NUMBER_NONE) {
        tally_add(reader->tally, ANOMALY_BAD_DURATION, event->offset);
        event->dur_ns = 0;
    }
    if (event->ts_ns > 0 && event->dur_ns > INT64_MAX - event->ts_ns)
        event->dur_ns = INT64_MAX - event->ts_ns;
    return true;
}

static void note_launch(struct document *document, struct text name) {
    if (name.size >= 3 && memcmp(name.data, "hip", 3) == 0)
        document->launches_amd = true;
    else if (name.size >= 4 && (memcmp(name.data, "cuda", 4) == 0 || memcmp(name.data, "cuLa", 4) == 0))
        document->launches_nvidia = true;
}

static enum status read_event(struct item_reader *reader, const struct fields *fields, struct event *event,
                              bool *used, struct error *error) {
    event->correlation = id_of(reader, fields->correlation);
    event->external_id = id_of(reader, fields->external_id);
    TRY(read_name(reader, fields->name, event, error));
    if (event->kind == EVENT_LAUNCH) {
        note_launch(reader->document, event->name);
        if (event->correlation == 0)
            return STATUS_OK;
    }
    if (!read_times(reader, fields, event))
        return STATUS_OK;
    TRY(read_row(reader, fields, error));
    event->row = reader->row;
    event->process = reader->process;
    if (event_is_gpu(event->kind))
        TRY(read_device(reader, fields, &event->device, error));
    *used = true;
    return STATUS_OK;
}

enum status item_read(struct item_reader *reader, struct text span, uint64_t offset, struct event *event, bool *used,
                      struct error *error) {
    struct fields fields;
    bool valid, broken = false;
    *used = false;
    TRY(tokens_parse(&reader->tokens, span, &valid, error));
    if (valid)
        TRY(find_fields(reader, &fields, &broken, error));
    if (!valid || broken) {
        tally_add(reader->tally, ANOMALY_ITEM_BROKEN, offset);
        return STATUS_OK;
    }
    *event = (struct event){.offset = offset, .step = STEP_NONE};
    const struct text ph = text_of(reader, fields.ph);
    if (!is_string(reader, fields.cat) || !kind_of(tokens_text(&reader->tokens, fields.cat), &event->kind))
        return STATUS_OK;
    if (text_equal(ph, TEXT("B")) || text_equal(ph, TEXT("E")))
        tally_add(reader->tally, ANOMALY_BEGIN_END, offset);
    return text_equal(ph, TEXT("X")) ? read_event(reader, &fields, event, used, error) : STATUS_OK;
}
