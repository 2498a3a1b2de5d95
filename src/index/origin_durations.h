/* The durations of each origin, out of the tables `durations` and `buckets`: rows -> struct stats. */
#ifndef TRACECMP_ORIGIN_DURATIONS_H
#define TRACECMP_ORIGIN_DURATIONS_H

#include "base/stats.h"

struct origin_durations {
    struct stored_durations *rows; /* owned; by origin less 1; their histograms are empty */
    uint32_t count, at;            /* rows so far; the one whose buckets come */
    uint64_t events, buckets;      /* of all rows; not more than */
    uint64_t event_count, bucket_count;
    int64_t total_ns;
    struct stats stats; /* of row `at`, as far as its buckets have come */
};

/* For this many origins, events and buckets. */
enum status origin_durations_init(struct origin_durations *durations, uint32_t origin_count, uint64_t event_count,
                                  uint64_t bucket_count, struct error *error) CHECKED;
void origin_durations_fini(struct origin_durations *durations);
/* Takes the next row of `durations`. */
enum status origin_durations_add(struct origin_durations *durations, const uint64_t *row, struct error *error) CHECKED;
/* All rows are there, and are as many as events and buckets say. */
enum status origin_durations_check(const struct origin_durations *durations, struct error *error) CHECKED;
/* Takes the next row of `buckets`, after the check. *complete: all durations of origin number durations->at + 1,
 * borrowed until the next bucket; NULL: more of its buckets come. */
enum status origin_durations_bucket(struct origin_durations *durations, const uint64_t *row,
                                    const struct stats **complete, struct error *error) CHECKED;

#endif
