/* The fallback for GPU events without an enclosing cpu_op: the first cpu_op of the file whose External id is the GPU
 * event's own, else its launch's. Its outermost op is the one around that op's start. */
#ifndef TRACECMP_EXTERNAL_H
#define TRACECMP_EXTERNAL_H

#include "resolve/lane.h"
#include "resolve/records.h"

struct op_record { /* a cpu_op */
    struct slice_record slice;
    uint64_t external_id;
};

struct external;

struct external *external_new(struct sort_space *space); /* NULL: no memory */
void external_free(struct external *external);
/* A GPU event to look up; at least one of its external ids is not 0. */
enum status external_push(struct external *external, const struct gpu_record *record, struct error *error) CHECKED;
/* Gives every pushed event to `give`, with its ops where they were found. ops: all cpu_ops, swept again from the
 * start. */
enum status external_resolve(struct external *external, struct lane *ops,
                             enum status (*give)(void *self, const struct gpu_record *record, struct error *error),
                             void *self, struct error *error) CHECKED;

#endif
