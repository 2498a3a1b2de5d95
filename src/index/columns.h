/* Blocks of a table's rows, stored column by column: of each column its least value, and of each row how much it is
 * above that, in as many bytes as the block's largest needs.
 *
 *   |rows, columns|width of each column|least of each column|column 0|column 1|…      every part a multiple of 8 bytes
 */
#ifndef TRACECMP_COLUMNS_H
#define TRACECMP_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COLUMN_ROWS = 1024, COLUMNS_MAX = 24, COLUMNS_HEAD = 8 + COLUMNS_MAX };

struct columns {
    uint64_t (*values)[COLUMN_ROWS]; /* owned; by column */
    uint32_t count, rows;
};

bool columns_init(struct columns *block, uint32_t count); /* false: no memory */
void columns_fini(struct columns *block);
/* The most that columns_pack writes. */
size_t columns_bytes_max(uint32_t count);
/* Returns the bytes written. */
size_t columns_pack(const struct columns *block, unsigned char *to);
/* Takes the next block from [*at, end), *at aligned to 8 bytes; false when it is none with the block's columns. */
bool columns_unpack(struct columns *block, const unsigned char **at, const unsigned char *end);

/* A block as it is stored, borrowed. */
struct columns_view {
    uint32_t rows;
    struct column {
        uint64_t least;
        const unsigned char *stored; /* how much each row is above */
        unsigned width;
    } columns[COLUMNS_MAX];
};

/* What a block takes that begins with these bytes, COLUMNS_HEAD at least; they may be none. */
size_t columns_bytes(const unsigned char *head, uint32_t count);
/* As columns_unpack. */
bool columns_view(struct columns_view *view, uint32_t count, const unsigned char **at, const unsigned char *end);
/* Of the rows first .. first + rows - 1, all of them in the block, `least` and how much they are above theirs. */
void column_values(const struct column *column, uint64_t least, uint32_t first, uint32_t rows, uint64_t *values);
/* As far as no value is above UINT32_MAX; false: one is. */
bool column_small_values(const struct column *column, uint32_t first, uint32_t rows, uint32_t *values);
/* No value is above it. */
uint64_t column_bound(const struct column *column);

#endif
