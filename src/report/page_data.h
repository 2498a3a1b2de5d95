/* What a page draws beyond the document of its report, as JSON:
 *   {"frames": {NUMBER: name} of the frames in the document's stacks,
 *    "paths": {"count" before pruning, "names": [...], "rows": [[caller, name or -1, count, us, ...], ...]}, the last
 *             two for each side; -1 is the empty path in the first row, others elsewhere,
 *    "steps": {"base": {"count", "list"}, "test"}} where the document does not have them. */
#ifndef TRACECMP_PAGE_DATA_H
#define TRACECMP_PAGE_DATA_H

#include "flow/summary.h"
#include "report/json_writer.h"

/* test is NULL on the page of a single summary. */
enum status page_data_write(struct json *json, const struct summary *base, const struct summary *test,
                            struct error *error) CHECKED;

#endif
