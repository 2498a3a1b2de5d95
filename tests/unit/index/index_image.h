/* An index as bytes in memory. What cannot be made fails its test. */
#ifndef TRACECMP_INDEX_IMAGE_H
#define TRACECMP_INDEX_IMAGE_H

#include <stddef.h>

#include "cli/options.h"
#include "flow/summary.h"
#include "index/identity.h"

struct index_image {
    unsigned char *bytes; /* owned: index_image_free */
    size_t size;
};

/* The index of a document as a load would write it; no bytes: it writes none. */
struct index_image index_image_of(struct text json, const struct identity *source);
void index_image_free(struct index_image *image);
/* Makes all checksums right again, as far as header and sections are there. */
void index_image_seal(struct index_image image);
/* Opens and plays it. *summary: owned by the caller; NULL: it is of another state of the trace, or the status is not
 * STATUS_OK. */
enum status index_image_play(struct index_image image, const struct identity *source, const struct options *options,
                             struct summary **summary, struct error *error);

#endif
