#include "index/table_out.h"

#include <stdlib.h>

bool table_out_init(struct table_out *table, uint32_t columns) {
    *table = (struct table_out){.packed = malloc(columns_bytes_max(columns))};
    return columns_init(&table->block, columns) && table->packed;
}

void table_out_fini(struct table_out *table) {
    columns_fini(&table->block);
    free(table->packed);
    table->packed = NULL;
}

static void begin(struct table_out *table, struct index_file *file, enum index_section section, bool aside) {
    table->file = file;
    table->section = section;
    table->aside = aside;
    table->block.count = section_columns[section];
    table->rows = 0;
}

enum status table_out_begin(struct table_out *table, struct index_file *file, enum index_section section,
                            struct error *error) {
    begin(table, file, section, false);
    return index_file_begin(file, section, error);
}

void table_out_begin_aside(struct table_out *table, struct index_file *file, enum index_section section) {
    begin(table, file, section, true);
}

enum status table_out_write(struct table_out *table, struct error *error) {
    if (table->block.rows == 0)
        return STATUS_OK;
    const size_t size = columns_pack(&table->block, table->packed);
    table->rows += table->block.rows;
    table->block.rows = 0;
    return table->aside ? index_file_write_aside(table->file, table->packed, size, error)
                        : index_file_write(table->file, table->packed, size, error);
}

enum status table_out_add(struct table_out *table, const uint64_t *row, struct error *error) {
    struct columns *block = &table->block;
    for (uint32_t column = 0; column < block->count; column++)
        block->values[column][block->rows] = row[column];
    return ++block->rows == COLUMN_ROWS ? table_out_write(table, error) : STATUS_OK;
}

enum status table_out_end(struct table_out *table, struct error *error) {
    TRY(table_out_write(table, error));
    if (table->aside)
        return index_file_end_aside(table->file, table->section, table->rows, error);
    index_file_end(table->file, table->rows);
    return STATUS_OK;
}
