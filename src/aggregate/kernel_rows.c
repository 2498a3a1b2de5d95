#include "aggregate/kernel_rows.h"

#include <stdlib.h>

#include "base/map.h"

static uint64_t key_of(uint32_t name, enum event_kind kind) {
    return (uint64_t)name << 2 | kind;
}

/* There is one class, and one row, for each name and kind. */
static enum status find_rows(uint32_t *rows, struct map *by_key, const struct summary *summary,
                             const struct classes *classes, struct error *error) {
    for (uint32_t row = 0; row < summary->kernel_count; row++) {
        uint64_t *value;
        TRY(map_at(by_key, key_of(summary->kernels[row].name, summary->kernels[row].kind), &value, error));
        *value = row;
    }
    for (uint32_t class_id = 0; class_id < classes->kernel_count; class_id++) {
        const struct kernel_class *class = &classes->kernels[class_id];
        const uint64_t *row = map_find(by_key, key_of(class->name, class->kind));
        rows[class_id] = row ? (uint32_t)*row : 0;
    }
    return STATUS_OK;
}

enum status kernel_rows_new(uint32_t **rows, const struct summary *summary, const struct classes *classes,
                            struct error *error) {
    struct map *by_key = map_new(SIZE_MAX);
    *rows = calloc((size_t)classes->kernel_count + 1, sizeof **rows);
    const enum status status = by_key && *rows ? find_rows(*rows, by_key, summary, classes, error) : FAIL_MEMORY(error);
    map_free(by_key);
    if (status != STATUS_OK) {
        free(*rows);
        *rows = NULL;
    }
    return status;
}
