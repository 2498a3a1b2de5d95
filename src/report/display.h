/* Text from a trace made fit for a terminal: what could steer it (control characters, invalid bytes, characters that
 * reorder a line) is shown as \xNN or \uNNNN, and every character counts as one column. */
#ifndef TRACECMP_DISPLAY_H
#define TRACECMP_DISPLAY_H

#include "base/buf.h"
#include "base/text.h"

size_t display_columns(struct text text);
/* Appends the text; one wider than `columns` (at least 1) loses its middle, for which "…" stands. */
enum status display_append(struct buf *out, struct text text, size_t columns, struct error *error) CHECKED;

#endif
