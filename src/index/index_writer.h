/* The stage between resolve/ and aggregate/ that gathers what an index stores and passes every event on as it is.
 * Annotations, which classify/ gives it as they come, stay here. GPU events say when and where they were launched.
 * Nothing that goes wrong here stops the load: the error is kept for the commit. */
#ifndef TRACECMP_INDEX_WRITER_H
#define TRACECMP_INDEX_WRITER_H

#include "base/sort.h"
#include "flow/classes.h"
#include "flow/origins.h"
#include "flow/stage.h"
#include "flow/summary.h"
#include "index/identity.h"

struct index_writer_context { /* borrowed for the life of the stage; path is copied */
    const char *path;         /* of the index */
    const struct summary *summary;
    const struct classes *classes;
    size_t memory_bytes; /* for annotations; beyond, they wait in temporary files */
    struct stage *next;
    /* After the flush, of `next`: what the events of an origin are together, as far as LIMIT_DURATION_ORIGINS. */
    enum status (*total)(const struct stage *next, uint32_t origin, struct origin_total *total, struct error *error);
};

struct stage *index_writer_new(const struct index_writer_context *context); /* NULL: no memory */
/* After the flush and with the summary's document complete: writes the rest and puts the index in its place.
 * STATUS_BAD_INDEX: an index of this trace could not stand for it (something was lost, or a ceiling was met), or the
 * trace has changed since its identity was taken. */
enum status index_writer_commit(struct stage *writer, const struct identity *source, struct error *error) CHECKED;

#endif
