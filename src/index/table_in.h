/* The tables of an index on their way in, one after the other, row by row. */
#ifndef TRACECMP_TABLE_IN_H
#define TRACECMP_TABLE_IN_H

#include "index/columns.h"
#include "index/section_stream.h"

struct table_in {
    struct section_stream stream;
    struct columns block;           /* of the table that is being read */
    const struct index_part *parts; /* borrowed; by section */
    bool check_all;
};

/* descriptor: borrowed, as parts; check_all: as in struct index_target. False: no memory. */
bool table_in_init(struct table_in *table, int descriptor, const struct index_part *parts, bool check_all);
void table_in_fini(struct table_in *table);

/* row: by column; borrowed until it returns. */
typedef enum status row_taker(void *self, const uint64_t *row, struct error *error);
/* Calls `take` for each row of a table, which may have `most`. */
enum status table_in_each(struct table_in *table, enum index_section section, uint64_t most, row_taker *take,
                          void *self, struct error *error) CHECKED;
/* A section that the options do not need is not looked at, unless all are to be checked. */
enum status table_in_pass_over(struct table_in *table, enum index_section section, struct error *error) CHECKED;

#endif
