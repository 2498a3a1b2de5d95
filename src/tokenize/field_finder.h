/* The fields of an item by jsmn's tokens of it: of any that is JSON, whatever its form. In: an item's text. Out: pieces
 * of it, also where keys, the category or ph are damaged. */
#ifndef TRACECMP_FIELD_FINDER_H
#define TRACECMP_FIELD_FINDER_H

#include "tokenize/fields.h"
#include "tokenize/tokens.h"

struct field_finder {
    struct tokens tokens; /* of the item in work */
    struct buf scratch;
    bool careful;  /* damaged words are looked for, */
    bool repaired; /* one was found among stray bytes, */
    bool damaged;  /* or seems to be there with a wrong letter */
};

void field_finder_init(struct field_finder *finder);
void field_finder_fini(struct field_finder *finder);
/* *valid: the text is JSON (tokens_parse), and the fields are set, unless it is *broken: a key without a value, or no
 * object. A key that comes twice counts as its last. The fields borrow from the span. */
enum status field_finder_find(struct field_finder *finder, struct text span, struct fields *fields, bool *valid,
                              bool *broken, struct error *error) CHECKED;
/* Once more in the item just found, whose words may be damaged: `repaired` and `damaged` say whether they were. */
enum status field_finder_find_damaged(struct field_finder *finder, struct fields *fields, struct error *error) CHECKED;

#endif
