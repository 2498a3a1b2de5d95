/* The inside of a JSON string -> valid UTF-8. */
#ifndef TRACECMP_UNESCAPE_H
#define TRACECMP_UNESCAPE_H

#include "base/buf.h"
#include "base/text.h"

/* Decodes escapes; bytes that are not UTF-8 and lone surrogates become U+FFFD, raw control characters stay, *repaired
 * says whether any of these was met. *out borrows from raw when there is nothing to do, else from scratch (cleared
 * first), until either changes. */
enum status unescape(struct text raw, struct buf *scratch, struct text *out, bool *repaired,
                     struct error *error) CHECKED;

#endif
