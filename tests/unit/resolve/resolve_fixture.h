/* Events through a resolve stage of its own, and what came out. What gets no memory fails its test. */
#ifndef TRACECMP_RESOLVE_FIXTURE_H
#define TRACECMP_RESOLVE_FIXTURE_H

#include "base/paths.h"
#include "base/tally.h"
#include "flow/classes.h"
#include "flow/event.h"
#include "flow/origins.h"

struct resolved {
    struct event *gpu; /* owned; as they came out */
    size_t gpu_count, op_count;
    bool flushed;
    struct tally tally;
    struct paths *paths;     /* owned */
    struct origins *origins; /* owned */
    uint64_t spilled;        /* bytes */
};

struct resolve_ways { /* what must make no difference */
    size_t budget_bytes;
    uint32_t most_tails; /* as in a resolve_context */
    unsigned threads;    /* 0: no pool */
    bool batches;        /* how GPU events are taken */
};

/* annotations: the classes of annotations; those of kernels are made here. */
struct resolved resolve_events_by(const struct event *events, size_t count, const struct classes *annotations,
                                  const struct resolve_ways *ways);
struct resolved resolve_events(const struct event *events, size_t count, const struct classes *annotations,
                               size_t budget_bytes);
void resolved_free(struct resolved *resolved);

/* The names of a path's frames, outermost first; returns how many (at most `most`). */
size_t resolved_stack(const struct resolved *resolved, uint32_t node, uint32_t *names, size_t most);

#endif
