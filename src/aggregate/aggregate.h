/* The last stage: resolved events -> summary. In: cpu_op events in any order; GPU events sorted by (device, ts).
 * The summary is complete after the flush. */
#ifndef TRACECMP_AGGREGATE_H
#define TRACECMP_AGGREGATE_H

#include "flow/classes.h"
#include "flow/gpu_batch.h"
#include "flow/origins.h"
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
/* What the events of an origin of the summary are together, some of them or all. It comes for every event before the
 * first one, or for none: then it is added up as events come. */
enum status aggregate_push_total(struct stage *aggregate, uint32_t origin, const struct origin_total *total,
                                 struct error *error) CHECKED;
/* After the flush: adds what the events of an origin are together, also where they are of another phase than asked for.
 * Of origins from 1 to LIMIT_DURATION_ORIGINS - 1. */
enum status aggregate_total(const struct stage *aggregate, uint32_t origin, struct origin_total *total,
                            struct error *error) CHECKED;

#endif
