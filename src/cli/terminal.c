#include "cli/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_ROWS = 24 };

bool terminal_measure(struct terminal *terminal, unsigned columns) {
    struct winsize size;
    const struct terminal before = *terminal;
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    terminal->rows = known && size.ws_row > 0 ? size.ws_row : USUAL_ROWS;
    terminal->columns = known && size.ws_col > 0 ? size.ws_col : columns;
    return terminal->rows != before.rows || terminal->columns != before.columns;
}

static void go_to_first_line(const struct terminal *terminal) {
    fputs("\r", stdout);
    if (terminal->drawn > 0)
        printf("\033[%zuA", terminal->drawn);
}

/* Line over line, so that nothing flickers. The last row stays free for the cursor. */
void terminal_draw(struct terminal *terminal, const char *text) {
    go_to_first_line(terminal);
    terminal->drawn = 0;
    while (*text && terminal->drawn + 1 < terminal->rows) {
        const size_t length = strcspn(text, "\n");
        fwrite(text, 1, length, stdout);
        fputs("\033[K\n", stdout);
        terminal->drawn++;
        text += length + (text[length] == '\n');
    }
    fputs("\033[J", stdout);
}

void terminal_erase(struct terminal *terminal) {
    go_to_first_line(terminal);
    fputs("\033[J", stdout);
    terminal->drawn = 0;
}
