/* The keys beside traceEvents -> struct document. */
#ifndef TRACECMP_HEAD_H
#define TRACECMP_HEAD_H

#include "base/error.h"
#include "base/tally.h"
#include "base/text.h"
#include "flow/document.h"

/* Does head_read make anything of this key? */
bool head_wants(struct text key);
/* value: its JSON text. What cannot be read is counted and leaves the document as it is. */
enum status head_read(struct document *document, struct text key, struct text value, struct tally *tally,
                      struct error *error) CHECKED;

#endif
