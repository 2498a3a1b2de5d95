/* Bytes on their way out, through one buffer of fixed size. A writer may also only count. Call writer_reserve before
 * each piece of at most WRITER_ROOM bytes; the put functions then need no check. */
#ifndef TRACEGEN_WRITER_H
#define TRACEGEN_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { WRITER_CAPACITY = 1 << 20, WRITER_ROOM = 1 << 16 };

struct writer {
    char *data; /* owned */
    size_t used;
    uint64_t flushed; /* bytes that have left the buffer */
    bool counting;    /* throw the bytes away */
    bool failed;      /* a write failed; errno says why */
};

bool writer_init(struct writer *writer, bool counting); /* false: no memory */
void writer_fini(struct writer *writer);
void writer_flush(struct writer *writer);
uint64_t writer_total(const struct writer *writer);

static inline void writer_reserve(struct writer *writer) {
    if (writer->used > WRITER_CAPACITY - WRITER_ROOM)
        writer_flush(writer);
}

static inline void put_bytes(struct writer *writer, const char *bytes, size_t size) {
    memcpy(writer->data + writer->used, bytes, size);
    writer->used += size;
}
#define put_literal(writer, literal) put_bytes(writer, "" literal, sizeof(literal) - 1)

static inline void put_text(struct writer *writer, const char *text) {
    put_bytes(writer, text, strlen(text));
}

void put_int(struct writer *writer, int64_t value);
/* Thousandths with three decimals (nanoseconds as microseconds). */
void put_milli(struct writer *writer, int64_t thousandths);

#endif
