#include "aggregate/layer_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"

struct shape { /* total_ns of its parts: over all its instances */
    size_t first, count;
    enum phase phase;
    uint64_t instances;
    int64_t total_ns;
};

struct layer_table {
    struct layer_row *rows;
    size_t row_count, row_capacity;
    struct map *row_of; /* number -> place in rows + 1 */
    struct shape *shapes;
    size_t shape_count, shape_capacity;
    struct layer_part *parts; /* of all shapes */
    size_t part_count, part_capacity;
    struct map *shape_of; /* hash -> place in shapes + 1 */
    struct map *uses;     /* use_key -> instances */
    uint64_t beyond;
};

struct layer_table *layer_table_new(void) {
    struct layer_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->row_of = map_new(LIMIT_LAYERS);
    table->shape_of = map_new(LIMIT_LAYER_SHAPES);
    table->uses = map_new(LIMIT_TABLE_ROWS);
    if (table->row_of && table->shape_of && table->uses)
        return table;
    layer_table_free(table);
    return NULL;
}

void layer_table_free(struct layer_table *table) {
    if (!table)
        return;
    map_free(table->row_of);
    map_free(table->shape_of);
    map_free(table->uses);
    free(table->rows);
    free(table->shapes);
    free(table->parts);
    free(table);
}

static uint64_t use_key(size_t row, enum phase phase, size_t shape) {
    return ((uint64_t)row * PHASES + (uint64_t)phase) << 32 | shape;
}

static enum status row_at(struct layer_table *table, uint32_t number, size_t *place, struct error *error) {
    uint64_t *known;
    TRY(map_at(table->row_of, number, &known, error));
    if (known && *known == 0) {
        void *rows = table->rows;
        TRY(array_grow(&rows, &table->row_capacity, table->row_count + 1, sizeof *table->rows, LIMIT_LAYERS, error));
        table->rows = rows;
        struct layer_row *row = &table->rows[table->row_count++];
        *row = (struct layer_row){.layer = number};
        for (int phase = 0; phase < PHASES; phase++)
            row->phases[phase].shape = LAYER_NO_SHAPE;
        *known = table->row_count;
    }
    *place = known ? (size_t)*known - 1 : LIMIT_LAYERS;
    return STATUS_OK;
}

static uint64_t hash_of(const struct layer_found *found) {
    uint64_t hash = found->part_count << 8 | found->phase;
    for (size_t i = 0; i < found->part_count; i++)
        hash = hash_add(hash, found->parts[i].class_id);
    return hash;
}

static bool is_shape(const struct layer_table *table, const struct shape *shape, const struct layer_found *found) {
    if (shape->count != found->part_count || shape->phase != found->phase)
        return false;
    for (size_t i = 0; i < shape->count; i++)
        if (table->parts[shape->first + i].class_id != found->parts[i].class_id)
            return false;
    return true;
}

static enum status new_shape(struct layer_table *table, const struct layer_found *found, struct error *error) {
    void *shapes = table->shapes, *parts = table->parts;
    TRY(array_grow(&shapes, &table->shape_capacity, table->shape_count + 1, sizeof *table->shapes, LIMIT_LAYER_SHAPES,
                   error));
    table->shapes = shapes;
    TRY(array_grow(&parts, &table->part_capacity, table->part_count + found->part_count, sizeof *table->parts,
                   LIMIT_LAYER_POSITIONS, error));
    table->parts = parts;
    table->shapes[table->shape_count++] =
        (struct shape){.first = table->part_count, .count = found->part_count, .phase = found->phase};
    for (size_t i = 0; i < found->part_count; i++)
        table->parts[table->part_count++] = (struct layer_part){found->parts[i].class_id, 0};
    return STATUS_OK;
}

/* LIMIT_LAYER_SHAPES when there is no room for one more. */
static enum status shape_at(struct layer_table *table, const struct layer_found *found, size_t *place,
                            struct error *error) {
    const uint64_t hash = hash_of(found);
    const uint64_t *known = map_find(table->shape_of, hash);
    *place = LIMIT_LAYER_SHAPES;
    if (known) {
        if (is_shape(table, &table->shapes[*known - 1], found))
            *place = (size_t)*known - 1;
        return STATUS_OK;
    }
    if (table->shape_count >= LIMIT_LAYER_SHAPES || table->part_count + found->part_count > LIMIT_LAYER_POSITIONS)
        return STATUS_OK;
    uint64_t *value;
    TRY(new_shape(table, found, error));
    TRY(map_at(table->shape_of, hash, &value, error));
    *value = table->shape_count;
    *place = table->shape_count - 1;
    return STATUS_OK;
}

static enum status add_to_shape(struct layer_table *table, size_t row, const struct layer_found *found,
                                struct error *error) {
    size_t place;
    uint64_t *used;
    TRY(shape_at(table, found, &place, error));
    if (place == LIMIT_LAYER_SHAPES) {
        table->beyond += found->instances;
        return STATUS_OK;
    }
    struct shape *shape = &table->shapes[place];
    shape->instances += found->instances;
    shape->total_ns += found->total_ns;
    for (size_t i = 0; i < shape->count; i++)
        table->parts[shape->first + i].total_ns += found->parts[i].total_ns;
    TRY(map_at(table->uses, use_key(row, found->phase, place), &used, error));
    if (used)
        *used += found->instances;
    return STATUS_OK;
}

enum status layer_table_add(struct layer_table *table, const struct layer_found *found, bool *added,
                            struct error *error) {
    size_t place;
    TRY(row_at(table, found->number, &place, error));
    *added = place < LIMIT_LAYERS;
    if (!*added)
        return STATUS_OK;
    struct layer_row *row = &table->rows[place];
    row->count += found->instances;
    row->total_ns += found->total_ns;
    row->phases[found->phase].count += found->instances;
    row->phases[found->phase].total_ns += found->total_ns;
    return add_to_shape(table, place, found, error);
}

static int compare_rows(const void *a, const void *b) {
    const struct layer_row *left = a, *right = b;
    return (left->layer > right->layer) - (left->layer < right->layer);
}

struct shape_order {
    const struct layer_table *table;
    const uint32_t *row_of;
};

/* Most time first; the rest makes the order one of the content alone. */
static int compare_shapes(const void *a, const void *b, void *context) {
    const struct shape_order *order = context;
    const struct shape *left = &order->table->shapes[*(const uint32_t *)a];
    const struct shape *right = &order->table->shapes[*(const uint32_t *)b];
    if (left->total_ns != right->total_ns)
        return left->total_ns > right->total_ns ? -1 : 1;
    if (left->phase != right->phase)
        return (int)left->phase - (int)right->phase;
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (size_t i = 0; i < left->count; i++) {
        const uint32_t l = order->row_of[order->table->parts[left->first + i].class_id];
        const uint32_t r = order->row_of[order->table->parts[right->first + i].class_id];
        if (l != r)
            return l < r ? -1 : 1;
    }
    return 0;
}

static enum status make_shape(const struct layer_table *table, const struct shape *from, const uint32_t *row_of,
                              struct layer_shape *shape, struct error *error) {
    *shape = (struct layer_shape){.phase = from->phase, .instances = from->instances, .total_ns = from->total_ns};
    shape->kernels = calloc(from->count, sizeof *shape->kernels);
    if (!shape->kernels)
        return FAIL_MEMORY(error);
    shape->kernel_count = (uint32_t)from->count;
    for (size_t i = 0; i < from->count; i++) {
        const struct layer_part *part = &table->parts[from->first + i];
        shape->kernels[i] = (struct layer_kernel){row_of[part->class_id], part->total_ns};
    }
    return STATUS_OK;
}

/* The most frequent shape of each row and phase, of equally frequent ones the first. rank: shape -> place. */
static void name_shapes(const struct layer_table *table, const uint32_t *order, const uint32_t *rank,
                        struct layers *layers) {
    uint64_t key, uses;
    for (size_t cursor = 0; map_next(table->uses, &cursor, &key, &uses);) {
        const uint64_t place = key >> 32;
        struct phase_share *share = &layers->rows[place / PHASES].phases[place % PHASES];
        const uint32_t shape = rank[(uint32_t)key];
        uint64_t best = 0;
        if (share->shape != LAYER_NO_SHAPE)
            best = *map_find(table->uses, place << 32 | order[share->shape]);
        if (uses > best || (uses == best && shape < share->shape))
            share->shape = shape;
    }
}

static enum status make_tables(const struct layer_table *table, uint32_t *order, uint32_t *rank, const uint32_t *row_of,
                               struct layers *layers, struct error *error) {
    struct shape_order context = {table, row_of};
    for (uint32_t i = 0; i < table->shape_count; i++)
        order[i] = i;
    qsort_r(order, table->shape_count, sizeof *order, compare_shapes, &context);
    for (uint32_t i = 0; i < table->shape_count; i++) {
        rank[order[i]] = i;
        TRY(make_shape(table, &table->shapes[order[i]], row_of, &layers->shapes[layers->shape_count++], error));
    }
    if (table->row_count > 0)
        memcpy(layers->rows, table->rows, table->row_count * sizeof *table->rows);
    layers->row_count = (uint32_t)table->row_count;
    name_shapes(table, order, rank, layers);
    qsort(layers->rows, layers->row_count, sizeof *layers->rows, compare_rows);
    return STATUS_OK;
}

enum status layer_table_finish(const struct layer_table *table, const uint32_t *kernel_rows, struct layers *layers,
                               struct error *error) {
    layers->shapes = calloc(table->shape_count + 1, sizeof *layers->shapes);
    layers->rows = calloc(table->row_count + 1, sizeof *layers->rows);
    layers->shapes_beyond = table->beyond;
    uint32_t *order = calloc(2 * table->shape_count + 1, sizeof *order);
    const bool allocated = layers->shapes && layers->rows && order;
    const enum status status = allocated
                                   ? make_tables(table, order, order + table->shape_count, kernel_rows, layers, error)
                                   : FAIL_MEMORY(error);
    free(order);
    return status;
}
