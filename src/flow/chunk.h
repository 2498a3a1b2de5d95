/* Bytes on their way from read/ to tokenize/: any number of them, cut anywhere. */
#ifndef TRACECMP_CHUNK_H
#define TRACECMP_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct chunk {
    const char *data; /* borrowed: until the push returns */
    size_t size;
    uint64_t offset; /* of data[0] in the uncompressed input */
};

/* An input that any thread may read at any place. */
struct chunk_file {
    /* As many as `size` bytes from `offset` of the input on; fewer: it ends there now, or cannot be read. */
    size_t (*read)(const struct chunk_file *file, uint64_t offset, char *to, size_t size);
    uint64_t size; /* of the input when it was opened */
};

/* Where read/ delivers. push may be called any number of times; end once, after the last push, unless one failed. */
struct chunk_sink {
    enum status (*push)(void *self, const struct chunk *chunk, struct error *error);
    enum status (*end)(void *self, struct error *error);
    void *self; /* borrowed */
    /* Instead of a push: the sink reads the next bytes, from `offset` on, by itself, with threads of its own, which may
     * be ahead. *taken: how many bytes it is done with; 0: none, they have to be pushed, and nothing is read any more.
     * file: the same one again and again, until 0 was taken; NULL: nothing is to be read any more. No
     * function: never. */
    enum status (*fetch)(void *self, const struct chunk_file *file, uint64_t offset, uint64_t *taken,
                         struct error *error);
};

#endif
