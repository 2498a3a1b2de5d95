#include "aggregate/op_table.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

bool op_table_init(struct op_table *table) {
    *table = (struct op_table){.index = map_new(LIMIT_TABLE_ROWS)};
    return table->index != NULL;
}

void op_table_fini(struct op_table *table) {
    map_free(table->index);
    free(table->cells);
}

enum status op_table_at(struct op_table *table, uint32_t name, struct op_cell **cell, struct error *error) {
    uint64_t *position;
    *cell = NULL;
    TRY(map_at(table->index, name, &position, error));
    if (!position)
        return STATUS_OK;
    if (*position == 0) {
        void *cells = table->cells;
        TRY(array_grow(&cells, &table->capacity, table->count + 1, sizeof *table->cells, LIMIT_TABLE_ROWS, error));
        table->cells = cells;
        table->cells[table->count++] = (struct op_cell){.name = name};
        *position = table->count;
    }
    *cell = &table->cells[*position - 1];
    return STATUS_OK;
}
