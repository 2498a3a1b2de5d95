#include "report/json_writer.h"

#include <assert.h>

#include "report/code_point.h"
#include "report/number_text.h"

void json_init(struct json *json, FILE *out) {
    *json = (struct json){.out = out};
}

void json_init_in_page(struct json *json, FILE *out) {
    *json = (struct json){.out = out, .in_page = true};
}

static void new_line(struct json *json) {
    fputc('\n', json->out);
    for (unsigned i = 0; i < json->depth; i++)
        fputc(' ', json->out);
}

/* What stands before a value: the comma, the line break, the key. */
static void begin_value(struct json *json, const char *key) {
    if (json->depth > 0) {
        struct json_level *level = &json->levels[json->depth - 1];
        if (level->filled)
            fputc(',', json->out);
        if (level->layout == JSON_LINES)
            new_line(json);
        else if (level->filled)
            fputc(' ', json->out);
        level->filled = true;
    }
    if (key) {
        fputc('"', json->out);
        fputs(key, json->out);
        fputs("\": ", json->out);
    }
}

static void open_container(struct json *json, const char *key, enum json_layout layout, const char brackets[2]) {
    assert(json->depth < JSON_DEPTH);
    begin_value(json, key);
    fputc(brackets[0], json->out);
    json->levels[json->depth++] = (struct json_level){.layout = layout, .end = brackets[1]};
}

void json_object(struct json *json, const char *key, enum json_layout layout) {
    open_container(json, key, layout, "{}");
}

void json_array(struct json *json, const char *key, enum json_layout layout) {
    open_container(json, key, layout, "[]");
}

void json_close(struct json *json) {
    assert(json->depth > 0);
    const struct json_level level = json->levels[--json->depth];
    if (level.layout == JSON_LINES && level.filled)
        new_line(json);
    fputc(level.end, json->out);
    if (json->depth == 0)
        fputc('\n', json->out);
}

/* Without '<' no text reads as "</script" or "<!--"; the line separators end lines in some readers of scripts. */
static bool steers_page(uint32_t value) {
    return value == '<' || value == '>' || value == '&' || value == 0x2028 || value == 0x2029;
}

static void write_code_point(const struct json *json, const char *bytes, struct code_point point) {
    FILE *out = json->out;
    if (!point.valid)
        fputs("\xEF\xBF\xBD", out);
    else if (point.value == '"' || point.value == '\\')
        fprintf(out, "\\%c", (int)point.value);
    else if (point.value < 0x20 || point.value == 0x7F || (json->in_page && steers_page(point.value)))
        fprintf(out, "\\u%04x", (unsigned)point.value);
    else
        fwrite(bytes, 1, point.size, out);
}

/* How many bytes from `at` on need no look: printable ASCII that means nothing to JSON or a page. */
static size_t count_plain(const struct json *json, struct text text, size_t at) {
    size_t end = at;
    for (; end < text.size; end++) {
        const unsigned char byte = (unsigned char)text.data[end];
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\' || (json->in_page && steers_page(byte)))
            break;
    }
    return end - at;
}

void json_text(struct json *json, const char *key, struct text text) {
    begin_value(json, key);
    fputc('"', json->out);
    for (size_t at = 0; at < text.size;) {
        const size_t plain = count_plain(json, text, at);
        fwrite(text.data + at, 1, plain, json->out);
        if ((at += plain) == text.size)
            break;
        const struct code_point point = code_point_at(text, at);
        write_code_point(json, text.data + at, point);
        at += point.size;
    }
    fputc('"', json->out);
}

void json_string(struct json *json, const char *key, const char *string) {
    if (string)
        json_text(json, key, text_from(string));
    else
        json_null(json, key);
}

void json_literal(struct json *json, const char *key, struct text literal) {
    begin_value(json, key);
    fwrite(literal.data, 1, literal.size, json->out);
}

void json_count(struct json *json, const char *key, uint64_t count) {
    char number[NUMBER_BYTES];
    number_plain(number, count);
    json_literal(json, key, text_from(number));
}

void json_us(struct json *json, const char *key, int64_t ns) {
    char number[NUMBER_BYTES];
    number_us(number, ns);
    json_literal(json, key, text_from(number));
}

void json_number(struct json *json, const char *key, double value) {
    char number[NUMBER_BYTES];
    if (number_general(number, value))
        json_literal(json, key, text_from(number));
    else
        json_null(json, key);
}

void json_flag(struct json *json, const char *key, bool flag) {
    json_literal(json, key, flag ? TEXT("true") : TEXT("false"));
}

void json_null(struct json *json, const char *key) {
    json_literal(json, key, TEXT("null"));
}
