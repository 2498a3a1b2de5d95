/* The GPU events of an index: sections `events` and `launches`, with what their rows refer to -> batches, or events one
 * by one. */
#ifndef TRACECMP_GPU_EVENTS_H
#define TRACECMP_GPU_EVENTS_H

#include "index/index_reader.h"
#include "index/section_stream.h"

struct gpu_tables { /* by number in the index; all borrowed */
    const struct event *origins;       /* from 1, as all of them; for events with their launches only */
    const uint32_t *numbers, *devices; /* of an origin: what it is in the summary; its device */
    uint32_t origin_count;
    const uint32_t *step_classes; /* [0] for none; UINT32_MAX: no event may be in it */
    uint32_t step_count;
    const uint64_t *threads; /* row << 32 | process; [0] is none */
    uint32_t thread_count;
    uint32_t name_count; /* above all devices */
};

struct gpu_section { /* borrowed */
    struct section_stream *stream;
    const struct index_part *part;
};

struct gpu_sums { /* of all events */
    int64_t ns;
    uint64_t step_events; /* those in steps */
    int64_t step_ns;
};

/* Gives all events to the target, as batches, or one by one with their launches, which are read for that only; the
 * streams are used up. */
enum status gpu_events_play(const struct gpu_tables *tables, const struct index_target *target,
                            const struct gpu_section *events, const struct gpu_section *launches, struct gpu_sums *sums,
                            struct error *error) CHECKED;

#endif
