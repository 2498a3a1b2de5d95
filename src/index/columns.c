#include "index/columns.h"

#include <stdlib.h>
#include <string.h>

static size_t round_up(size_t size) {
    return (size + 7) & ~(size_t)7;
}

bool columns_init(struct columns *block, uint32_t count) {
    *block = (struct columns){.values = calloc(count, sizeof *block->values), .count = count};
    return block->values != NULL;
}

void columns_fini(struct columns *block) {
    free(block->values);
    *block = (struct columns){0};
}

size_t columns_bytes_max(uint32_t count) {
    return 8 + round_up(count) + 8 * (size_t)count * (1 + COLUMN_ROWS);
}

static unsigned width_of(uint64_t range) {
    return range == 0 ? 0 : range <= UINT8_MAX ? 1 : range <= UINT16_MAX ? 2 : range <= UINT32_MAX ? 4 : 8;
}

static void find_range(const uint64_t *values, uint32_t rows, uint64_t *least, uint64_t *range) {
    uint64_t low = values[0], high = values[0];
    for (uint32_t i = 1; i < rows; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *least = low;
    *range = high - low;
}

#define NARROW(type)                                                                                                   \
    do {                                                                                                               \
        type *narrow = (type *)(void *)to;                                                                             \
        for (uint32_t i = 0; i < rows; i++)                                                                            \
            narrow[i] = (type)(values[i] - least);                                                                     \
    } while (0)

static void store(const uint64_t *values, uint32_t rows, uint64_t least, unsigned width, unsigned char *to) {
    if (width == 1)
        NARROW(uint8_t);
    else if (width == 2)
        NARROW(uint16_t);
    else if (width == 4)
        NARROW(uint32_t);
    else if (width == 8)
        NARROW(uint64_t);
}

size_t columns_pack(const struct columns *block, unsigned char *to) {
    const size_t widths = 8, leasts = widths + round_up(block->count);
    size_t size = leasts + 8 * (size_t)block->count;
    memset(to, 0, size);
    memcpy(to, &block->rows, sizeof block->rows);
    memcpy(to + 4, &block->count, sizeof block->count);
    for (uint32_t column = 0; column < block->count; column++) {
        uint64_t least, range;
        find_range(block->values[column], block->rows, &least, &range);
        const unsigned width = width_of(range);
        const size_t bytes = (size_t)width * block->rows;
        to[widths + column] = (unsigned char)width;
        memcpy(to + leasts + 8 * (size_t)column, &least, sizeof least);
        memset(to + size + bytes, 0, round_up(bytes) - bytes);
        store(block->values[column], block->rows, least, width, to + size);
        size += round_up(bytes);
    }
    return size;
}

#define WIDEN(type)                                                                                                    \
    do {                                                                                                               \
        const type *narrow = (const type *)(const void *)from;                                                         \
        for (uint32_t i = 0; i < rows; i++)                                                                            \
            values[i] = least + narrow[i];                                                                             \
    } while (0)

static bool is_width(unsigned width) {
    return width <= 2 || width == 4 || width == 8;
}

static void restore(uint64_t *values, uint32_t rows, uint64_t least, unsigned width, const unsigned char *from) {
    if (width == 1)
        WIDEN(uint8_t);
    else if (width == 2)
        WIDEN(uint16_t);
    else if (width == 4)
        WIDEN(uint32_t);
    else if (width == 8)
        WIDEN(uint64_t);
    else
        for (uint32_t i = 0; i < rows; i++)
            values[i] = least;
}

bool columns_unpack(struct columns *block, uint32_t wanted, const unsigned char **at, const unsigned char *end) {
    const unsigned char *from = *at;
    const size_t widths = 8, leasts = widths + round_up(block->count);
    size_t size = leasts + 8 * (size_t)block->count;
    uint32_t rows, count;
    if ((size_t)(end - from) < size)
        return false;
    memcpy(&rows, from, sizeof rows);
    memcpy(&count, from + 4, sizeof count);
    if (count != block->count || rows == 0 || rows > COLUMN_ROWS)
        return false;
    for (uint32_t column = 0; column < count; column++) {
        uint64_t least;
        const unsigned width = from[widths + column];
        const size_t bytes = round_up((size_t)width * rows);
        memcpy(&least, from + leasts + 8 * (size_t)column, sizeof least);
        if (!is_width(width) || (size_t)(end - from) - size < bytes)
            return false;
        if (column < wanted)
            restore(block->values[column], rows, least, width, from + size);
        size += bytes;
    }
    block->rows = rows;
    *at = from + size;
    return true;
}
