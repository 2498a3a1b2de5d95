/* Finds the layers of a model in its GPU events, and fills summary.layers.
 *   module:    the number of the repeated nn.Module that holds attention (else the most time) around an event's launch
 *   period:    layer_cut.h; for what was launched without such a module, as graph replays are
 *   attention: the same where the layers are too different from each other to be called periodic */
#ifndef TRACECMP_LAYER_FINDER_H
#define TRACECMP_LAYER_FINDER_H

#include "aggregate/origin_facts.h"
#include "flow/classes.h"
#include "flow/summary.h"

struct layer_finder;

/* Borrowed for the life of the finder. NULL: no memory. */
struct layer_finder *layer_finder_new(struct summary *summary, const struct classes *classes);
void layer_finder_free(struct layer_finder *finder);
/* Where events like this one stand in sequences: what the finder has to know of them. */
enum status layer_finder_place(struct layer_finder *finder, const struct event *event, uint32_t *place,
                               struct error *error) CHECKED;
/* GPU events of one step, or of none; all sorted by (device, ts). */
enum status layer_finder_push(struct layer_finder *finder, const struct gpu_run *run, struct error *error) CHECKED;
/* After the last event. kernel_rows: kernel_rows.h; borrowed. */
enum status layer_finder_flush(struct layer_finder *finder, const uint32_t *kernel_rows, struct error *error) CHECKED;

#endif
