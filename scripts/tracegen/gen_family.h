/* The families of kernels that --slow and --drop name. */
#ifndef TRACEGEN_FAMILY_H
#define TRACEGEN_FAMILY_H

enum family {
    FAMILY_GEMM,
    FAMILY_ATTENTION,
    FAMILY_NORM,
    FAMILY_ROPE,
    FAMILY_CACHE,
    FAMILY_ACTIVATION,
    FAMILY_MOE,
    FAMILY_COLLECTIVE,
    FAMILY_ELEMENTWISE,
    FAMILY_EMBEDDING,
    FAMILY_SAMPLING,
    FAMILY_COPY,
    FAMILIES,
};

extern const char *const family_names[FAMILIES];

#endif
