/* Hash table from a 64-bit key to a 64-bit value. */
#ifndef TRACECMP_MAP_H
#define TRACECMP_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct map;

struct map *map_new(size_t max_entries); /* NULL: no memory */
void map_free(struct map *map);
/* Borrowed until the next map_at; NULL when the key is not there. */
uint64_t *map_find(const struct map *map, uint64_t key);
/* The value of the key, 0 when it is new. *value is NULL when the table is at its ceiling. */
enum status map_at(struct map *map, uint64_t key, uint64_t **value, struct error *error) CHECKED;
size_t map_count(const struct map *map);
/* Walks all entries in no useful order: *cursor starts at 0; false at the end. */
bool map_next(const struct map *map, size_t *cursor, uint64_t *key, uint64_t *value);

#endif
