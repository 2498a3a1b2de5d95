/* The origins of an index -> those of the summary, which are of the classes that classify/ gives them. */
#ifndef TRACECMP_ORIGINS_IN_H
#define TRACECMP_ORIGINS_IN_H

#include "index/index_target.h"
#include "index/names_in.h"

struct origins_in {       /* by number in the index, from 1 */
    uint32_t *numbers;    /* owned; in the summary: not above those in the index */
    uint32_t *devices;    /* owned */
    struct event *events; /* owned; what its events share; NULL: steps are not found anew, and none is given alone */
    uint32_t count;
};

/* origins: zeroed; origins_in_fini also after a failure. */
enum status origins_in_read(struct origins_in *origins, struct table_in *table, const struct names_in *names,
                            const struct index_target *target, struct error *error) CHECKED;
void origins_in_fini(struct origins_in *origins);

#endif
