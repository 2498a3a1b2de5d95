/* The parallel way from a file to events. The file is cut into regions of 256 KiB; a worker reads a region's bytes
 * into memory of its own, where they stay close to it, and splits them from the first item that seems to begin in the
 * region up to the first one in the next. The main thread takes the regions in file order while each begins where the
 * one before ended, and between two items; else it takes no more.
 *
 *   file  |…………|region     |region     |…………
 *         ^taken  └first item   └first item, where the one before ends           */
#ifndef TRACECMP_REGIONS_H
#define TRACECMP_REGIONS_H

#include "tokenize/workers.h"

struct regions;

/* Borrowed: for the life of the regions. NULL: no memory. */
struct regions *regions_new(struct workers *workers);
/* Waits for the workers. */
void regions_free(struct regions *regions);
/* As chunk_sink's. */
enum status regions_fetch(struct regions *regions, const struct chunk_file *file, uint64_t offset, uint64_t *taken,
                          struct error *error) CHECKED;

#endif
