/* Bytes in. Reads one or more inputs at the same time and hands their chunks to sinks, in order for each input. gzip
 * and zstd are recognised by their first bytes and decompressed on the way, whatever the input is, in bounded memory:
 * 3 MiB and the window of a zstd stream (LIMIT_WINDOW_LOG). The only folder that knows libuv and decompressors. */
#ifndef TRACECMP_READ_H
#define TRACECMP_READ_H

#include <stddef.h>
#include <stdint.h>

#include "flow/chunk.h"
#include "flow/document.h"

/* What became of a followed file while it was read: its bytes, or its name, are no longer those of what was read. */
enum read_change { READ_UNCHANGED, READ_TRUNCATED, READ_REWRITTEN, READ_REPLACED };

struct read_input {
    const char *path;                  /* a path, or "-" for standard input; FIFOs and /dev/fd/N work; borrowed */
    bool follow;                       /* a regular file does not end at its end: more may be written. It ends when it
                                          changes otherwise, or is told to */
    struct chunk_sink sink;            /* pushed to on the calling thread only */
    uint64_t size;                     /* out: total bytes as read when known, else 0; for progress only */
    uint64_t bytes;                    /* out: bytes read so far */
    uint64_t bytes_uncompressed;       /* out: bytes delivered so far */
    enum read_compression compression; /* out: known at the first push */
    bool in_stream;                    /* out: a compressed stream is not at an end of it: more must come */
    bool damaged;                      /* out: reading or decompressing failed after the first byte was delivered; what
                                          came before the damage was delivered and end was called */
    struct error failure;              /* out: why, and at which byte as read; only when damaged */
    enum read_change change;           /* out: why a followed file ended */
    bool nameless;                     /* out: no file has the path of a followed file now */
};

struct read_options {
    size_t chunk_bytes; /* largest chunk; 0: the best size */
    /* Called on the calling thread about every interval_ms until the last sink has been ended; NULL or 0: never. A
     * failure is that of read_inputs; *stop: all inputs end where they are. */
    enum status (*tick)(void *self, bool *stop, struct error *error);
    void *tick_self; /* borrowed */
    unsigned interval_ms;
};

/* Returns when all inputs have ended, or at the first error: a file that cannot be opened or that fails before a byte
 * could be delivered, a directory, a terminal, a sink or tick that failed; an error of one input does not wait for
 * another. */
enum status read_inputs(struct read_input *inputs, size_t count, const struct read_options *options,
                        struct error *error) CHECKED;

#endif
