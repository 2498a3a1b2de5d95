/* What encloses what, found the slow way: the rules once more, to check the quick way against. */
#ifndef TRACECMP_NAIVE_SLICES_H
#define TRACECMP_NAIVE_SLICES_H

#include <stddef.h>
#include <stdint.h>

struct naive_slice {
    uint32_t row, name, place; /* place: in the file */
    int64_t ts_ns, dur_ns;
};

/* Outermost first: by start, longest first, then by place. */
void naive_sort(struct naive_slice *slices, size_t count);
/* Sorted slices -> sorted slices, each ending at the latest where the one of its row that it started in ends. */
void naive_clip(struct naive_slice *slices, size_t count);
/* Of sorted slices, pointers to those of a row that enclose t, outermost first, then NULL. found: room for all. */
size_t naive_around(const struct naive_slice *slices, size_t count, uint32_t row, int64_t t_ns,
                    const struct naive_slice **found);

#endif
