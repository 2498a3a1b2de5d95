/* The steps of a trace: the annotations of one kind, in memory. A GPU event belongs to the step that encloses its
 * launch on the launch's row; else to the last one begun and still open in the launch's process (a backward pass runs
 * on a thread of its own); else to the one whose GPU annotation encloses the event itself. */
#ifndef TRACECMP_STEPS_H
#define TRACECMP_STEPS_H

#include "flow/classes.h"
#include "resolve/lane.h"
#include "resolve/records.h"

struct note_record { /* an annotation; slice.name is its class id */
    struct slice_record slice;
    uint64_t external_id;
    uint32_t process, reserved;
};

struct steps;

struct steps *steps_new(const struct classes *classes); /* borrowed; NULL: no memory */
void steps_free(struct steps *steps);
/* Learns the steps from all CPU annotations in their sorted order; the highest kind present on either lane is used.
 * Leaves the lanes at their start. */
enum status steps_learn(struct steps *steps, struct lane *cpu, struct lane *gpu, struct error *error) CHECKED;
enum step_kind steps_kind(const struct steps *steps);
uint32_t steps_count(const struct steps *steps);
uint32_t steps_class(const struct steps *steps, uint32_t step); /* class id of its annotation */
uint64_t steps_refused(const struct steps *steps);              /* beyond LIMIT_STEPS */

/* The step of the annotation at a position of the CPU or GPU lane; STEP_NONE when it is none. */
uint32_t steps_of_cpu(const struct steps *steps, uint32_t position);
uint32_t steps_of_gpu(const struct steps *steps, uint32_t position);
/* The one begun last and open at t in a process; none in NAME_BEYOND, which is many. */
uint32_t steps_at(const struct steps *steps, uint32_t process, int64_t t_ns);

#endif
