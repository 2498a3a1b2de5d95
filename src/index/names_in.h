/* The names of an index -> those of the summary, by their numbers. */
#ifndef TRACECMP_NAMES_IN_H
#define TRACECMP_NAMES_IN_H

#include "base/names.h"
#include "index/table_in.h"

struct names_in {
    uint32_t *names; /* owned; by number in the index, [0] is NAME_NONE */
    uint32_t count;  /* that one among them */
};

/* in: zeroed; names_in_fini also after a failure. STATUS_LIMIT: there is no room for all of them beside those that
 * `names` has already. */
enum status names_in_read(struct names_in *in, struct table_in *table, struct names *names,
                          struct error *error) CHECKED;
void names_in_fini(struct names_in *in);

static inline enum status names_in_get(const struct names_in *in, uint64_t number, uint32_t *name,
                                       struct error *error) {
    if (number >= in->count)
        return INDEX_DAMAGED(error, "a name");
    *name = in->names[number];
    return STATUS_OK;
}

#endif
