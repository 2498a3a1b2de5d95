/* All bytes of a piece of a file, however few of them the system moves at once. errno says why not. */
#ifndef TRACECMP_FILE_BYTES_H
#define TRACECMP_FILE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *got < size: the file ends there. */
bool file_bytes_read(int descriptor, void *into, size_t size, uint64_t offset, size_t *got);
bool file_bytes_write(int descriptor, const void *from, size_t size, uint64_t offset);

#endif
