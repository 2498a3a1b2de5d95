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

enum { CHUNK_LENDS_MAX = 4 };

/* Where read/ delivers. push may be called any number of times; end once, after the last push, unless one failed. */
struct chunk_sink {
    enum status (*push)(void *self, const struct chunk *chunk, struct error *error);
    enum status (*end)(void *self, struct error *error);
    void *self; /* borrowed */
    /* Memory of the sink's, *size bytes, that the next bytes may be read into, so that pushing them copies nothing. It
     * may be asked for CHUNK_LENDS_MAX times ahead; while some is out, that alone is pushed, in the order it was lent,
     * from its start. The sink may be freed when nothing is read into it any more. NULL, or gives NULL: none. */
    char *(*lend)(void *self, size_t *size);
};

#endif
