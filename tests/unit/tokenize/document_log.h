/* Everything that comes out of a document, as one text, so that two ways of cutting it can be compared. */
#ifndef TRACECMP_DOCUMENT_LOG_H
#define TRACECMP_DOCUMENT_LOG_H

#include <stdbool.h>

#include "base/text.h"

/* Pushes the document in chunks of so many bytes (0: whole); free() the data of what it returns. */
typedef struct text document_log(struct text document, size_t chunk_bytes);

/* What a splitter gives: each item as `OFFSET:span `, each wanted key as `key=value `, then `| whole`, `| cut` or
 * `| not a trace at OFFSET`, and each count of the tally as ` code*N@BYTE`. Of the keys beside traceEvents those that
 * begin with w are wanted. */
document_log split_log;
/* What a tokenizer gives: a line for each event, then the same end. */
document_log event_log;
document_log threaded_event_log; /* by three worker threads */
document_log fetched_event_log; /* so too, but they read most of it themselves */

/* Is the log the same for small chunks, for some in which items lie whole, and for the document whole? */
bool document_log_is_same_for_all_chunks(document_log *log, struct text document);

#endif
