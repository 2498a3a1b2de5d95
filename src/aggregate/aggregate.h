/* The last stage: resolved events -> summary. In: cpu_op events in any order; GPU events sorted by (device, ts).
 * The summary is complete after the flush. Origins of events are those of the summary. */
#ifndef TRACECMP_AGGREGATE_H
#define TRACECMP_AGGREGATE_H

#include "flow/classes.h"
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
/* What the events of an origin of the summary are together, some of them or all. It comes for every event before the
 * first one, or for none: then it is added up as events come. */
enum status aggregate_push_total(struct stage *aggregate, uint32_t origin, const struct origin_total *total,
                                 struct error *error) CHECKED;
/* After the flush: adds what the events of an origin are together, also where they are of another phase than asked for.
 * Only where the summary has not more than LIMIT_DURATION_ORIGINS origins, the one of no number included. */
enum status aggregate_total(const struct stage *aggregate, uint32_t origin, struct origin_total *total,
                            struct error *error) CHECKED;

#endif
