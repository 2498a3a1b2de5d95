/* Random trace documents, mostly of the usual form, and random damage to them. */
#ifndef TRACECMP_MADE_DOCUMENT_H
#define TRACECMP_MADE_DOCUMENT_H

#include "../base/seeded.h"
#include "base/text.h"

enum { MADE_DOCUMENT_BYTES = 8 << 10, MADE_ITEM_BYTES = 1 << 10 };

struct made_document {
    char data[MADE_DOCUMENT_BYTES + 64]; /* damage may make it longer */
    size_t size;
};

/* An item that is valid JSON and whose keys come once. */
void made_item(struct made_document *document, struct seeded *seeded);
/* A valid document of one of the accepted forms. */
void made_document(struct made_document *document, struct seeded *seeded);
/* Deletes, inserts, replaces or repeats a few bytes, or cuts the end off. */
void made_document_damage(struct made_document *document, struct seeded *seeded);

static inline struct text made_document_text(const struct made_document *document) {
    return (struct text){document->data, document->size};
}

#endif
