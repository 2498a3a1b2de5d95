#include "index/section_out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "base/huge_pages.h"

static void *buffer_new(size_t bytes) {
    return bytes < HUGE_PAGE_BYTES ? malloc(bytes) : huge_pages_new(bytes);
}

bool section_out_init(struct section_out *out, size_t buffer_bytes) {
    *out = (struct section_out){
        .descriptor = -1, .buffer = buffer_new(buffer_bytes), .buffer_bytes = buffer_bytes, .hash = checksum_new()};
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
    if (out->buffered == out->buffer_bytes && !section_out_flush(out))
        return 0;
    const size_t room = out->buffer_bytes - out->buffered;
    return size < room ? (size_t)size : room;
}

static bool append(struct section_out *out, const unsigned char *bytes, size_t size) {
    while (size > 0) {
        const size_t part = room_for(out, size);
        if (part == 0)
            return false;
        memcpy(out->buffer + out->buffered, bytes, part);
        out->buffered += part;
        out->position += part;
        bytes += part;
        size -= part;
    }
    return true;
}

bool section_out_write(struct section_out *out, const void *bytes, size_t size) {
    checksum_add(out->hash, bytes, size);
    return append(out, bytes, size);
}

uint64_t section_out_hash(const struct section_out *out) {
    return checksum_get(out->hash);
}

/* What is in the file of another one. */
static bool copy_file(struct section_out *out, const struct section_out *from) {
    const uint64_t end = from->position - from->buffered;
    for (uint64_t at = 0; at < end;) {
        size_t got;
        const size_t part = room_for(out, end - at);
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
    return true;
}

bool section_out_take(struct section_out *out, struct section_out *from) {
    if (!copy_file(out, from) || !append(out, from->buffer, from->buffered))
        return false;
    from->position = from->buffered = 0;
    section_out_begin(from);
    return true;
}
