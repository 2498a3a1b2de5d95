/* Bytes that live until the whole arena is freed. */
#ifndef TRACECMP_ARENA_H
#define TRACECMP_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Aligned for any type; NULL when the system gives no memory. */
void *arena_take(struct arena *arena, size_t size);
size_t arena_bytes(const struct arena *arena);

#endif
