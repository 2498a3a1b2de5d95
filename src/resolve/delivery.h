/* Join 3: everything in the order of the GPU's time. In: the timeline, finished. Out: GPU events with the numbers of
 * their origins, to the next stage: in batches where it takes them, on another thread than the one that reads the
 * timeline where there is a pool. */
#ifndef TRACECMP_DELIVERY_H
#define TRACECMP_DELIVERY_H

#include "resolve/resolve_state.h"

enum status deliver(struct resolve *resolve, struct error *error) CHECKED;

#endif
