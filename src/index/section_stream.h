/* One section of an index file, read from front to end through a buffer. Not mapped: a large file would cost a fault
 * for every page, and one that is cut meanwhile would kill the reader. */
#ifndef TRACECMP_SECTION_STREAM_H
#define TRACECMP_SECTION_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "index/checksum.h"
#include "index/format.h"

struct section_stream {
    unsigned char *buffer; /* owned */
    size_t capacity;       /* of it: more than may be asked for at once, by what it may begin behind a line */
    const unsigned char *at, *end; /* what is in the buffer and not taken yet; `at` is moved by whoever takes */
    int descriptor;                /* borrowed */
    uint64_t offset, left;         /* in the file: of what is not in the buffer yet */
    struct checksum *hash;         /* owned; of what was read so far */
};

/* At most `capacity` bytes can be asked for at once. False: no memory. */
bool section_stream_init(struct section_stream *stream, int descriptor, size_t capacity);
void section_stream_fini(struct section_stream *stream);
void section_stream_begin(struct section_stream *stream, const struct index_part *part);
/* Reads on until `size` bytes are in the buffer, or all that is left. False: the file is shorter, or reading failed. */
bool section_stream_fill(struct section_stream *stream, size_t size);
/* Reads what is left; true when all was as its checksum says. */
bool section_stream_sound(struct section_stream *stream, const struct index_part *part);
/* Behind the last of a section: nothing is left, and it was sound. */
enum status section_stream_end(struct section_stream *stream, const struct index_part *part,
                               struct error *error) CHECKED;

#endif
