/* What classify/ knows of each distinct name, looked up by event.class_id. classify/ alone adds rows; rows never
 * move to another index. */
#ifndef TRACECMP_CLASSES_H
#define TRACECMP_CLASSES_H

#include "flow/event.h"

/* A step is said by one family of annotations; when a trace has several, the highest one is used. */
enum step_kind {
    STEP_KIND_NONE,
    STEP_KIND_PROFILER,  /* ProfilerStep#12 */
    STEP_KIND_DIFFUSION, /* execute_diffusion_1_256x256 */
    STEP_KIND_ATOM,      /* prefill[bs=2 …], decode[bs=…] */
    STEP_KIND_SGLANG,    /* step[DECODE bs=32] */
    STEP_KIND_VLLM,      /* execute_context_1(5)_generation_2(2) */
    STEP_KIND_USER,      /* matches --step */
    STEP_KINDS,
};

struct kernel_class { /* one for each (name, kind) of a GPU event; all names interned */
    uint32_t name, readable, operation, rule;
    enum event_kind kind;
    bool collective; /* communication, by the name */
};

struct annotation_class { /* only of annotations that say a phase or a step */
    uint32_t name;
    enum phase phase;
    enum step_kind step;
    uint32_t requests, tokens; /* of the batch; 0: it does not say */
};

struct classes {
    struct kernel_class *kernels; /* owned by classify/ */
    struct annotation_class *annotations;
    uint32_t kernel_count, annotation_count;
    uint64_t kernels_beyond; /* names without a class of their own: LIMIT_KERNELS */
};

#endif
