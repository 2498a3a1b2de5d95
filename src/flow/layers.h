/* The layers of a model, as its kernels show them: which repeat within a step, how long each takes, and which
 * sequences of kernels they are. aggregate/ finds them, compare/ aligns them, report/ prints them. */
#ifndef TRACECMP_LAYERS_H
#define TRACECMP_LAYERS_H

#include <stdint.h>

#include "flow/event.h"

enum layer_method {
    LAYERS_NONE,
    LAYERS_MODULE,    /* by the numbered modules of Python stacks */
    LAYERS_PERIOD,    /* by the period of the sequence of operations */
    LAYERS_ATTENTION, /* from one attention kernel to the next */
};

enum { LAYER_NO_SHAPE = INT32_MAX };

struct layer_kernel { /* one position of a shape */
    uint32_t kernel;  /* row of summary.kernels */
    int64_t total_ns; /* over all instances of the shape */
};

/* One sequence of kernels that layers have, in the order of the GPU's time. */
struct layer_shape {
    struct layer_kernel *kernels; /* owned */
    uint32_t kernel_count;
    enum phase phase;
    uint64_t instances;
    int64_t total_ns;
};

struct layer_row {
    uint32_t layer; /* its number, as in the module's name, else from 0 */
    uint64_t count; /* how many times it ran */
    int64_t total_ns;
    struct phase_share { /* by phase of its instances */
        uint64_t count;
        int64_t total_ns;
        uint32_t shape; /* the most frequent one, LAYER_NO_SHAPE when none was kept */
    } phases[PHASES];
};

struct layers {
    enum layer_method method;
    struct layer_row *rows; /* owned; ascending by layer */
    uint32_t row_count;
    struct layer_shape *shapes; /* owned; most time first */
    uint32_t shape_count;
    uint64_t shapes_beyond; /* instances whose shape was not kept: LIMIT_LAYER_SHAPES */
    int64_t outside_ns;     /* GPU time in no layer */
};

void layers_fini(struct layers *layers);

#endif
