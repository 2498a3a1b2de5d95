/* Bytes that are already in memory, handed on as chunks. */
#ifndef TRACECMP_MEMORY_H
#define TRACECMP_MEMORY_H

#include <stddef.h>

#include "flow/chunk.h"

/* Pushes `bytes` in slices of at most chunk_bytes (0: in one piece); stops at the first failure of the sink. */
enum status memory_push(const struct chunk *bytes, size_t chunk_bytes, const struct chunk_sink *sink,
                        struct error *error) CHECKED;

/* A whole input: pushes the slices from offset 0, then ends. */
enum status memory_read(const char *data, size_t size, size_t chunk_bytes, struct chunk_sink sink,
                        struct error *error) CHECKED;

#endif
