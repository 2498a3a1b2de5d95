#include "index/section_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"

enum { BUFFER_BYTES = 256 << 10 };

bool section_out_init(struct section_out *out) {
    *out = (struct section_out){.descriptor = -1, .buffer = malloc(BUFFER_BYTES), .hash = checksum_new()};
    return out->buffer && out->hash;
}

void section_out_fini(struct section_out *out) {
    if (out->descriptor >= 0)
        close(out->descriptor);
    checksum_free(out->hash);
    free(out->buffer);
    *out = (struct section_out){.descriptor = -1};
}

void section_out_begin(struct section_out *out) {
    checksum_reset(out->hash);
}

bool section_out_flush(struct section_out *out) {
    if (!file_bytes_write(out->descriptor, out->buffer, out->buffered, out->position - out->buffered))
        return false;
    out->buffered = 0;
    return true;
}

/* How much of so many bytes goes into the buffer next, at least one; 0: there is no room, and none can be made. */
static size_t room_for(struct section_out *out, uint64_t size) {
    if (out->buffered == BUFFER_BYTES && !section_out_flush(out))
        return 0;
    const size_t room = BUFFER_BYTES - out->buffered;
    return size < room ? (size_t)size : room;
}

bool section_out_write(struct section_out *out, const void *bytes, size_t size) {
    checksum_add(out->hash, bytes, size);
    while (size > 0) {
        const size_t part = room_for(out, size);
        if (part == 0)
            return false;
        memcpy(out->buffer + out->buffered, bytes, part);
        out->buffered += part;
        out->position += part;
        bytes = (const unsigned char *)bytes + part;
        size -= part;
    }
    return true;
}

uint64_t section_out_hash(const struct section_out *out) {
    return checksum_get(out->hash);
}

bool section_out_take(struct section_out *out, struct section_out *from) {
    if (!section_out_flush(from))
        return false;
    for (uint64_t at = 0; at < from->position;) {
        size_t got;
        const size_t part = room_for(out, from->position - at);
        if (part == 0 || !file_bytes_read(from->descriptor, out->buffer + out->buffered, part, at, &got))
            return false;
        if (got < part) {
            errno = EIO; /* it was cut */
            return false;
        }
        out->buffered += part;
        out->position += part;
        at += part;
    }
    from->position = 0;
    section_out_begin(from);
    return true;
}
