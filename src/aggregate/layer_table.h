/* Adds up the layers that were found: a row for each number, a shape for each distinct sequence of kernels. */
#ifndef TRACECMP_LAYER_TABLE_H
#define TRACECMP_LAYER_TABLE_H

#include "flow/classes.h"
#include "flow/summary.h"

struct layer_part { /* one GPU event of a layer */
    uint32_t class_id;
    int64_t total_ns; /* over all instances */
};

struct layer_found {
    uint32_t number;
    enum phase phase;
    uint64_t instances;
    const struct layer_part *parts; /* borrowed; in the order of the GPU's time */
    size_t part_count;
    int64_t total_ns; /* of all parts */
};

struct layer_table;

struct layer_table *layer_table_new(void); /* NULL: no memory */
void layer_table_free(struct layer_table *table);
/* *added: false when there is no room for one more row. */
enum status layer_table_add(struct layer_table *table, const struct layer_found *found, bool *added,
                            struct error *error) CHECKED;
/* Makes rows and shapes. kernel_rows: kernel_rows.h; borrowed. */
enum status layer_table_finish(const struct layer_table *table, const uint32_t *kernel_rows, struct layers *layers,
                               struct error *error) CHECKED;

#endif
