/* One serving step on one device: every call, frame and GPU event with its times and ids. */
#ifndef TRACEGEN_UNIT_H
#define TRACEGEN_UNIT_H

#include "gen_frames.h"
#include "gen_model.h"

struct workload { /* what the scheduler put into the step */
    enum phase phase;
    int64_t context_requests, context_tokens, generated; /* generated: requests and tokens */
    int64_t cached;                                      /* tokens that decode attention reads */
};

struct slice { /* a cpu_op, user_annotation or python_function */
    const struct frame *frame;
    int64_t number; /* of a module or a generated frame; -1: none */
    int64_t start, duration;
    uint64_t id, parent;        /* External id; for Python: id and parent id, 0 none */
    int64_t gpu_start, gpu_end; /* annotations: what was launched inside; gpu_end 0: nothing */
};

struct gpu_event {
    const struct kernel *kernel;
    const char *name;
    int64_t number; /* appended to the name; -1: none */
    int64_t start, duration;
    bool second_stream;
};

struct call { /* a runtime or driver call and the GPU events it launched */
    const char *name;
    int api_id;
    bool driver, graph;
    int64_t start, duration;
    uint64_t correlation, external; /* external 0: none */
    uint32_t first_event, event_count;
};

struct unit_counts { /* operators: with annotations */
    uint64_t operators, frames, calls, memory_events;
};

struct unit {
    uint64_t step, device;
    int64_t start;            /* of the CPU work */
    struct unit_counts first; /* ids begin after these */

    struct workload workload;
    struct slice *operators, *frames; /* owned, as all arrays; in order of start */
    struct call *calls;
    struct gpu_event *events;
    uint32_t operator_count, frame_count, call_count, event_count;
    uint32_t operator_room, frame_room, call_room, event_room;
    int64_t cpu_end, gpu_end;
};

void unit_fini(struct unit *unit);
/* Does a memory event go with this call? */
bool call_has_memory_event(const struct call *call);

#endif
