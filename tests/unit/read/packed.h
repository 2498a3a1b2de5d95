/* Compressed streams, made by the libraries themselves and undone by our decoders. */
#ifndef TRACECMP_PACKED_H
#define TRACECMP_PACKED_H

#include <stddef.h>

#include "flow/document.h"
#include "read/decoder.h"

struct packed {
    char *data; /* owned */
    size_t size;
};

void packed_fini(struct packed *packed);
void packed_append(struct packed *packed, const void *data, size_t size);
/* Each appends one member or frame with a checksum. A flush every `block` bytes makes a block end there; 0: none. */
void packed_add_gzip(struct packed *packed, const char *data, size_t size, size_t block);
void packed_add_zstd(struct packed *packed, const char *data, size_t size, size_t block);
/* The same member with all that a header can have: extra bytes, a name, a comment and a check of its own. */
void packed_add_gzip_headed(struct packed *packed, const char *data, size_t size);
/* READ_PLAIN: the bytes themselves. */
void packed_add(struct packed *packed, enum read_compression compression, const char *data, size_t size, size_t block);
/* A member or frame of `size` zeros, made in constant memory. */
void packed_add_zeros(struct packed *packed, enum read_compression compression, size_t size);

static inline struct decoder *decoder_new(enum read_compression compression) {
    return compression == READ_GZIP ? gzip_new() : zstd_new();
}

/* What a decoder makes of a stream that it is given in pieces of `in` bytes, with room for `out` bytes each time. */
struct unpacked {
    char *data; /* owned */
    size_t size, capacity;
    bool whole;
    enum status status;
    struct error error;
    size_t consumed; /* bytes of the stream */
};
struct unpacked unpacked_from(enum read_compression compression, const struct packed *packed, size_t in, size_t out);
void unpacked_fini(struct unpacked *unpacked);
bool unpacked_holds(const struct unpacked *unpacked, const char *data, size_t size);

#endif
