#include "base/map.h"

#include <stdlib.h>

struct map {
    struct cell {
        uint64_t key, value;
    } * cells;
    bool *used;
    size_t cell_count; /* a power of two, at most two thirds used */
    size_t count, max_entries;
};

enum { MAP_FIRST_CELLS = 64 };

/* Fibonacci hashing with a fold: the keys here are ids and small pairs of ids. */
static size_t home(uint64_t key, size_t mask) {
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(key ^ key >> 32) & mask;
}

static bool allocate(struct map *map, size_t cell_count) {
    map->cells = malloc(cell_count * sizeof *map->cells);
    map->used = calloc(cell_count, sizeof *map->used);
    map->cell_count = cell_count;
    return map->cells && map->used;
}

struct map *map_new(size_t max_entries) {
    struct map *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    map->max_entries = max_entries;
    if (!allocate(map, MAP_FIRST_CELLS)) {
        map_free(map);
        return NULL;
    }
    return map;
}

void map_free(struct map *map) {
    if (!map)
        return;
    free(map->cells);
    free(map->used);
    free(map);
}

static size_t find_cell(const struct map *map, uint64_t key) {
    const size_t mask = map->cell_count - 1;
    size_t i = home(key, mask);
    while (map->used[i] && map->cells[i].key != key)
        i = (i + 1) & mask;
    return i;
}

static enum status grow(struct map *map, struct error *error) {
    struct map bigger = *map;
    if (!allocate(&bigger, map->cell_count * 2)) {
        free(bigger.cells);
        free(bigger.used);
        return FAIL_MEMORY(error);
    }
    for (size_t i = 0; i < map->cell_count; i++) {
        if (!map->used[i])
            continue;
        const size_t j = find_cell(&bigger, map->cells[i].key);
        bigger.cells[j] = map->cells[i];
        bigger.used[j] = true;
    }
    free(map->cells);
    free(map->used);
    *map = bigger;
    return STATUS_OK;
}

uint64_t *map_find(const struct map *map, uint64_t key) {
    const size_t i = find_cell(map, key);
    return map->used[i] ? &map->cells[i].value : NULL;
}

enum status map_at(struct map *map, uint64_t key, uint64_t **value, struct error *error) {
    if ((*value = map_find(map, key)) || map->count >= map->max_entries)
        return STATUS_OK;
    if (map->count + map->count / 2 >= map->cell_count)
        TRY(grow(map, error));
    const size_t i = find_cell(map, key);
    map->used[i] = true;
    map->cells[i] = (struct cell){key, 0};
    map->count++;
    *value = &map->cells[i].value;
    return STATUS_OK;
}

size_t map_count(const struct map *map) {
    return map->count;
}

bool map_next(const struct map *map, size_t *cursor, uint64_t *key, uint64_t *value) {
    while (*cursor < map->cell_count && !map->used[*cursor])
        ++*cursor;
    if (*cursor >= map->cell_count)
        return false;
    *key = map->cells[*cursor].key;
    *value = map->cells[*cursor].value;
    ++*cursor;
    return true;
}
