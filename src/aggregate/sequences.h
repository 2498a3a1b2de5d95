/* Sequences of GPU events, one for each step on each device, in the order of the GPU's time. Equal sequences (steps
 * repeat by the thousand) are held once, with the time of each of their positions summed up. GPU events of no step are
 * a sequence of their own, cut into parts where the model begins anew. */
#ifndef TRACECMP_SEQUENCES_H
#define TRACECMP_SEQUENCES_H

#include "aggregate/origin_facts.h"
#include "base/names.h"
#include "flow/classes.h"
#include "flow/event.h"

struct position {
    int64_t total_ns; /* over all instances of the sequence */
    uint32_t class_id, row, module;
    uint8_t phase, has_stack;
    uint16_t reserved; /* 0: all but the time is compared and hashed as two words */
};

struct sequence {
    uint64_t hash, instances;
    uint32_t first, count; /* in positions */
};

/* Distinct sequences. The view is borrowed until the taker returns, and forgotten then. */
struct sequence_pool {
    struct position *positions;
    size_t position_count;
    struct sequence *sequences;
    size_t sequence_count;
};
struct sequence_taker {
    enum status (*take)(void *self, const struct sequence_pool *pool, struct error *error);
    void *self;
};

enum { SEQUENCE_NO_PLACE = INT32_MAX };

struct sequences;

struct sequences *sequences_new(struct names *names, const struct classes *classes,
                                struct sequence_taker taker); /* borrowed; NULL: no memory */
void sequences_free(struct sequences *sequences);
/* The number by which events know what they are in a sequence: all of a position but its time. SEQUENCE_NO_PLACE: there
 * are too many, and such events are in no sequence. */
enum status sequences_place(struct sequences *sequences, const struct position *position, uint32_t *place,
                            struct error *error) CHECKED;
enum status sequences_push(struct sequences *sequences, const struct gpu_run *run, struct error *error) CHECKED;
/* The input ended: everything goes to the taker. */
enum status sequences_flush(struct sequences *sequences, struct error *error) CHECKED;
/* Of the events that are in no sequence. */
int64_t sequences_beyond_ns(const struct sequences *sequences);

#endif
