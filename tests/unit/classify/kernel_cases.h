/* Kernel names as profilers write them, and the operation each is. */
#ifndef TRACECMP_KERNEL_CASES_H
#define TRACECMP_KERNEL_CASES_H

#include <stddef.h>

struct kernel_case {
    const char *name, *operation;
};

extern const struct kernel_case kernel_cases[];
extern const size_t kernel_case_count;

#endif
