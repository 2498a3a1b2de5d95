/* What a worker makes of one block of items: events in file order, with names by the numbers of the worker's own
 * table. The main thread maps them to the trace's numbers. */
#ifndef TRACECMP_BATCH_H
#define TRACECMP_BATCH_H

#include "base/names.h"
#include "base/tally.h"
#include "flow/document.h"
#include "flow/event.h"

struct batch_event { /* 64 bytes: the first part of struct event */
    int64_t ts_ns, dur_ns;
    uint64_t correlation, external_id, offset;
    uint32_t name, row, process, device;
    uint8_t kind;
};

struct batch {
    struct batch_event *events; /* owned */
    size_t count, capacity;
    struct text *names; /* owned; the texts of the names first met in this block, which follow those before; their
                           bytes live as long as the table */
    size_t name_count, name_capacity;
    bool fresh;            /* the table was begun anew: numbers start again */
    struct names *retired; /* the table before it, owned; its names are in use up to the batch before */
    struct tally tally;
    struct document document; /* which launches were seen */
};

void batch_fini(struct batch *batch);
void batch_clear(struct batch *batch); /* keeps the arrays */
enum status batch_add_event(struct batch *batch, const struct event *event, struct error *error) CHECKED;
/* Notes the names of the table from number `known` on. */
enum status batch_add_names(struct batch *batch, const struct names *names, uint32_t known,
                            struct error *error) CHECKED;

/* One worker's numbers -> the trace's. */
struct batch_map {
    struct text *texts; /* owned; by the worker's number */
    uint32_t *ids;      /* owned; NAME_NONE: not asked for yet */
    size_t count, capacity, id_capacity;
};

void batch_map_fini(struct batch_map *map);
/* Takes over what the batch says of names; to be called for each batch of the worker, in their order. */
enum status batch_map_learn(struct batch_map *map, struct batch *batch, struct error *error) CHECKED;
/* Sets what tokenize/ knows of an event, and nothing else. Names get their numbers when the first event with them
 * passes, so that these do not depend on the workers. */
enum status batch_map_event(struct batch_map *map, const struct batch_event *from, struct names *names,
                            struct event *event, struct error *error) CHECKED;

#endif
