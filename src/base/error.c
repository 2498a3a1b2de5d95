#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add_cause(struct error *error, const char *file, int line, const char *format, va_list arguments) {
    if (error->causes >= ERROR_CAUSES)
        return;
    const unsigned i = error->causes++;
    error->cause[i].file = file;
    error->cause[i].line = line;
    vsnprintf(error->cause[i].text, sizeof error->cause[i].text, format, arguments);
}

enum status error_set(struct error *error, enum status code, const char *file, int line, const char *format, ...) {
    va_list arguments;
    *error = (struct error){.code = code};
    va_start(arguments, format);
    add_cause(error, file, line, format, arguments);
    va_end(arguments);
    return code;
}

void error_add(struct error *error, const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_cause(error, file, line, format, arguments);
    va_end(arguments);
}

void error_at(struct error *error, const char *input, uint64_t offset) {
    error_input(error, input);
    error->has_offset = true;
    error->offset = offset;
}

void error_input(struct error *error, const char *input) {
    snprintf(error->input, sizeof error->input, "%s", input);
}
