#include "gen_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool writer_init(struct writer *writer, bool counting) {
    *writer = (struct writer){.data = malloc(WRITER_CAPACITY), .counting = counting};
    return writer->data != NULL;
}

void writer_fini(struct writer *writer) {
    free(writer->data);
}

uint64_t writer_total(const struct writer *writer) {
    return writer->flushed + writer->used;
}

void writer_flush(struct writer *writer) {
    size_t done = 0;
    while (!writer->counting && !writer->failed && done < writer->used) {
        ssize_t n = write(STDOUT_FILENO, writer->data + done, writer->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            writer->failed = true;
    }
    writer->flushed += writer->used;
    writer->used = 0;
}

/* Two digits at a time, from the end; returns where they begin in `digits`. */
static size_t format_digits(char digits[20], uint64_t value) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    size_t at = 20;
    while (value >= 10) {
        at -= 2;
        memcpy(digits + at, pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value > 0 || at == 20)
        digits[--at] = (char)('0' + value);
    return digits[at] == '0' && at < 19 ? at + 1 : at;
}

void put_int(struct writer *writer, int64_t value) {
    char digits[20];
    if (value < 0)
        put_literal(writer, "-");
    size_t at = format_digits(digits, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    put_bytes(writer, digits + at, sizeof digits - at);
}

void put_milli(struct writer *writer, int64_t thousandths) {
    put_int(writer, thousandths / 1000);
    int rest = (int)(thousandths % 1000);
    const char decimals[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    put_bytes(writer, decimals, sizeof decimals);
}
