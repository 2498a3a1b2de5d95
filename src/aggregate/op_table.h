/* CPU operators by name: their calls, and the GPU events they launched. */
#ifndef TRACECMP_OP_TABLE_H
#define TRACECMP_OP_TABLE_H

#include <stddef.h>

#include "base/map.h"

struct op_cell {
    uint32_t name;
    uint64_t calls, gpu_count;
    int64_t cpu_total_ns, gpu_total_ns;
};

struct op_table {
    struct map *index;     /* name -> position in cells + 1 */
    struct op_cell *cells; /* both owned */
    size_t count, capacity;
};

bool op_table_init(struct op_table *table); /* false: no memory; fini it all the same */
void op_table_fini(struct op_table *table);
/* *cell: of that name, borrowed until the next call; NULL when the table is full. */
enum status op_table_at(struct op_table *table, uint32_t name, struct op_cell **cell, struct error *error) CHECKED;

#endif
