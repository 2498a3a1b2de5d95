#include "compare/same_kernels.h"

#include <stdlib.h>

enum status same_kernels_find(struct diff *diff, struct error *error) {
    diff->same = calloc((size_t)diff->kernel_count + 1, sizeof *diff->same);
    if (!diff->same)
        return FAIL_MEMORY(error);
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *kernel = &diff->kernels[i];
        if (kernel->base && kernel->test)
            diff->same[diff->same_count++] =
                (struct diff_same){kernel->name, stats_mean_ns(&kernel->base->stats),
                                   stats_mean_ns(&kernel->test->stats), kernel->amount.gap_ns};
    }
    return STATUS_OK;
}
