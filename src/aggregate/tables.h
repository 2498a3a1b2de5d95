/* The tables of the summary, but for those of steps and layers. */
#ifndef TRACECMP_TABLES_H
#define TRACECMP_TABLES_H

#include "aggregate/cells.h"

/* Takes nothing over: the cells stay their owner's. */
enum status tables_make(struct summary *summary, const struct cells *cells, const struct classes *classes,
                        struct error *error) CHECKED;

#endif
