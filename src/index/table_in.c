#include "index/table_in.h"

enum { STREAM_BYTES = 160 << 10 }; /* more than a block of any table */

bool table_in_init(struct table_in *table, int descriptor, const struct index_part *parts, bool check_all) {
    *table = (struct table_in){.parts = parts, .check_all = check_all};
    return columns_init(&table->block, COLUMNS_MAX) && section_stream_init(&table->stream, descriptor, STREAM_BYTES);
}

void table_in_fini(struct table_in *table) {
    columns_fini(&table->block);
    section_stream_fini(&table->stream);
}

/* left: rows of the table, the block's among them. */
static enum status next_block(struct table_in *table, uint64_t left, struct error *error) {
    struct section_stream *stream = &table->stream;
    if (!section_stream_fill(stream, columns_bytes_max(table->block.count)))
        return INDEX_DAMAGED(error, "its length");
    if (!columns_unpack(&table->block, &stream->at, stream->end) || table->block.rows > left)
        return INDEX_DAMAGED(error, "a block of rows");
    return STATUS_OK;
}

static enum status take_block(const struct columns *of, row_taker *take, void *self, struct error *error) {
    const struct columns block = *of;
    uint64_t row[COLUMNS_MAX];
    for (uint32_t i = 0; i < block.rows; i++) {
        for (uint32_t column = 0; column < block.count; column++)
            row[column] = block.values[column][i];
        TRY(take(self, row, error));
    }
    return STATUS_OK;
}

enum status table_in_each(struct table_in *table, enum index_section section, uint64_t most, row_taker *take,
                          void *self, struct error *error) {
    const struct index_part *part = &table->parts[section];
    if (part->rows > most)
        return INDEX_DAMAGED(error, "too many rows");
    section_stream_begin(&table->stream, part);
    table->block.count = section_columns[section];
    for (uint64_t left = part->rows; left > 0; left -= table->block.rows) {
        TRY(next_block(table, left, error));
        TRY(take_block(&table->block, take, self, error));
    }
    return section_stream_end(&table->stream, part, error);
}

enum status table_in_pass_over(struct table_in *table, enum index_section section, struct error *error) {
    const struct index_part *part = &table->parts[section];
    if (!table->check_all)
        return STATUS_OK;
    section_stream_begin(&table->stream, part);
    return section_stream_sound(&table->stream, part) ? STATUS_OK : INDEX_DAMAGED(error, "a checksum");
}
