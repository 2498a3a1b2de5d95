/* The slices of one row that are open at an instant, outermost first. Slices are opened in the order of their keys
 * (ts ascending, duration descending, file order). Instants never go back, and t is asked about when all slices that
 * begin by then are open. A slice encloses t when ts <= t < ts + dur; one of duration 0 when t == ts. */
#ifndef TRACECMP_NEST_H
#define TRACECMP_NEST_H

#include <stddef.h>

#include "base/error.h"
#include "base/paths.h"
#include "resolve/slice.h"

struct open_slice {
    int64_t ts_ns, end_ns;
    uint32_t name, ordinal;
    uint32_t extra; /* of annotations: their step; of Python frames: their path, PATH_ROOT until it is asked for */
};

struct nest {
    struct open_slice *slices; /* owned */
    size_t count, capacity;
    bool clips;       /* a slice ends at the latest where the one it started in ends (Python frames) */
    uint64_t refused; /* slices beyond LIMIT_NESTING */
};

void nest_init(struct nest *nest, bool clips);
void nest_fini(struct nest *nest);
void nest_clear(struct nest *nest); /* another row begins */
enum status nest_open(struct nest *nest, const struct slice_record *slice, uint32_t extra, struct error *error) CHECKED;
/* Those that enclose t: `next` walks inwards to outwards from NULL; NULL at the end. */
const struct open_slice *nest_next(struct nest *nest, int64_t t_ns, const struct open_slice *inner);
const struct open_slice *nest_outermost(const struct nest *nest, int64_t t_ns);
/* The call path of all slices that enclose t; only of a nest that clips. */
enum status nest_path(struct nest *nest, int64_t t_ns, struct paths *paths, uint32_t *node,
                      struct error *error) CHECKED;

#endif
