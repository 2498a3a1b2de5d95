/* What resolve.c gathers while events come, and joins.c works with at the end. */
#ifndef TRACECMP_RESOLVE_STATE_H
#define TRACECMP_RESOLVE_STATE_H

#include "resolve/external.h"
#include "resolve/id_filter.h"
#include "resolve/lane.h"
#include "resolve/plausible.h"
#include "resolve/resolve.h"
#include "resolve/steps.h"
#include "resolve/timeline.h"

/*  launches ──(join 1: ops, frames, notes)──> origins ─┐
 *                                                      v
 *  gpu ──────────────────────────────────────────(join 2)──> no op? ──> external ──> notes on the GPU ──> timeline
 *                                                               |                        ^               (join 3)
 *                                                               +------ has an op -------+
 */
struct resolve {
    struct stage stage; /* first: a struct stage * to it is a struct resolve * */
    struct resolve_context context;
    struct tail_sorter *gpu;     /* arrivals by correlation */
    struct sorter *launches;     /* launch_records by (row, ts) */
    struct tail_sorter *origins; /* origins by (correlation, ts) */
    struct sorter *again;        /* GPU events that come resolved, by their launch's (row, ts) */
    struct sorter *on_gpu;       /* those that lack a phase or step, by their own (row, ts) */
    struct timeline *timeline;   /* those of which all is known */
    struct lane *ops, *frames, *notes, *gpu_notes; /* owned */
    struct external *external;
    struct steps *steps;
    struct plausible *plausible;
    bool use_external; /* External ids are not just the correlation again */
    uint32_t op_count, frame_count, note_count, launch_count;
    uint64_t gpu_count, same_ids, unmatched;
    int64_t gpu_ns, unmatched_ns;
    bool *step_used;               /* owned; by step */
    uint32_t most_tails;           /* of each tail_sorter */
    bool peeking;                  /* what was pushed is read, not used up */
    struct id_filter correlations; /* of GPU events: nobody asks for other launches */
};

/* What the joins make on their way; what was pushed is not theirs. */
enum status joins_build(struct resolve *resolve, struct error *error) CHECKED;
void joins_free(struct resolve *resolve);
/* A GPU event whose launch is known, or known to be missing, and whose op likewise. */
enum status joins_add_known(struct resolve *resolve, const struct gpu_record *record, struct error *error) CHECKED;
/* Everything was pushed: gives all GPU events to the next stage. */
enum status joins_run(struct resolve *resolve, struct error *error) CHECKED;

#endif
