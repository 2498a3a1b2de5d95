/* Lines on standard output that are drawn over again, on a terminal. */
#ifndef TRACECMP_TERMINAL_H
#define TRACECMP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct terminal {
    unsigned rows, columns;
    size_t drawn; /* lines on the screen */
};

/* The size now; true when it is another than before, or was not known. Where there is none: 24 rows, `columns`. */
bool terminal_measure(struct terminal *terminal, unsigned columns);
/* Lines, each with its end, of at most the terminal's columns; only as many as it has rows are drawn. */
void terminal_draw(struct terminal *terminal, const char *text);
/* What is drawn goes; the cursor is where it was before. */
void terminal_erase(struct terminal *terminal);

#endif
