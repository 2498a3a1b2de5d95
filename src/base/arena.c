#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum { ARENA_BLOCK_BYTES = 256 << 10 };

struct block {
    struct block *next;
    size_t used, capacity;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks; /* newest first; only the first has room */
    size_t bytes;
};

struct arena *arena_new(void) {
    return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena) {
    if (!arena)
        return;
    for (struct block *block = arena->blocks; block;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

static struct block *add_block(struct arena *arena, size_t size) {
    const size_t capacity = size > ARENA_BLOCK_BYTES ? size : ARENA_BLOCK_BYTES;
    struct block *block = malloc(sizeof *block + capacity);
    if (!block)
        return NULL;
    *block = (struct block){.next = arena->blocks, .capacity = capacity};
    arena->blocks = block;
    arena->bytes += sizeof *block + capacity;
    return block;
}

void *arena_take(struct arena *arena, size_t size) {
    const size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct block *block = arena->blocks;
    if (!block || block->capacity - block->used < rounded)
        block = add_block(arena, rounded);
    if (!block)
        return NULL;
    void *taken = block->bytes + block->used;
    block->used += rounded;
    return taken;
}

size_t arena_bytes(const struct arena *arena) {
    return arena->bytes;
}
