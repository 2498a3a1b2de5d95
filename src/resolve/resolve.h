/* The stage that finds out where GPU events come from. In: classified events, in file order. Out: cpu_op events at
 * once; at the end of input every GPU event, with launch, cpu_op, stack, phase and step (but without its ids),
 * sorted by (device, ts).
 *
 * Three sort-merge joins: GPU events with launches by correlation; launch instants with CPU slices by (row, ts); GPU
 * events by (device, ts). Nothing is cached by name and nothing looks back a bounded way. */
#ifndef TRACECMP_RESOLVE_H
#define TRACECMP_RESOLVE_H

#include "base/paths.h"
#include "base/pool.h"
#include "base/sort.h"
#include "base/tally.h"
#include "flow/classes.h"
#include "flow/origins.h"
#include "flow/stage.h"

struct resolve_context { /* all borrowed: for the life of the stage */
    struct sort_space *space;
    struct pool *pool; /* NULL: one thread */
    struct paths *paths;
    struct tally *tally;
    const struct classes *classes;
    struct origins *origins;
    struct stage *next;
    bool keep_launches; /* events that come out say when and where they were launched */
    uint32_t most_tails; /* ceiling of each table of a tail_sorter; 0: LIMIT_TAILS */
    bool again; /* cpu_ops come summed up, GPU events resolved and behind all annotations: only steps are found, anew */
};

struct stage *resolve_new(const struct resolve_context *context); /* NULL: no memory */
/* What a flush now would give out (cpu_op events too, all of them anew), into what `into` says: its next stage, which
 * is flushed, paths, tally and origins; classes and space stay. Then the stage goes on as if nothing had happened. */
enum status resolve_peek(struct stage *stage, const struct resolve_context *into, struct error *error) CHECKED;

#endif
