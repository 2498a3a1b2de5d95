#include "base/paths.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

struct paths {
    struct node {
        uint32_t caller, name, depth;
    } * nodes;
    size_t capacity;
    uint32_t count;
    struct map *children; /* caller << 32 | name -> node */
    uint64_t beyond;
};

static enum status add_node(struct paths *paths, struct node node, struct error *error) {
    void *nodes = paths->nodes;
    TRY(array_grow(&nodes, &paths->capacity, paths->count + (size_t)1, sizeof node, LIMIT_PATHS, error));
    paths->nodes = nodes;
    paths->nodes[paths->count++] = node;
    return STATUS_OK;
}

struct paths *paths_new(void) {
    struct error error;
    struct paths *paths = calloc(1, sizeof *paths);
    if (!paths)
        return NULL;
    paths->children = map_new(LIMIT_PATHS);
    if (!paths->children || add_node(paths, (struct node){0, 0, 0}, &error) != STATUS_OK) {
        paths_free(paths);
        return NULL;
    }
    return paths;
}

void paths_free(struct paths *paths) {
    if (!paths)
        return;
    map_free(paths->children);
    free(paths->nodes);
    free(paths);
}

enum status paths_child(struct paths *paths, uint32_t caller, uint32_t name, uint32_t *node, struct error *error) {
    const uint64_t key = (uint64_t)caller << 32 | name;
    const uint64_t *known = map_find(paths->children, key);
    *node = known ? (uint32_t)*known : caller;
    if (known)
        return STATUS_OK;
    if (paths->count >= LIMIT_PATHS) {
        paths->beyond++;
        return STATUS_OK;
    }
    uint64_t *value;
    TRY(map_at(paths->children, key, &value, error));
    *node = paths->count;
    *value = *node;
    return add_node(paths, (struct node){caller, name, paths->nodes[caller].depth + 1}, error);
}

uint32_t paths_caller(const struct paths *paths, uint32_t node) {
    return paths->nodes[node].caller;
}
uint32_t paths_name(const struct paths *paths, uint32_t node) {
    return paths->nodes[node].name;
}
uint32_t paths_depth(const struct paths *paths, uint32_t node) {
    return paths->nodes[node].depth;
}
uint32_t paths_count(const struct paths *paths) {
    return paths->count;
}
uint64_t paths_beyond(const struct paths *paths) {
    return paths->beyond;
}
