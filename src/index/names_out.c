#include "index/names_out.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

bool names_out_init(struct names_out *out, const struct names *names) {
    *out = (struct names_out){.names = names, .numbers = calloc(names_count(names), sizeof *out->numbers)};
    buf_init(&out->texts, LIMIT_NAME_LENGTH);
    return out->numbers != NULL;
}

void names_out_fini(struct names_out *out) {
    free(out->numbers);
    out->numbers = NULL;
    buf_fini(&out->texts);
}

void names_out_number(struct names_out *out) {
    out->numbers[NAME_NONE] = 0;
    for (uint32_t name = NAME_FIRST; name < names_count(out->names); name++)
        if (out->numbers[name])
            out->numbers[name] = ++out->count;
}

enum status names_out_add(struct names_out *out, const char *text, uint64_t *number, struct error *error) {
    const size_t size = strlen(text);
    *number = 0;
    if (size == 0)
        return STATUS_OK;
    TRY(buf_append(&out->texts, text, size, error));
    out->text_sizes[out->text_count++] = (uint32_t)size;
    *number = out->count + (uint64_t)out->text_count;
    return STATUS_OK;
}

enum status names_out_write_lengths(const struct names_out *out, struct table_out *table, struct error *error) {
    for (uint32_t name = NAME_FIRST; name < names_count(out->names); name++)
        if (out->numbers[name])
            TRY(table_out_add(table, &(uint64_t){names_get(out->names, name).size}, error));
    for (uint32_t i = 0; i < out->text_count; i++)
        TRY(table_out_add(table, &(uint64_t){out->text_sizes[i]}, error));
    return STATUS_OK;
}

enum status names_out_write_text(const struct names_out *out, struct index_file *file, struct error *error) {
    TRY(index_file_begin(file, SECTION_TEXT, error));
    for (uint32_t name = NAME_FIRST; name < names_count(out->names); name++) {
        const struct text text = names_get(out->names, name);
        if (out->numbers[name])
            TRY(index_file_write(file, text.data, text.size, error));
    }
    TRY(index_file_write(file, out->texts.data, out->texts.size, error));
    index_file_end(file, out->count + (uint64_t)out->text_count);
    return STATUS_OK;
}
