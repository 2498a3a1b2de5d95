/* One kind of CPU slice on its way through a sweep: a sorter of slices and the nest of those open now. */
#ifndef TRACECMP_LANE_H
#define TRACECMP_LANE_H

#include "base/sort_reader.h"
#include "resolve/nest.h"

struct lane {
    struct sorter *sorter; /* owned; records begin with a struct slice_record */
    struct nest nest;
    struct sort_reader *reader;         /* the sorter's, once that is finished */
    const struct slice_record *waiting; /* borrowed from the sorter; NULL at the end */
    uint64_t row;                       /* of the nest */
    uint32_t opened;                    /* slices passed since the start, those of other rows too */
};

/* Its cache lines are its own: several are advanced side by side. NULL: no memory. */
struct lane *lane_new(struct sort_space *space, size_t record_size, bool clips);
void lane_free(struct lane *lane);
enum status lane_push(struct lane *lane, const void *slice, struct error *error) CHECKED;
/* All slices are in; sorts them. */
enum status lane_finish(struct lane *lane, struct error *error) CHECKED;
/* Back to the first slice, for another sweep. */
enum status lane_start(struct lane *lane, struct error *error) CHECKED;
/* Back to before lane_finish: takes slices again; all that were pushed stay. */
void lane_reopen(struct lane *lane);
/* Opens all slices of the row up to t. (row, t) never go back within a sweep. A slice's `extra` in the nest is its
 * position in the lane, but for Python frames PATH_ROOT. Of the row NAME_BEYOND, which is many, none are opened. */
enum status lane_advance(struct lane *lane, uint64_t row, int64_t t_ns, struct error *error) CHECKED;

#endif
