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

/* Where read/ delivers. push may be called any number of times; end once, after the last push, unless one failed. */
struct chunk_sink {
    enum status (*push)(void *self, const struct chunk *chunk, struct error *error);
    enum status (*end)(void *self, struct error *error);
    void *self; /* borrowed */
};

#endif
