/* The tables of the two vendors; others ask model_get. */
#ifndef TRACEGEN_VENDORS_H
#define TRACEGEN_VENDORS_H

#include "gen_model.h"

/* The last field of a row: its part in --fuse norm-gemm. */
#define ALONE                                                                                                          \
    { false, NULL }
#define BEFORE_GEMM                                                                                                    \
    { true, NULL }
#define AFTER_NORM(name)                                                                                               \
    { false, name }

extern const struct model nvidia_model;
extern const struct model amd_model;

#endif
