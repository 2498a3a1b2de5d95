#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t limit) {
    *buf = (struct buf){.limit = limit};
}

void buf_fini(struct buf *buf) {
    free(buf->data);
    *buf = (struct buf){.limit = buf->limit};
}

enum status buf_reserve(struct buf *buf, size_t more, struct error *error) {
    if (more > buf->limit - buf->size)
        return FAIL(error, STATUS_LIMIT, "more than %zu bytes", buf->limit);
    void *data = buf->data;
    TRY(array_grow(&data, &buf->capacity, buf->size + more, 1, buf->limit, error));
    buf->data = data;
    return STATUS_OK;
}

enum status buf_append(struct buf *buf, const void *bytes, size_t size, struct error *error) {
    if (size == 0)
        return STATUS_OK;
    TRY(buf_reserve(buf, size, error));
    memcpy(buf->data + buf->size, bytes, size);
    buf->size += size;
    return STATUS_OK;
}

enum status array_grow(void **items, size_t *capacity, size_t need, size_t item_size, size_t limit,
                       struct error *error) {
    if (need <= *capacity)
        return STATUS_OK;
    if (need > limit)
        return FAIL(error, STATUS_LIMIT, "more than %zu entries", limit);
    size_t grown = *capacity < 16 ? 16 : *capacity + *capacity / 2;
    if (grown < need)
        grown = need;
    if (grown > limit)
        grown = limit;
    void *moved = grown > SIZE_MAX / item_size ? NULL : realloc(*items, grown * item_size);
    if (!moved)
        return FAIL_MEMORY(error);
    *items = moved;
    *capacity = grown;
    return STATUS_OK;
}
