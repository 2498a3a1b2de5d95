/* The last stage: resolved events -> summary. In: cpu_op events in any order; GPU events sorted by (device, ts).
 * The summary is complete after the flush. */
#ifndef TRACECMP_AGGREGATE_H
#define TRACECMP_AGGREGATE_H

#include "base/durations.h"
#include "flow/classes.h"
#include "flow/gpu_batch.h"
#include "flow/stage.h"
#include "flow/summary.h"

struct aggregate_options {
    bool one_phase; /* only GPU events of `phase`; the others are left out of every figure */
    enum phase phase;
    bool skip_layers, skip_step_detail; /* summary.layers, summary.step_detail stay empty: nobody asks for them */
};

/* summary, classes: borrowed for the life of the stage. NULL: no memory. */
struct stage *aggregate_new(struct summary *summary, const struct classes *classes,
                            const struct aggregate_options *options);
/* GPU events many at a time, as its push would take them one by one; their origins are those of the summary. */
enum status aggregate_push_batch(struct stage *aggregate, const struct gpu_batch *batch, struct error *error) CHECKED;
/* All durations of an origin of the summary at once. Those of every origin come before the first GPU event, or those of
 * none: then they are taken from the events. */
enum status aggregate_push_durations(struct stage *aggregate, uint32_t origin, const struct stats *stats,
                                     struct error *error) CHECKED;
/* After the flush: by number of an origin, the durations of all GPU events that came, those of other phases too.
 * Borrowed. Beyond LIMIT_DURATION_ORIGINS there are none. */
const struct durations *aggregate_durations(const struct stage *aggregate);

#endif
