#include "index/names_in.h"

#include <stdlib.h>

#include "base/limits.h"

enum { STREAM_BYTES = 64 << 10 }; /* more than a name */

struct reading {
    struct names_in *in;
    struct names *names;
    struct section_stream text;
};

static enum status take_name(void *self, const uint64_t *row, struct error *error) {
    struct reading *reading = self;
    struct names_in *in = reading->in;
    struct section_stream *text = &reading->text;
    const uint64_t length = row[NAME_LENGTH];
    if (length == 0 || length > LIMIT_NAME_LENGTH || !section_stream_fill(text, length) ||
        length > (uint64_t)(text->end - text->at))
        return INDEX_DAMAGED(error, "the length of a name");
    const struct text name = {(const char *)text->at, length};
    text->at += length;
    TRY(names_intern(reading->names, name, &in->names[in->count++], error));
    return names_beyond(reading->names) == 0 ? STATUS_OK : FAIL(error, STATUS_LIMIT, "too many names");
}

/* Lengths come with their bytes beside them. */
static enum status read_both(struct reading *reading, struct table_in *table, struct error *error) {
    const struct index_part *part = &table->parts[SECTION_TEXT];
    section_stream_begin(&reading->text, part);
    TRY(table_in_each(table, SECTION_NAMES, table->parts[SECTION_NAMES].rows, take_name, reading, error));
    return section_stream_end(&reading->text, part, error);
}

enum status names_in_read(struct names_in *in, struct table_in *table, struct names *names, struct error *error) {
    const uint64_t count = table->parts[SECTION_NAMES].rows, bytes = table->parts[SECTION_TEXT].length;
    struct reading reading = {.in = in, .names = names};
    if (bytes > LIMIT_NAME_BYTES || count > bytes || count != table->parts[SECTION_TEXT].rows)
        return INDEX_DAMAGED(error, "too many names");
    in->names = calloc(count + 1, sizeof *in->names);
    in->count = 1;
    const bool ready = section_stream_init(&reading.text, table->stream.descriptor, STREAM_BYTES) && in->names;
    const enum status status = ready ? read_both(&reading, table, error) : FAIL_MEMORY(error);
    section_stream_fini(&reading.text);
    return status;
}

void names_in_fini(struct names_in *in) {
    free(in->names);
    in->names = NULL;
}
