/* Simulates one step on one device. The same step and start always give the same unit, so that each pass over the trace
 * can simulate it again. */
#ifndef TRACEGEN_WALK_H
#define TRACEGEN_WALK_H

#include "gen_options.h"
#include "gen_unit.h"

struct walker;

struct walker *walker_new(const struct options *options); /* NULL: no memory */
void walker_free(struct walker *walker);
/* Fills the unit from its step, device, start and first; worst: with the longest times that any step of its kind can
 * have. false: no memory. */
bool walker_run(struct walker *walker, struct unit *unit, bool worst);

#endif
