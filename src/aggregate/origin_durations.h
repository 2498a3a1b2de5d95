/* How long the events of each origin last, which an index wants to know, as long as there are few origins; those of
 * other origins are added up by kernel class as they come. */
#ifndef TRACECMP_ORIGIN_DURATIONS_H
#define TRACECMP_ORIGIN_DURATIONS_H

#include "aggregate/cells.h"
#include "base/limits.h"

struct origin_durations {  /* zeros: of no events */
    struct durations each; /* by origin */
    bool given_up;         /* there are too many origins */
};

static inline bool origin_durations_has(const struct origin_durations *durations, uint32_t origin) {
    return !durations->given_up && origin != ORIGIN_NONE && origin < LIMIT_DURATION_ORIGINS;
}

/* Of origins that are known, here where they have a place here, and to the cells. */
enum status origin_durations_add(struct origin_durations *durations, struct cells *cells, const struct gpu_run *run,
                                 struct error *error) CHECKED;
/* Adds those of the origins that the cells know, which are of a phase asked for, to the cells' kernel classes. */
enum status origin_durations_add_up(const struct origin_durations *durations, struct cells *cells,
                                    struct error *error) CHECKED;
/* The same, and forgets them: from now on no origin has a place. */
enum status origin_durations_give_up(struct origin_durations *durations, struct cells *cells,
                                     struct error *error) CHECKED;

#endif
