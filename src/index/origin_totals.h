/* What the events of each origin are together, out of the tables `totals` and `buckets`. */
#ifndef TRACECMP_ORIGIN_TOTALS_H
#define TRACECMP_ORIGIN_TOTALS_H

#include "flow/origins.h"

struct origin_totals {
    struct stored_total *rows; /* owned; by origin less 1; their histograms are empty */
    uint32_t count, at;        /* rows so far; the one whose buckets come */
    uint64_t events, buckets;  /* of all rows; not more than */
    uint64_t event_count, bucket_count;
    int64_t ns;
    uint64_t step_events; /* of those, in steps */
    int64_t step_ns;
    struct origin_total total; /* of row `at`, as far as its buckets have come */
};

/* For this many origins, events and buckets. */
enum status origin_totals_init(struct origin_totals *totals, uint32_t origin_count, uint64_t event_count,
                               uint64_t bucket_count, struct error *error) CHECKED;
void origin_totals_fini(struct origin_totals *totals);
/* Takes the next row of `totals`. */
enum status origin_totals_add(struct origin_totals *totals, const uint64_t *row, struct error *error) CHECKED;
/* All rows are there, and are as many as events and buckets say. */
enum status origin_totals_check(const struct origin_totals *totals, struct error *error) CHECKED;
/* Takes the next row of `buckets`, after the check. *complete: all of origin number totals->at + 1, borrowed until the
 * next bucket; NULL: more of its buckets come. */
enum status origin_totals_bucket(struct origin_totals *totals, const uint64_t *row,
                                 const struct origin_total **complete, struct error *error) CHECKED;

#endif
