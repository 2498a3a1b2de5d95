/* Growing bytes with a maximum fixed at birth. */
#ifndef TRACECMP_BUF_H
#define TRACECMP_BUF_H

#include <stddef.h>

#include "base/error.h"

/*  data |xxxxxxxxxxxxx.......|
 *        ^0           ^size   ^capacity (<= limit)   */
struct buf {
    char *data; /* owned */
    size_t size;
    size_t capacity;
    size_t limit;
};

void buf_init(struct buf *buf, size_t limit);
void buf_fini(struct buf *buf);
/* Room for `more` bytes after size; STATUS_LIMIT when that passes the limit (the content stays). */
enum status buf_reserve(struct buf *buf, size_t more, struct error *error) CHECKED;
enum status buf_append(struct buf *buf, const void *bytes, size_t size, struct error *error) CHECKED;
static inline void buf_clear(struct buf *buf) {
    buf->size = 0;
}

/* Grows a typed array to hold `need` items, at most `limit`; *items and *capacity change together. */
enum status array_grow(void **items, size_t *capacity, size_t need, size_t item_size, size_t limit,
                       struct error *error) CHECKED;

#endif
