#include "read/reserve.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/*  reserve |size|bytes…|size|bytes…|........|     pieces are never given back */
enum { RESERVE_BYTES = 1 << 13, HEADER_BYTES = 16 };

static _Alignas(HEADER_BYTES) unsigned char reserve[RESERVE_BYTES];
static atomic_size_t used;

static bool is_reserve(const void *piece) {
    const uintptr_t at = (uintptr_t)piece, start = (uintptr_t)reserve;
    return at >= start && at < start + RESERVE_BYTES;
}

static void *reserve_take(size_t size) {
    if (size > RESERVE_BYTES)
        return NULL;
    const size_t whole = HEADER_BYTES + (size + HEADER_BYTES - 1) / HEADER_BYTES * HEADER_BYTES;
    const size_t at = atomic_fetch_add(&used, whole);
    if (at + whole > RESERVE_BYTES)
        return NULL;
    memcpy(reserve + at, &size, sizeof size);
    return reserve + at + HEADER_BYTES;
}

static void *take(size_t size) {
    void *piece = malloc(size);
    return piece ? piece : reserve_take(size);
}

/* The reserve is zero, and used once. */
static void *take_zeroed(size_t count, size_t size) {
    void *piece = calloc(count, size);
    return piece || size > RESERVE_BYTES || count > RESERVE_BYTES ? piece : reserve_take(count * size);
}

static void give(void *piece) {
    if (!is_reserve(piece))
        free(piece);
}

static size_t size_of(void *piece) {
    size_t size;
    if (!is_reserve(piece))
        return malloc_usable_size(piece);
    memcpy(&size, (unsigned char *)piece - HEADER_BYTES, sizeof size);
    return size;
}

static void *resize(void *old, size_t size) {
    void *piece = is_reserve(old) ? NULL : realloc(old, size);
    if (piece)
        return piece;
    piece = take(size);
    if (piece && old) {
        const size_t before = size_of(old);
        memcpy(piece, old, before < size ? before : size);
        give(old);
    }
    return piece;
}

static void replace(void) {
    uv_replace_allocator(take, resize, take_zeroed, give);
}

void reserve_begin(void) {
    static uv_once_t once = UV_ONCE_INIT;
    uv_once(&once, replace);
}
