/* The steps of a trace, and what each kernel took of each of them. aggregate/ fills them, compare/ matches and weighs
 * them, report/ prints them. Times are ns. */
#ifndef TRACECMP_STEP_ROWS_H
#define TRACECMP_STEP_ROWS_H

#include "flow/event.h"

/* Steps at either end that do not show what a step takes; means leave them out. */
enum step_use {
    STEP_USED,
    STEP_WARM_UP, /* at the start, clearly longer than its peers */
    STEP_CLIPPED, /* at the start or the end, clearly fewer GPU events than its peers */
};

struct step_row {
    uint32_t name;
    enum phase phase;
    uint32_t requests, tokens; /* as its annotation says; 0: it does not */
    enum step_use use;
    int64_t start_ns, span_ns; /* first start to last end of its GPU events */
    int64_t gpu_ns;
    uint64_t gpu_events;
};

/* What the span of a step's own GPU events is made of, as the timeline is for all; devices are summed. */
struct step_parts {
    int64_t compute_ns, exposed_comm_ns, exposed_copy_ns, idle_ns;
};

struct step_share {
    uint16_t kernel, step; /* rows of summary.kernels, of summary.steps */
    uint32_t count : 30;
    uint32_t phase : 2;
    int64_t ns;
};

struct step_detail {
    struct step_parts *parts;  /* owned; by row of summary.steps */
    struct step_share *shares; /* owned; ascending by kernel, step, phase; each triple once */
    uint32_t share_count;
    bool complete; /* false: beyond LIMIT_STEPS_DETAILED or LIMIT_STEP_SHARES, and nothing is kept */
};

#endif
