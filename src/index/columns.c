#include "index/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/column_loop.h"

static size_t round_up(size_t size) {
    return (size + 7) & ~(size_t)7;
}

bool columns_init(struct columns *block, uint32_t count) {
    *block = (struct columns){.values = malloc(count * sizeof *block->values), .count = count};
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

/* Compared as signed numbers with their sign flipped, for which processors have vector instructions. */
static void find_range(const uint64_t *values, uint32_t rows, uint64_t *least, uint64_t *range) {
    const uint64_t sign = UINT64_C(1) << 63;
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (uint32_t i = 0; i < rows; i++) {
        const int64_t value = (int64_t)(values[i] ^ sign);
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    *least = (uint64_t)low ^ sign;
    *range = (uint64_t)high - (uint64_t)low;
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

COLUMN_LOOP size_t columns_pack(const struct columns *block, unsigned char *to) {
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

#define WIDEN(type, wide)                                                                                              \
    do {                                                                                                               \
        const type *narrow = (const type *)(const void *)from + first;                                                 \
        for (uint32_t i = 0; i < rows; i++)                                                                            \
            values[i] = least + (wide)narrow[i];                                                                       \
    } while (0)

static bool is_width(unsigned width) {
    return width <= 2 || width == 4 || width == 8;
}

COLUMN_LOOP void column_values(const struct column *column, uint64_t least, uint32_t first, uint32_t rows,
                               uint64_t *restrict values) {
    const unsigned char *const from = column->stored;
    if (column->width == 1)
        WIDEN(uint8_t, uint64_t);
    else if (column->width == 2)
        WIDEN(uint16_t, uint64_t);
    else if (column->width == 4)
        WIDEN(uint32_t, uint64_t);
    else if (column->width == 8)
        WIDEN(uint64_t, uint64_t);
    else
        for (uint32_t i = 0; i < rows; i++)
            values[i] = least;
}

static bool are_within(const uint32_t *values, uint32_t rows, uint32_t most) {
    for (uint32_t i = 0; i < rows; i++)
        if (values[i] > most)
            return false;
    return true;
}

COLUMN_LOOP bool column_small_values(const struct column *column, uint32_t first, uint32_t rows,
                                     uint32_t *restrict values) {
    const unsigned char *const from = column->stored;
    const uint32_t least = (uint32_t)column->least;
    if (column->least > UINT32_MAX || column->width == 8)
        return false;
    if (column->width == 4) {
        if (!are_within((const uint32_t *)(const void *)from + first, rows, UINT32_MAX - least))
            return false;
        WIDEN(uint32_t, uint32_t);
    } else if (column_bound(column) > UINT32_MAX) {
        return false;
    } else if (column->width == 2) {
        WIDEN(uint16_t, uint32_t);
    } else if (column->width == 1) {
        WIDEN(uint8_t, uint32_t);
    } else {
        for (uint32_t i = 0; i < rows; i++)
            values[i] = least;
    }
    return true;
}

uint64_t column_bound(const struct column *column) {
    const uint64_t range = column->width == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * column->width) - 1;
    return column->least > UINT64_MAX - range ? UINT64_MAX : column->least + range;
}

size_t columns_bytes(const unsigned char *head, uint32_t count) {
    size_t size = 8 + round_up(count) + 8 * (size_t)count;
    uint32_t rows;
    memcpy(&rows, head, sizeof rows);
    rows = rows < COLUMN_ROWS ? rows : COLUMN_ROWS;
    for (uint32_t i = 0; i < count; i++)
        size += is_width(head[8 + i]) ? round_up((size_t)head[8 + i] * rows) : 0;
    return size;
}

bool columns_view(struct columns_view *view, uint32_t count, const unsigned char **at, const unsigned char *end) {
    const unsigned char *from = *at;
    const size_t widths = 8, leasts = widths + round_up(count);
    size_t size = leasts + 8 * (size_t)count;
    uint32_t rows, stored;
    if ((size_t)(end - from) < size)
        return false;
    memcpy(&rows, from, sizeof rows);
    memcpy(&stored, from + 4, sizeof stored);
    if (stored != count || rows == 0 || rows > COLUMN_ROWS)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct column *column = &view->columns[i];
        *column = (struct column){.stored = from + size, .width = from[widths + i]};
        const size_t bytes = round_up((size_t)column->width * rows);
        memcpy(&column->least, from + leasts + 8 * (size_t)i, sizeof column->least);
        if (!is_width(column->width) || (size_t)(end - from) - size < bytes)
            return false;
        size += bytes;
    }
    view->rows = rows;
    *at = from + size;
    return true;
}

bool columns_unpack(struct columns *block, const unsigned char **at, const unsigned char *end) {
    struct columns_view view;
    if (!columns_view(&view, block->count, at, end))
        return false;
    for (uint32_t i = 0; i < block->count; i++)
        column_values(&view.columns[i], view.columns[i].least, 0, view.rows, block->values[i]);
    block->rows = view.rows;
    return true;
}
