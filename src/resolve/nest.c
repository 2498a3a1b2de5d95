#include "resolve/nest.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

void nest_init(struct nest *nest, bool clips) {
    *nest = (struct nest){.clips = clips};
}

void nest_fini(struct nest *nest) {
    free(nest->slices);
}

void nest_clear(struct nest *nest) {
    nest->count = 0;
}

static inline bool encloses(const struct open_slice *slice, int64_t t_ns) {
    return slice->ts_ns <= t_ns && (t_ns < slice->end_ns || (slice->ts_ns == t_ns && slice->end_ns == t_ns));
}

/* What does not enclose t never encloses a later t. Slices that do not nest may leave closed ones below an open one;
 * those are taken out when the room is needed. */
static inline void close_ended(struct nest *nest, int64_t t_ns) {
    while (nest->count > 0 && !encloses(&nest->slices[nest->count - 1], t_ns))
        nest->count--;
}

static void close_buried(struct nest *nest, int64_t t_ns) {
    size_t kept = 0;
    for (size_t i = 0; i < nest->count; i++)
        if (encloses(&nest->slices[i], t_ns))
            nest->slices[kept++] = nest->slices[i];
    nest->count = kept;
}

static enum status make_room(struct nest *nest, int64_t t_ns, struct error *error) {
    close_buried(nest, t_ns);
    if (nest->count < nest->capacity / 2 || nest->count == LIMIT_NESTING)
        return STATUS_OK;
    void *slices = nest->slices;
    const size_t doubled = nest->capacity < 16 ? 32 : nest->capacity * 2;
    TRY(array_grow(&slices, &nest->capacity, doubled < LIMIT_NESTING ? doubled : LIMIT_NESTING, sizeof *nest->slices,
                   LIMIT_NESTING, error));
    nest->slices = slices;
    return STATUS_OK;
}

static inline void put(struct nest *nest, struct open_slice opened) {
    size_t at = nest->count++;
    if (nest->clips && at > 0 && opened.end_ns > nest->slices[at - 1].end_ns)
        opened.end_ns = nest->slices[at - 1].end_ns;
    /* Clipping may have made equals of slices that came in the order of their unclipped durations: file order. */
    for (; nest->clips && at > 0; at--) {
        struct open_slice *outer = &nest->slices[at - 1];
        if (outer->ts_ns != opened.ts_ns || outer->end_ns != opened.end_ns || outer->ordinal < opened.ordinal)
            break;
        nest->slices[at] = *outer;
    }
    nest->slices[at] = opened;
}

/* Seldom: kept apart from what is short. */
__attribute__((noinline)) static enum status put_in_new_room(struct nest *nest, const struct open_slice *opened,
                                                             struct error *error) {
    TRY(make_room(nest, opened->ts_ns, error));
    if (nest->count == nest->capacity)
        nest->refused++;
    else
        put(nest, *opened);
    return STATUS_OK;
}

enum status nest_open(struct nest *nest, const struct slice_record *slice, uint32_t extra, struct error *error) {
    const int64_t ts = slice_ts(slice), dur = slice_dur(slice);
    const struct open_slice opened = {ts, ts + dur, slice->name, slice->ordinal, extra};
    if (dur < 0)
        return STATUS_OK; /* encloses nothing */
    close_ended(nest, ts);
    if (nest->count == nest->capacity)
        return put_in_new_room(nest, &opened, error);
    put(nest, opened);
    return STATUS_OK;
}

const struct open_slice *nest_next(struct nest *nest, int64_t t_ns, const struct open_slice *inner) {
    if (!inner)
        close_ended(nest, t_ns);
    size_t at = inner ? (size_t)(inner - nest->slices) : nest->count;
    while (at-- > 0)
        if (encloses(&nest->slices[at], t_ns))
            return &nest->slices[at];
    return NULL;
}

const struct open_slice *nest_outermost(const struct nest *nest, int64_t t_ns) {
    for (size_t i = 0; i < nest->count; i++)
        if (encloses(&nest->slices[i], t_ns))
            return &nest->slices[i];
    return NULL;
}

enum status nest_path(struct nest *nest, int64_t t_ns, struct paths *paths, uint32_t *node, struct error *error) {
    close_ended(nest, t_ns);
    size_t known = nest->count;
    while (known > 0 && nest->slices[known - 1].extra == PATH_ROOT)
        known--;
    *node = known > 0 ? nest->slices[known - 1].extra : PATH_ROOT;
    for (; known < nest->count; known++) {
        TRY(paths_child(paths, *node, nest->slices[known].name, node, error));
        nest->slices[known].extra = *node;
    }
    return STATUS_OK;
}
