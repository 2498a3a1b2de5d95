/* The names that an index stores, by the numbers that it gives them. First all are marked that its tables need, then
 * they are numbered; texts that are no names of the trace may follow. */
#ifndef TRACECMP_NAMES_OUT_H
#define TRACECMP_NAMES_OUT_H

#include "base/buf.h"
#include "base/names.h"
#include "base/tally.h"
#include "index/table_out.h"

struct names_out {
    const struct names *names; /* borrowed */
    uint32_t *numbers;         /* owned; by name; 0: it is not stored. Before they are numbered: 1, it is */
    uint32_t count;
    struct buf texts;                                   /* owned; those that are no names, one behind the other, */
    uint32_t text_sizes[ANOMALY_COUNT + 1], text_count; /* and their lengths */
};

/* False: no memory. */
bool names_out_init(struct names_out *out, const struct names *names);
void names_out_fini(struct names_out *out);
static inline void names_out_mark(struct names_out *out, uint32_t name) {
    out->numbers[name] = 1;
}
void names_out_number(struct names_out *out);
static inline uint64_t names_out_get(const struct names_out *out, uint32_t name) {
    return out->numbers[name];
}
/* A text of its own: *number is what stands for it, 0 for an empty one. As many as text_sizes has. */
enum status names_out_add(struct names_out *out, const char *text, uint64_t *number, struct error *error) CHECKED;
/* Rows of `names`, and all of `text`. */
enum status names_out_write_lengths(const struct names_out *out, struct table_out *table, struct error *error) CHECKED;
enum status names_out_write_text(const struct names_out *out, struct index_file *file, struct error *error) CHECKED;

#endif
