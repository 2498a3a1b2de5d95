/* The rows of a table on their way into an index, block by block. */
#ifndef TRACECMP_TABLE_OUT_H
#define TRACECMP_TABLE_OUT_H

#include "index/columns.h"
#include "index/index_file.h"

struct table_out {
    struct columns block;    /* rows that are not written yet */
    uint64_t rows;           /* those that are */
    struct index_file *file; /* borrowed */
    enum index_section section;
    bool aside;            /* it comes behind the table that is being written to the file meanwhile */
    unsigned char *packed; /* owned; a block as it is stored */
};

/* For tables of so many columns at most. False: no memory. */
bool table_out_init(struct table_out *table, uint32_t columns);
void table_out_fini(struct table_out *table);
/* Rows are of that section from here on, those that are in the block already too. */
enum status table_out_begin(struct table_out *table, struct index_file *file, enum index_section section,
                            struct error *error) CHECKED;
/* The same for a table that waits aside; its end comes behind that of the other one. */
void table_out_begin_aside(struct table_out *table, struct index_file *file, enum index_section section);
enum status table_out_add(struct table_out *table, const uint64_t *row, struct error *error) CHECKED;
/* Writes the block, full or not. */
enum status table_out_write(struct table_out *table, struct error *error) CHECKED;
enum status table_out_end(struct table_out *table, struct error *error) CHECKED;

#endif
