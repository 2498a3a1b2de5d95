/* What is known of one trace once it has been read. aggregate/ makes it, compare/ and report/ read it.
 * Every name is an id of `names`, every stack a node of `paths`. Tables are whole, sorted by total time, largest
 * first, ties by name (byte order); steps are sorted by start. Times are ns. */
#ifndef TRACECMP_SUMMARY_H
#define TRACECMP_SUMMARY_H

#include "base/names.h"
#include "base/paths.h"
#include "base/stats.h"
#include "base/tally.h"
#include "flow/document.h"
#include "flow/event.h"
#include "flow/layers.h"
#include "flow/origins.h"
#include "flow/step_rows.h"

/* GPU time of one phase in one row; the step_ part is what lies inside steps. */
struct phase_cell {
    uint64_t count, step_count;
    int64_t total_ns, step_ns;
};

struct kernel_row {
    uint32_t name;        /* as in the trace */
    uint32_t readable;    /* demangled; equals name when there is nothing to demangle */
    enum event_kind kind; /* EVENT_KERNEL, EVENT_MEMCPY or EVENT_MEMSET */
    uint32_t operation;   /* name of the operation */
    uint32_t rule;        /* name of the rule that matched */
    struct stats stats;
    struct phase_cell phases[PHASES];
    uint32_t cpu_op; /* innermost cpu_op with the most time here; NAME_NONE when none */
    uint64_t stacks_distinct;
    uint32_t stack_top; /* the most frequent non-empty one; PATH_ROOT when none */
    uint64_t stack_top_count;
};

struct operation_row {
    uint32_t operation;
    struct stats stats;
    struct phase_cell phases[PHASES];
    uint32_t cpu_op;
    uint32_t *kernels; /* owned; indexes into summary.kernels, most time first; each kernel is one operation's */
    uint32_t kernel_count;
};

struct cpu_op_row { /* in cpu_ops, NAME_NONE is "(none)": GPU events without a cpu_op */
    uint32_t name;
    uint64_t calls;       /* 0 in top_ops */
    int64_t cpu_total_ns; /* 0 in top_ops */
    uint64_t gpu_count;
    int64_t gpu_total_ns;
};

struct timeline_row {
    uint32_t device; /* name */
    uint64_t events;
    int64_t start_ns, span_ns, busy_ns, compute_ns, comm_ns, exposed_comm_ns, copy_ns, exposed_copy_ns;
};

struct phase_row {
    enum phase phase;
    struct phase_cell cell;
};

/* GPU events that were launched from exactly this call path. */
struct stack_time {
    uint64_t count;
    int64_t total_ns;
};

struct gpu_total {
    uint64_t count;
    int64_t total_ns;
};

struct summary {
    struct names *names;     /* owned */
    struct paths *paths;     /* owned */
    struct origins *origins; /* owned; of its GPU events, those that --phase left out too */
    struct tally tally;
    struct document document;
    enum platform platform;
    const char *architecture; /* transformer, ssm, hybrid or unknown; static */
    char architecture_evidence[160];

    struct gpu_total gpu[EVENT_GPU_KINDS], gpu_all;
    struct {
        uint64_t launched, unlaunched;
        uint64_t op_enclosing, op_external_id, op_none;
        uint64_t with_stack, without_stack, distinct_stacks;
        int64_t unlaunched_ns, op_none_ns; /* how much GPU time that touches */
    } attribution;

    struct timeline_row *timeline; /* owned, as all arrays here; sorted by device name, numbers by value */
    uint32_t timeline_count;
    struct operation_row *operations;
    uint32_t operation_count;
    struct kernel_row *kernels;
    uint32_t kernel_count;
    struct cpu_op_row *cpu_ops, *top_ops;
    uint32_t cpu_op_count, top_op_count;
    struct phase_row phases[PHASES]; /* those with GPU events, most time first */
    uint32_t phase_count;
    const char *step_kind; /* static; NULL when there are no steps */
    struct step_row *steps;
    uint32_t step_count;
    struct step_detail step_detail;
    struct stats step_span, step_gpu;
    struct layers layers;
    struct stack_time *stacks; /* by node of paths */
    uint32_t stack_count;
};

struct summary *summary_new(void); /* empty, with names and paths; NULL: no memory */
void summary_free(struct summary *summary);

#endif
