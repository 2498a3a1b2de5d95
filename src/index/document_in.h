/* What an index says of its trace as a whole, in its tables `document` and `anomalies` -> a summary's document and
 * tally. */
#ifndef TRACECMP_DOCUMENT_IN_H
#define TRACECMP_DOCUMENT_IN_H

#include "index/index_target.h"
#include "index/names_in.h"

/* STATUS_LIMIT: a load of the trace may have no room for all its names beside those that `names` has already. */
enum status document_in_check_names(struct table_in *table, const struct names *names, struct error *error) CHECKED;
/* STATUS_LIMIT: a load of the trace may count diagnostics otherwise for this target. */
enum status document_in_read(struct table_in *table, const struct names_in *names, const struct index_target *target,
                             struct error *error) CHECKED;

#endif
