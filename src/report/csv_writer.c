#include "report/csv_writer.h"

#include <inttypes.h>
#include <string.h>

#include "report/number_text.h"

void csv_init(struct csv *csv, FILE *out) {
    *csv = (struct csv){.out = out};
}

void csv_header(struct csv *csv, const char *words) {
    fprintf(csv->out, "%s\n", words);
}

static void begin_field(struct csv *csv) {
    if (csv->filled)
        fputc(',', csv->out);
    csv->filled = true;
}

static bool needs_quotes(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if (memchr(",\"\r\n", text.data[i], 4))
            return true;
    return false;
}

void csv_text(struct csv *csv, struct text text) {
    begin_field(csv);
    const bool quoted = needs_quotes(text);
    if (quoted)
        fputc('"', csv->out);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            fputc('"', csv->out);
        fputc(text.data[i], csv->out);
    }
    if (quoted)
        fputc('"', csv->out);
}

void csv_string(struct csv *csv, const char *string) {
    csv_text(csv, text_from(string));
}

void csv_count(struct csv *csv, uint64_t count) {
    begin_field(csv);
    fprintf(csv->out, "%" PRIu64, count);
}

void csv_us(struct csv *csv, int64_t ns) {
    char number[NUMBER_BYTES];
    number_us(number, ns);
    csv_string(csv, number);
}

void csv_number(struct csv *csv, double value) {
    char number[NUMBER_BYTES];
    csv_string(csv, number_general(number, value) ? number : "");
}

void csv_end_row(struct csv *csv) {
    fputc('\n', csv->out);
    csv->filled = false;
}
