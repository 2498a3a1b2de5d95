#include "report/display.h"

#include <stdio.h>

#include "report/code_point.h"

/* One character as it is shown; never cut in two. */
struct glyph {
    char bytes[12];
    unsigned size, columns;
    unsigned taken; /* bytes of the text it stands for */
};

static bool reorders(uint32_t value) {
    return (value >= 0x200B && value <= 0x200F) || (value >= 0x2028 && value <= 0x202E) ||
           (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF;
}

static struct glyph glyph_at(struct text text, size_t at) {
    const struct code_point point = code_point_at(text, at);
    struct glyph glyph = {.taken = point.size};
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
    if (!point.valid || control || reorders(point.value)) {
        const char *form = point.value < 0x100 ? "\\x%02x" : "\\u%04x";
        glyph.size = (unsigned)snprintf(glyph.bytes, sizeof glyph.bytes, form, (unsigned)point.value);
        glyph.columns = glyph.size;
        return glyph;
    }
    memcpy(glyph.bytes, text.data + at, point.size);
    glyph.size = point.size;
    glyph.columns = 1;
    return glyph;
}

size_t display_columns(struct text text) {
    size_t columns = 0;
    for (size_t at = 0; at < text.size;) {
        const struct glyph glyph = glyph_at(text, at);
        columns += glyph.columns;
        at += glyph.taken;
    }
    return columns;
}

enum status display_append(struct buf *out, struct text text, size_t columns, struct error *error) {
    const size_t whole = display_columns(text);
    const bool cut = whole > columns;
    /* The beginning of a name says more than its end. */
    const size_t head = cut ? (columns - 1) * 2 / 3 : whole;
    const size_t tail_start = cut ? whole - (columns - 1 - head) : whole;
    bool marked = false;
    for (size_t at = 0, column = 0; at < text.size;) {
        const struct glyph glyph = glyph_at(text, at);
        if (column + glyph.columns <= head || column >= tail_start) {
            TRY(buf_append(out, glyph.bytes, glyph.size, error));
        } else if (!marked) {
            marked = true;
            TRY(buf_append(out, "…", strlen("…"), error));
        }
        column += glyph.columns;
        at += glyph.taken;
    }
    return STATUS_OK;
}
