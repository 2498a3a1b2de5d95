/* What stands around the events: the keys of the document, the Python frames around all steps, the metadata. */
#ifndef TRACEGEN_DOCUMENT_H
#define TRACEGEN_DOCUMENT_H

#include "gen_events.h"

void document_begin(struct emitter *emitter);
/* Two frames on each row, which all others lie in. */
void document_put_roots(struct emitter *emitter);
/* Metadata and marks, which Kineto writes after all events, and the end of the document. */
void document_end(struct emitter *emitter);

#endif
