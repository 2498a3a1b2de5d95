/* One event of a trace on its way through the stages. tokenize/ fills the first part, classify/ the second,
 * resolve/ the third; each part is written by that step alone. */
#ifndef TRACECMP_EVENT_H
#define TRACECMP_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"

enum event_kind {
    EVENT_KERNEL, /* the three GPU kinds come first */
    EVENT_MEMCPY,
    EVENT_MEMSET,
    EVENT_LAUNCH, /* a runtime or driver call */
    EVENT_CPU_OP,
    EVENT_PYTHON,
    EVENT_ANNOTATION,     /* user_annotation */
    EVENT_GPU_ANNOTATION, /* gpu_user_annotation */
    EVENT_KINDS,
};
enum { EVENT_GPU_KINDS = EVENT_MEMSET + 1 };

enum phase { PHASE_NONE, PHASE_PREFILL, PHASE_DECODE, PHASE_MIXED, PHASES };

static inline const char *phase_name(enum phase phase) {
    static const char *const names[PHASES] = {
        [PHASE_NONE] = "none", [PHASE_PREFILL] = "prefill", [PHASE_DECODE] = "decode", [PHASE_MIXED] = "mixed"};
    return names[phase];
}

enum { STEP_NONE = INT32_MAX };

/* How the cpu_op of a GPU event was found. */
enum op_method { OP_BY_NONE, OP_BY_ENCLOSING, OP_BY_EXTERNAL_ID };

struct event {
    /* tokenize/ */
    enum event_kind kind;
    uint32_t name_id;     /* decoded, valid UTF-8; NAME_NONE for launches */
    uint64_t offset;      /* of its first byte in the uncompressed input */
    int64_t ts_ns;        /* ts and dur each rounded half-even from the decimal text */
    int64_t dur_ns;       /* 0 when missing */
    uint32_t row;         /* (pid, tid), interned in a form of its own; of a GPU event that is device and stream */
    uint32_t process;     /* pid alone, likewise */
    uint32_t device;      /* args.device, else pid, interned as text; GPU kinds only */
    uint64_t correlation; /* 0: none; negative ids as two's complement */
    uint64_t external_id; /* 0: none */

    /* classify/ */
    uint32_t class_id; /* GPU kinds: kernel class; annotations: annotation class (classify/classes.h) */

    /* resolve/: of cpu_ops, that dur_ns is the plausible time of all calls together; the rest: GPU kinds only */
    uint64_t calls;
    bool launched;                       /* its launch was found: */
    uint32_t launch_row, launch_process; /* where, */
    int64_t launch_ns;                   /* and when */
    enum op_method op_method;
    uint32_t cpu_op; /* innermost, NAME_NONE when none */
    uint32_t top_op; /* outermost */
    uint32_t stack;  /* node of paths; PATH_ROOT when none */
    enum phase phase;
    uint32_t step;       /* numbered from 0; STEP_NONE when none */
    uint32_t step_class; /* class id of the step's annotation */
    uint32_t origin;     /* number of all the above but times, launch and step (flow/origins.h) */
};

static inline bool event_is_gpu(enum event_kind kind) {
    return kind <= EVENT_MEMSET;
}

/* The time of a GPU event that may be added up; 0 for any other. */
static inline int64_t event_plausible_ns(const struct event *event) {
    const bool plausible = event_is_gpu(event->kind) && event->dur_ns >= 0 && event->dur_ns <= LIMIT_DURATION_NS;
    return plausible ? event->dur_ns : 0;
}

#endif
