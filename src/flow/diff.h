/* What compare/ finds between two summaries and report/ prints. Borrows both summaries. gap = test - base in ns,
 * positive when test is slower. When per_step, every amount is a mean per step: of what lies inside the steps that are
 * used, and the mean of each stratum of steps weighs the same on both sides. Amounts are rounded so that the rows of a
 * table still sum to its total exactly. */
#ifndef TRACECMP_DIFF_H
#define TRACECMP_DIFF_H

#include "flow/summary.h"

enum diff_status { DIFF_SLOWER, DIFF_FASTER, DIFF_SIMILAR, DIFF_BASE_ONLY, DIFF_TEST_ONLY };

struct amount {
    int64_t base_ns, test_ns, gap_ns;
};

/* Where the true gap lies, with 95 % confidence; known with enough steps on both sides. */
struct interval {
    bool known;
    int64_t low_ns, high_ns;
};

static inline bool interval_excludes_0(const struct interval *interval) {
    return interval->known && (interval->low_ns > 0 || interval->high_ns < 0);
}

/* A kind of steps that both sides have. */
struct diff_stratum {
    bool by_phase, by_size;                 /* what its steps have in common; neither: nothing */
    enum phase phase;                       /* when by_phase */
    uint32_t least_requests, most_requests; /* when by_size; 0, 0: not known */
    uint32_t least_tokens, most_tokens;
    uint32_t base_steps, test_steps;
};

struct diff_steps { /* of one side */
    uint32_t used, warm_up, clipped;
    uint32_t unmatched; /* of kinds that the other side does not have */
};

struct diff_phase {
    enum phase phase;
    struct amount amount;
};

struct diff_operation {
    struct text name;                        /* borrowed from a summary */
    const struct operation_row *base, *test; /* NULL on a side that has none */
    struct amount amount;
    int64_t gap_count_ns; /* by more or fewer launches: those that only one side has. One-sided rows are all count. */
    int64_t gap_speed_ns; /* by slower or faster ones: the rest of the gap */
    double share_of_gap;  /* of the total gap; 0 when that is 0 */
    struct interval interval;
    enum diff_status status;
    struct diff_phase phases[PHASES];
    uint32_t phase_count;
    uint32_t *kernels; /* owned; indexes into diff.kernels, widest gap first */
    uint32_t kernel_count;
};

struct diff_kernel {
    struct text name, readable, operation;
    const struct kernel_row *base, *test;
    struct amount amount;
    struct interval interval;
    enum diff_status status;
};

/* What aligning a layer of one side with the same layer of the other finds: n kernels stand for m. */
enum pair_kind { PAIR_SAME, PAIR_REPLACED, PAIR_FUSED, PAIR_SPLIT, PAIR_BASE_ONLY, PAIR_TEST_ONLY };

struct diff_pair {
    struct text operation;             /* of its widest kernel */
    uint32_t *base_kernels;            /* owned; rows of base->kernels, in the order of time */
    uint32_t *test_kernels;            /* owned; rows of test->kernels */
    uint32_t base_count, test_count;   /* 0 on a side that has none */
    struct amount amount;              /* its part of the layer's amount */
    enum phase base_phase, test_phase; /* of the runs it was found in: the same, unless the sides share no phase */
    enum pair_kind kind; /* FUSED: test does in fewer kernels what base does in more; SPLIT: in more what base does in
                            fewer; REPLACED: as many of other names */
};

/* A layer's amounts are its mean time per run, over the phases that both sides ran it in; each phase weighs alike on
 * both sides: by its share of the runs of both together. Without a phase in common it is the phase with the most time
 * of each. Of a one-sided layer it is the mean of all runs. A pair's amount is the layer's time in that phase, divided
 * as the kernels of its most frequent shape divide theirs, so that the pairs sum to the layer (which has none when no
 * shape was kept, or beyond LIMIT_LAYER_PAIRS). Every kernel of these shapes is in exactly one pair. */
struct diff_layer {
    uint32_t layer; /* when the sides number theirs differently, the smaller number */
    bool in_base, in_test;
    struct amount amount;
    enum diff_status status;
    struct diff_pair *pairs; /* owned; in the order of time */
    uint32_t pair_count;
};

struct diff_fusion {
    bool test_fuses;            /* else base does */
    uint32_t *fused, *separate; /* owned; rows of the kernels of the side that fuses, of the other */
    uint32_t fused_count, separate_count;
    uint64_t occurrences; /* times that the side that fuses runs it in its layers */
    double confidence;    /* 0..1: how well names show it, how consistently and how often it is seen */
    int64_t gap_ns;       /* what test takes more than base for it, over all occurrences; negative: test saves */
};

struct diff_same { /* a kernel of the same name on both sides */
    struct text name;
    int64_t base_mean_ns, test_mean_ns, gap_ns; /* gap: the kernel's whole gap, as in diff.kernels */
};

struct diff_warning {
    const char *code; /* static */
    char message[240];
};

enum { DIFF_WARNINGS = 32 };

struct spread;

struct diff {
    const struct summary *base, *test; /* borrowed */
    bool per_step;
    struct diff_steps base_steps, test_steps;
    const struct diff_stratum *strata; /* of spread; how steps are matched; none when a side has no steps */
    uint32_t stratum_count;
    struct amount total;
    struct interval total_interval;
    struct amount step; /* GPU time per step, also when amounts are totals; 0 when a side has no steps */
    struct interval step_interval;
    struct spread *spread; /* owned by compare/; NULL when a side has no steps */
    /* The span waterfall: the four gaps sum to span.gap_ns. Devices are summed. */
    struct amount span, compute, exposed_comm, exposed_copy, idle;
    struct diff_operation *operations; /* owned; widest gap first, ties by name */
    uint32_t operation_count;
    struct diff_kernel *kernels; /* owned; same order */
    uint32_t kernel_count;
    struct diff_phase phases[PHASES]; /* those that a side has; largest of base and test first */
    uint32_t phase_count;
    struct diff_layer *layers; /* owned; ascending by layer */
    uint32_t layer_count;
    struct diff_fusion *fusions; /* owned; widest gap first */
    uint32_t fusion_count;
    struct diff_same *same; /* owned; widest gap first */
    uint32_t same_count;
    struct diff_warning warnings[DIFF_WARNINGS];
    uint32_t warning_count;
};

void diff_free(struct diff *diff);

#endif
