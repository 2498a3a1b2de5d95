/* What does not depend on when events ran: it is added up for all events of an origin at once. */
#ifndef TRACECMP_AMOUNTS_H
#define TRACECMP_AMOUNTS_H

#include "aggregate/cells.h"
#include "flow/event.h"

/* Adds `amount` events of the same origin, which is event's, of a class that the cells know. What finds no room in a
 * table is counted in the summary, once for each event. */
enum status amounts_add_origin(struct cells *cells, struct summary *summary, const struct event *event,
                               const struct phase_cell *amount, struct error *error) CHECKED;
/* Adds all events of the origins that the cells know, as their sums say. */
enum status amounts_add_origins(struct cells *cells, struct summary *summary, struct error *error) CHECKED;
/* The calls of an operator on the CPU. */
enum status amounts_add_cpu_op(struct cells *cells, struct summary *summary, const struct event *event,
                               struct error *error) CHECKED;

#endif
