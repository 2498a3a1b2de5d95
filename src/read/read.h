/* Bytes in. Reads one or more inputs at the same time and hands their chunks to sinks, in order for each input.
 * The only folder that knows libuv. */
#ifndef TRACECMP_READ_H
#define TRACECMP_READ_H

#include <stddef.h>
#include <stdint.h>

#include "flow/chunk.h"

struct read_input {
    const char *path;       /* a path, or "-" for standard input; FIFOs and /dev/fd/N work; borrowed */
    struct chunk_sink sink; /* pushed to on the calling thread only */
    uint64_t size;          /* out: total bytes when known, else 0; for progress only */
    uint64_t bytes;         /* out: bytes delivered so far */
    bool damaged;           /* out: reading failed after the first byte; what came before it was delivered and end
                               was called */
    struct error failure;   /* out: why, and at which byte as read; only when damaged */
};

struct read_options {
    size_t chunk_bytes; /* largest chunk; 0: the best size */
    /* Called on the calling thread about every interval_ms while reading; NULL or 0: never. */
    void (*tick)(void *self);
    void *tick_self; /* borrowed */
    unsigned interval_ms;
};

/* Returns when all inputs have ended, or at the first error: a file that cannot be opened or whose first read fails,
 * a directory, a terminal, or a sink that failed; an error of one input does not wait for another. */
enum status read_inputs(struct read_input *inputs, size_t count, const struct read_options *options,
                        struct error *error) CHECKED;

#endif
