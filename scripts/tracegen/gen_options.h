/* What to generate. Parsing only fills the struct. */
#ifndef TRACEGEN_OPTIONS_H
#define TRACEGEN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "gen_model.h"

enum annotations {
    ANNOTATIONS_VLLM,
    ANNOTATIONS_VLLM_DETAILED,
    ANNOTATIONS_SGLANG,
    ANNOTATIONS_ATOM,
    ANNOTATIONS_PROFILER,
    ANNOTATIONS_NONE,
};

enum form { FORM_OBJECT, FORM_ARRAY, FORM_ARRAY_OPEN, FORM_LINES };

enum { OPTION_PATTERN = 64, OPTION_STACK_DEPTH = 1000 };

struct options {
    int64_t seed, steps, bytes; /* bytes 0: as many steps as said */
    int64_t vendor, annotations, form;
    int64_t layers, tp, devices, rows;
    int64_t noise, stack_depth, distinct_frames, distinct_kernels, add_kernel;
    int64_t warm_up;                    /* percent */
    int64_t drop_layer;                 /* -1: none */
    int64_t clip_start_ns, clip_end_ns; /* since the start of the trace; end -1: none */
    int64_t slow[FAMILIES];             /* percent */
    int64_t drop[FAMILIES];             /* true: its kernels are left out */
    enum phase pattern[OPTION_PATTERN];
    int64_t pattern_count;
    int64_t moe, fuse, no_stacks, no_shapes, no_flows, compact, reverse; /* truth values */
};

enum options_outcome { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_BAD };

/* Puts the help on stdout, or one line about the bad option on stderr. */
enum options_outcome options_parse(struct options *options, int count, char **arguments);

#endif
