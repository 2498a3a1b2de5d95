/* Sections on their way into a file: appended through a buffer, and hashed. */
#ifndef TRACECMP_SECTION_OUT_H
#define TRACECMP_SECTION_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index/checksum.h"

struct section_out {
    int descriptor;        /* owned, as buffer and hash; -1: there is no file yet */
    unsigned char *buffer; /* the last bytes of all, not in the file yet */
    size_t buffered, buffer_bytes;
    uint64_t position;     /* of the next byte, behind those in the buffer */
    struct checksum *hash; /* of all bytes since section_out_begin */
};

/* buffer_bytes: from HUGE_PAGE_BYTES on, a multiple. False: no memory. */
bool section_out_init(struct section_out *out, size_t buffer_bytes);
void section_out_fini(struct section_out *out); /* what has no name is gone then */
/* The hash is that of what comes from here on. */
void section_out_begin(struct section_out *out);
uint64_t section_out_hash(const struct section_out *out);
/* Writing so many bytes needs the file. */
static inline bool section_out_overflows(const struct section_out *out, size_t size) {
    return size > out->buffer_bytes - out->buffered;
}
/* False, here and below: errno says why. */
bool section_out_write(struct section_out *out, const void *bytes, size_t size);
bool section_out_flush(struct section_out *out);
/* Moves all bytes of another file behind those of this one, and begins that one anew. They are not hashed here. */
bool section_out_take(struct section_out *out, struct section_out *from);

#endif
