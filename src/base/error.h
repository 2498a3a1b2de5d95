/* Errors: what stops the work. A struct error is a fixed-size value owned by the caller; nothing here allocates or
 * prints. The function that detects sets the code (FAIL), the ones above forward (TRY). Only cli/ prints. */
#ifndef TRACECMP_ERROR_H
#define TRACECMP_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

enum status {
    STATUS_OK,
    STATUS_USAGE,       /* the user asked for something senseless */
    STATUS_IO,          /* open, read, write */
    STATUS_NOT_A_TRACE, /* empty, not JSON, no traceEvents and no array */
    STATUS_LIMIT,       /* a ceiling of limits.h that cannot be spilled or counted */
    STATUS_BAD_INDEX,   /* an index that cannot be used; its trace can */
    STATUS_MEMORY,      /* the system gave no memory */
};

enum { ERROR_CAUSES = 4, ERROR_TEXT_BYTES = 240, ERROR_INPUT_BYTES = 256 };

struct error {
    enum status code;
    bool has_offset;
    uint64_t offset;               /* byte of the uncompressed input, when has_offset */
    char input[ERROR_INPUT_BYTES]; /* name of the input, "" when none */
    unsigned causes;               /* innermost first; at most ERROR_CAUSES */
    struct {
        const char *file;
        int line;
        char text[ERROR_TEXT_BYTES];
    } cause[ERROR_CAUSES];
};

/* Sets the code and the first cause; returns the code, so that a function can `return FAIL(...)`. */
enum status error_set(struct error *error, enum status code, const char *file, int line, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Adds context around an error already set; beyond ERROR_CAUSES it is left out. */
void error_add(struct error *error, const char *file, int line, const char *format, ...) PRINTF_LIKE(4, 5);
void error_at(struct error *error, const char *input, uint64_t offset);
void error_input(struct error *error, const char *input);

#define FAIL(error, code, ...) error_set((error), (code), __FILE__, __LINE__, __VA_ARGS__)
#define FAIL_MEMORY(error) FAIL((error), STATUS_MEMORY, "out of memory")
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        const enum status try_status_ = (expression);                                                                  \
        if (try_status_ != STATUS_OK)                                                                                  \
            return try_status_;                                                                                        \
    } while (0)

#endif
