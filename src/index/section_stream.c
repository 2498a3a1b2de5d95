#include "index/section_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool section_stream_init(struct section_stream *stream, int descriptor, size_t capacity) {
    *stream = (struct section_stream){.descriptor = descriptor, .capacity = capacity};
    stream->buffer = aligned_alloc(64, (capacity + 63) / 64 * 64);
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
    /* Blocks begin at multiples of 8 bytes of the section, and so they must in the buffer. */
    memmove(stream->buffer, stream->at, held);
    stream->at = stream->buffer;
    stream->end = stream->buffer + held;
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
