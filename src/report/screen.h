/* Where text reports are written: lines of at most `width` columns. A failure (of memory; writing is left to ferror)
 * is kept, makes all later calls do nothing, and comes out of screen_fini. */
#ifndef TRACECMP_SCREEN_H
#define TRACECMP_SCREEN_H

#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"

enum { SCREEN_LEAST_WIDTH = 60, SCREEN_MOST_WIDTH = 400 };

enum tint { TINT_NONE, TINT_BOLD, TINT_SLOWER, TINT_FASTER };

/* Longer is slower. */
static inline enum tint tint_of_gap(int64_t gap_ns) {
    return gap_ns > 0 ? TINT_SLOWER : gap_ns < 0 ? TINT_FASTER : TINT_NONE;
}

struct screen {
    FILE *out; /* borrowed */
    size_t width;
    bool color;
    struct buf line;    /* being made */
    struct buf scratch; /* of whoever needs it for the length of one call */
    enum status status;
    struct error *error; /* borrowed */
};

void screen_init(struct screen *screen, FILE *out, unsigned width, bool color, struct error *error);
enum status screen_fini(struct screen *screen) CHECKED;

/* Add to the line: our own words, or text from a trace, escaped and cut to `columns`; "-" when it is empty. */
void screen_say(struct screen *screen, const char *format, ...) PRINTF_LIKE(2, 3);
void screen_name(struct screen *screen, struct text text, size_t columns);
/* The same for a kernel's name, which is shortened first. */
void screen_kernel(struct screen *screen, struct text name, size_t columns);
void screen_spaces(struct screen *screen, size_t count);
void screen_tint(struct screen *screen, enum tint tint); /* TINT_NONE ends one; no columns */

/* Write the line as it is, without blanks at its end. */
void screen_end_line(struct screen *screen);
/* Write the line, wrapped at spaces; the lines that follow the first are indented by `hang`. */
void screen_flow(struct screen *screen, size_t hang);
/* An empty line and a title. */
void screen_title(struct screen *screen, const char *title);

#endif
