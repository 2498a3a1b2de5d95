/* Where GPU events come from: each distinct combination of what they are and what launched them, once, by a small
 * number. resolve/ (or the index) numbers, aggregate/ counts by number, the index stores. */
#ifndef TRACECMP_ORIGINS_H
#define TRACECMP_ORIGINS_H

#include "base/error.h"
#include "base/stats.h"
#include "flow/event.h"

enum { ORIGIN_NONE = 0 }; /* of an event that is not numbered */

struct origin { /* fields as in struct event */
    uint32_t class_id, name_id, device, row, cpu_op, top_op, stack;
    uint8_t kind, phase, op_method, launched;
};

struct origin_total { /* of all events of an origin together */
    struct stats durations;
    uint64_t step_count; /* of those in steps */
    int64_t step_ns;
};

struct origins;

struct origins *origins_new(void); /* NULL: no memory */
void origins_free(struct origins *origins);
/* Numbers a resolved GPU event. Beyond LIMIT_ORIGINS it is ORIGIN_NONE, and counted (origins_beyond). */
enum status origins_number(struct origins *origins, struct event *event, struct error *error) CHECKED;
/* The event of an origin, without times and step. */
struct event origins_event(const struct origins *origins, uint32_t number);
const struct origin *origins_get(const struct origins *origins, uint32_t number); /* borrowed until the next number */
uint32_t origins_count(const struct origins *origins); /* one past the largest number; in order of first sight */
uint64_t origins_beyond(const struct origins *origins);

#endif
