/* Writes rows of comma-separated values (quoted as RFC 4180 says, lines end in a newline) to a FILE. A failing write is
 * left to ferror. */
#ifndef TRACECMP_CSV_WRITER_H
#define TRACECMP_CSV_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

struct csv {
    FILE *out; /* borrowed */
    bool filled;
};

void csv_init(struct csv *csv, FILE *out);
/* A whole row of plain words, already joined by commas. */
void csv_header(struct csv *csv, const char *words);
void csv_text(struct csv *csv, struct text text);
void csv_string(struct csv *csv, const char *string);
void csv_count(struct csv *csv, uint64_t count);
void csv_us(struct csv *csv, int64_t ns);
void csv_number(struct csv *csv, double value); /* not finite is an empty field */
void csv_end_row(struct csv *csv);

#endif
