/* Memory whose cache lines nothing else lies in: for what a thread writes to again and again while others run. */
#ifndef TRACECMP_OWN_LINES_H
#define TRACECMP_OWN_LINES_H

#include <stdlib.h>
#include <string.h>

/* Zeroed, to be freed with free; NULL: no memory. */
static inline void *own_lines_new(size_t bytes) {
    enum { CACHE_LINE = 64 };
    const size_t whole = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *memory = aligned_alloc(CACHE_LINE, whole);
    return memory ? memset(memory, 0, whole) : NULL;
}

#endif
