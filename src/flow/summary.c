#include "flow/summary.h"

#include <stdlib.h>

#include "base/limits.h"

struct summary *summary_new(void) {
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return NULL;
    summary->architecture = "unknown";
    summary->names = names_new(LIMIT_NAME_BYTES);
    summary->paths = paths_new();
    summary->origins = origins_new();
    if (!summary->names || !summary->paths || !summary->origins) {
        summary_free(summary);
        return NULL;
    }
    names_limit_rows(summary->names, LIMIT_ROWS);
    return summary;
}

static void operations_free(struct summary *summary) {
    for (uint32_t i = 0; i < summary->operation_count; i++) {
        stats_fini(&summary->operations[i].stats);
        free(summary->operations[i].kernels);
    }
    free(summary->operations);
}

static void kernels_free(struct summary *summary) {
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        stats_fini(&summary->kernels[i].stats);
    free(summary->kernels);
}

void summary_free(struct summary *summary) {
    if (!summary)
        return;
    operations_free(summary);
    kernels_free(summary);
    stats_fini(&summary->step_span);
    stats_fini(&summary->step_gpu);
    layers_fini(&summary->layers);
    free(summary->stacks);
    free(summary->timeline);
    free(summary->cpu_ops);
    free(summary->top_ops);
    free(summary->steps);
    free(summary->step_detail.parts);
    free(summary->step_detail.shares);
    names_free(summary->names);
    paths_free(summary->paths);
    origins_free(summary->origins);
    free(summary);
}
