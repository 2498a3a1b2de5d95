/* How an input is compressed, by its first bytes. */
#ifndef TRACECMP_COMPRESSION_H
#define TRACECMP_COMPRESSION_H

#include <stddef.h>

#include "flow/document.h"

/* Takes fewer than four bytes only when there are no more. */
enum read_compression compression_recognise(const char *bytes, size_t size);

#endif
