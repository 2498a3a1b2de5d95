#include "report/screen.h"

#include <stdarg.h>

#include "base/limits.h"
#include "report/code_point.h"
#include "report/display.h"
#include "report/readable_name.h"

void screen_init(struct screen *screen, FILE *out, unsigned width, bool color, struct error *error) {
    *screen = (struct screen){.out = out, .width = width, .color = color, .error = error};
    if (width < SCREEN_LEAST_WIDTH)
        screen->width = SCREEN_LEAST_WIDTH;
    if (width > SCREEN_MOST_WIDTH)
        screen->width = SCREEN_MOST_WIDTH;
    buf_init(&screen->line, LIMIT_NAME_BYTES);
    buf_init(&screen->scratch, LIMIT_NAME_BYTES);
}

enum status screen_fini(struct screen *screen) {
    buf_fini(&screen->line);
    buf_fini(&screen->scratch);
    return screen->status;
}

static void add(struct screen *screen, const char *bytes, size_t size) {
    if (screen->status == STATUS_OK)
        screen->status = buf_append(&screen->line, bytes, size, screen->error);
}

void screen_say(struct screen *screen, const char *format, ...) {
    char words[512];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    add(screen, words, size < (int)sizeof words ? (size_t)size : sizeof words - 1);
}

void screen_name(struct screen *screen, struct text text, size_t columns) {
    if (screen->status == STATUS_OK)
        screen->status = display_append(&screen->line, text.size > 0 ? text : TEXT("-"), columns, screen->error);
}

void screen_kernel(struct screen *screen, struct text name, size_t columns) {
    if (screen->status == STATUS_OK)
        screen->status = readable_name_shorten(&screen->scratch, name, columns, screen->error);
    screen_name(screen, (struct text){screen->scratch.data, screen->scratch.size}, columns);
}

void screen_spaces(struct screen *screen, size_t count) {
    for (size_t i = 0; i < count; i++)
        add(screen, " ", 1);
}

void screen_tint(struct screen *screen, enum tint tint) {
    static const char *const codes[] = {
        [TINT_NONE] = "\033[0m", [TINT_BOLD] = "\033[1m", [TINT_SLOWER] = "\033[31m", [TINT_FASTER] = "\033[32m"};
    if (screen->color)
        add(screen, codes[tint], strlen(codes[tint]));
}

static void put_line(struct screen *screen, struct text line) {
    if (line.size > 0)
        fwrite(line.data, 1, line.size, screen->out);
    fputc('\n', screen->out);
}

void screen_end_line(struct screen *screen) {
    while (screen->line.size > 0 && screen->line.data[screen->line.size - 1] == ' ')
        screen->line.size--;
    if (screen->status == STATUS_OK)
        put_line(screen, (struct text){screen->line.data, screen->line.size});
    buf_clear(&screen->line);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Whether the space stands between a number and its unit of time, which belong together. */
static bool joins_unit(struct text text, size_t space) {
    static const char *const units[] = {"us", "ms", "s"};
    if (space == 0 || !is_digit(text.data[space - 1]))
        return false;
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        const size_t size = strlen(units[i]), end = space + 1 + size;
        if (end <= text.size && memcmp(text.data + space + 1, units[i], size) == 0 &&
            (end == text.size || strchr(" ,.:;)", text.data[end])))
            return true;
    }
    return false;
}

/* How many bytes of the text make a line of at most `columns`: up to the last space that fits, else cut in a word. */
static size_t line_size(struct text text, size_t columns) {
    size_t at = 0, space = 0;
    for (size_t column = 0; at < text.size && column < columns; column++) {
        if (text.data[at] == ' ' && !joins_unit(text, at))
            space = at;
        at += code_point_at(text, at).size;
    }
    if (at == text.size || (text.data[at] == ' ' && !joins_unit(text, at)))
        return at;
    return space > 0 ? space : at;
}

void screen_flow(struct screen *screen, size_t hang) {
    struct text rest = {screen->line.data, screen->line.size};
    size_t indent = 0;
    while (screen->status == STATUS_OK && rest.size > 0) {
        const size_t size = line_size(rest, screen->width - indent);
        fprintf(screen->out, "%*s", (int)indent, "");
        put_line(screen, (struct text){rest.data, size});
        rest = (struct text){rest.data + size, rest.size - size};
        while (rest.size > 0 && rest.data[0] == ' ')
            rest = (struct text){rest.data + 1, rest.size - 1};
        indent = hang;
    }
    buf_clear(&screen->line);
}

void screen_title(struct screen *screen, const char *title) {
    screen_end_line(screen);
    screen_tint(screen, TINT_BOLD);
    screen_say(screen, "%s", title);
    screen_tint(screen, TINT_NONE);
    screen_end_line(screen);
}
