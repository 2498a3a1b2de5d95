#include "index/section_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 64 };

bool section_stream_init(struct section_stream *stream, int descriptor, size_t capacity) {
    const size_t room = (capacity / LINE_BYTES + 2) * LINE_BYTES;
    *stream = (struct section_stream){.descriptor = descriptor, .capacity = room};
    stream->buffer = aligned_alloc(LINE_BYTES, room);
    stream->hash = checksum_new();
    stream->at = stream->end = stream->buffer;
    return stream->buffer && stream->hash;
}

void section_stream_fini(struct section_stream *stream) {
    free(stream->buffer);
    checksum_free(stream->hash);
    *stream = (struct section_stream){.descriptor = -1};
}

void section_stream_begin(struct section_stream *stream, const struct index_part *part) {
    stream->at = stream->end = stream->buffer;
    stream->offset = part->offset;
    stream->left = part->length;
    checksum_reset(stream->hash);
}

/* One read into the room behind what is there. */
static bool read_more(struct section_stream *stream) {
    unsigned char *to = stream->buffer + (stream->end - stream->buffer);
    const size_t room = stream->capacity - (size_t)(stream->end - stream->buffer);
    const size_t most = stream->left < room ? (size_t)stream->left : room;
    const ssize_t got = pread(stream->descriptor, to, most, (off_t)stream->offset);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        return false;
    checksum_add(stream->hash, to, (size_t)got);
    stream->end += got;
    stream->offset += (uint64_t)got;
    stream->left -= (uint64_t)got;
    return true;
}

bool section_stream_fill(struct section_stream *stream, size_t size) {
    const size_t held = (size_t)(stream->end - stream->at);
    if (held >= size || stream->left == 0)
        return true;
    /* What is aligned in the file is so in the buffer: blocks, to 8 bytes, and what the system copies, to its lines. */
    unsigned char *to = stream->buffer + (stream->offset - held) % LINE_BYTES;
    memmove(to, stream->at, held);
    stream->at = to;
    stream->end = to + held;
    while ((size_t)(stream->end - stream->at) < size && stream->left > 0)
        if (!read_more(stream))
            return false;
    return true;
}

bool section_stream_sound(struct section_stream *stream, const struct index_part *part) {
    while (stream->left > 0) {
        stream->at = stream->end = stream->buffer;
        if (!read_more(stream))
            return false;
    }
    return checksum_get(stream->hash) == part->hash;
}

enum status section_stream_end(struct section_stream *stream, const struct index_part *part, struct error *error) {
    if (stream->at != stream->end || stream->left > 0)
        return INDEX_DAMAGED(error, "the length of a section");
    return section_stream_sound(stream, part) ? STATUS_OK : INDEX_DAMAGED(error, "a checksum");
}
