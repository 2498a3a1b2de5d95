/* A tree of call paths: a node is (its caller's node, the name of the frame). Equal paths are equal nodes. */
#ifndef TRACECMP_PATHS_H
#define TRACECMP_PATHS_H

#include <stdint.h>

#include "base/error.h"

enum { PATH_ROOT = 0 }; /* the empty path */

struct paths;

struct paths *paths_new(void); /* NULL: no memory */
void paths_free(struct paths *paths);
/* At the ceiling (LIMIT_PATHS) the caller's own node is returned and the loss is counted (paths_beyond). */
enum status paths_child(struct paths *paths, uint32_t caller, uint32_t name, uint32_t *node,
                        struct error *error) CHECKED;
uint32_t paths_caller(const struct paths *paths, uint32_t node);
uint32_t paths_name(const struct paths *paths, uint32_t node);
uint32_t paths_depth(const struct paths *paths, uint32_t node); /* PATH_ROOT is 0 */
uint32_t paths_count(const struct paths *paths);                /* one past the largest node */
uint64_t paths_beyond(const struct paths *paths);

#endif
