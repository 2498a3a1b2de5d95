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

enum { COLUMN_ROWS = 1024, COLUMNS_MAX = 24 };

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
/* Takes the next block from [*at, end), *at aligned to 8 bytes; false when it is none with the block's columns. Only
 * the first `wanted` columns get their values. */
bool columns_unpack(struct columns *block, uint32_t wanted, const unsigned char **at, const unsigned char *end);

#endif
