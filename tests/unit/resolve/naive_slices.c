#include "naive_slices.h"

#include <stdbool.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
    const struct naive_slice *left = a, *right = b;
    if (left->ts_ns != right->ts_ns)
        return left->ts_ns < right->ts_ns ? -1 : 1;
    if (left->dur_ns != right->dur_ns)
        return left->dur_ns > right->dur_ns ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

void naive_sort(struct naive_slice *slices, size_t count) {
    if (count > 0)
        qsort(slices, count, sizeof *slices, compare);
}

static bool encloses(const struct naive_slice *slice, int64_t t_ns) {
    if (slice->dur_ns == 0)
        return slice->ts_ns == t_ns;
    return slice->ts_ns <= t_ns && t_ns < slice->ts_ns + slice->dur_ns;
}

void naive_clip(struct naive_slice *slices, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct naive_slice *slice = &slices[i];
        for (size_t k = i; k-- > 0;) {
            const struct naive_slice *caller = &slices[k];
            if (caller->row != slice->row || caller->dur_ns == 0 || !encloses(caller, slice->ts_ns))
                continue;
            const int64_t room = caller->ts_ns + caller->dur_ns - slice->ts_ns;
            slice->dur_ns = slice->dur_ns > room ? room : slice->dur_ns;
            break;
        }
    }
    naive_sort(slices, count);
}

size_t naive_around(const struct naive_slice *slices, size_t count, uint32_t row, int64_t t_ns,
                    const struct naive_slice **found) {
    size_t around = 0;
    for (size_t i = 0; i < count && slices[i].ts_ns <= t_ns; i++)
        if (slices[i].row == row && encloses(&slices[i], t_ns))
            found[around++] = &slices[i];
    found[around] = NULL;
    return around;
}
