/* Hand-made summaries: say what ran, then finish; what aggregate/ guarantees of a summary holds for these as well.
 * No failure is passed on: a test that gets no memory fails there and then. */
#ifndef TRACECMP_MADE_SUMMARY_H
#define TRACECMP_MADE_SUMMARY_H

#include "flow/summary.h"

struct made_work {
    const char *operation, *kernel;
    enum event_kind kind;
    enum phase phase;
    uint64_t count;
    int64_t total_ns;
    uint64_t step_count; /* the part that lies inside steps */
    int64_t step_ns;
};

struct summary *made_summary_new(void); /* complete, and nothing ran */
void made_summary_run(struct summary *summary, struct made_work work);
void made_summary_steps(struct summary *summary, const char *kind, uint32_t count);
/* One more step, used, of a phase; 0 requests or tokens: not said. Returns its row. */
uint32_t made_summary_step(struct summary *summary, enum phase phase, uint32_t requests, uint32_t tokens);
/* `count` launches of a kernel took `ns` of a step, in the step's phase; its span grows by as much. */
void made_summary_took(struct summary *summary, uint32_t step, const char *operation, const char *kernel,
                       uint64_t count, int64_t ns);
void made_summary_device(struct summary *summary, struct timeline_row row);
/* Sorts the tables and lists the kernels of each operation. Returns the summary. */
struct summary *made_summary_finish(struct summary *summary);

struct made_kernel {
    const char *operation, *kernel;
    int64_t ns; /* in one run */
};
/* A layer's runs in one phase, all alike; after made_summary_finish. Kernels that nothing else ran are added. */
void made_summary_layer(struct summary *summary, uint32_t layer, enum phase phase, uint64_t runs,
                        const struct made_kernel *kernels, uint32_t count);

/* The same sequence for the same seed; 0 <= result < below. */
uint64_t made_random(uint64_t *seed, uint64_t below);
/* Up to a few dozen kernels of a few operations in all phases, `steps` steps, two devices; every time is odd. */
struct summary *made_summary_random(uint64_t *seed, uint32_t steps);
/* The same with steps of several kinds, of which it is known what kernels took; some are not used. */
struct summary *made_summary_random_steps(uint64_t *seed, uint32_t steps);

#endif
