/* What the stage gathers while events pass, to make tables of at the end. */
#ifndef TRACECMP_CELLS_H
#define TRACECMP_CELLS_H

#include "aggregate/op_table.h"
#include "aggregate/shares.h"
#include "aggregate/union.h"
#include "base/durations.h"
#include "base/map.h"
#include "flow/classes.h"
#include "flow/summary.h"

struct kernel_cell { /* by kernel class */
    struct phase_cell phases[PHASES];
};

struct origin_sum {
    uint64_t count;
    int64_t ns;
};

struct origin_cell {           /* by number of an origin */
    struct origin_sum sums[2]; /* of its events outside of steps, and in steps */
};

struct step_cell { /* by step number */
    uint32_t class_id;
    int64_t start_ns, end_ns, gpu_ns;
    uint64_t count;
};

struct cells {
    struct kernel_cell *kernels; /* owned, as all arrays and maps here */
    size_t kernel_count, kernel_capacity;
    struct durations durations; /* by kernel class */
    struct origin_cell *origins;
    struct origin_facts *facts; /* by number as well */
    size_t origin_count, origin_capacity, fact_capacity;
    size_t known_end;    /* facts of the origins 1 to known_end - 1 are known */
    struct map *op_time; /* class << 32 | cpu_op -> ns */
    struct map *stacks;  /* class << 32 | path -> GPU events */
    struct op_table cpu_ops, top_ops;
    struct step_cell *steps;
    size_t step_count, step_capacity;
    struct shares *shares;
    struct timeline_row *devices;
    size_t device_count, device_capacity;
};

static inline bool cells_knows_origin(const struct cells *cells, uint32_t number) {
    return number < cells->origin_count && cells->facts[number].known;
}

bool cells_init(struct cells *cells, bool step_detail); /* false: no memory; fini them all the same */
void cells_fini(struct cells *cells);
/* These make room for numbers up to this one. */
enum status cells_know_class(struct cells *cells, uint32_t class_id, struct error *error) CHECKED;
enum status cells_know_origin(struct cells *cells, uint32_t number, struct error *error) CHECKED;
enum status cells_know_step(struct cells *cells, uint32_t number, struct error *error) CHECKED;

#endif
