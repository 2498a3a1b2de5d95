#include "compare/weigher.h"

#include <stdlib.h>

#include "compare/side.h"

enum status weigher_init(struct weigher *weigher, const struct plan *plan, const struct plan_side *side,
                         struct error *error) {
    *weigher = (struct weigher){.strata = plan ? plan->count : 1};
    weigher->weights = calloc(weigher->strata, sizeof *weigher->weights);
    weigher->running = calloc(weigher->strata, sizeof *weigher->running);
    if (!weigher->weights || !weigher->running) {
        weigher_fini(weigher);
        return FAIL_MEMORY(error);
    }
    for (uint32_t i = 0; i < weigher->strata; i++)
        weigher->weights[i] = plan ? plan_weight(plan, side, i) : (struct plan_weight){1, 1};
    return STATUS_OK;
}

void weigher_fini(struct weigher *weigher) {
    free(weigher->weights);
    free(weigher->running);
    *weigher = (struct weigher){0};
}

/* Equal rationals give equal values: the products are exact, and the division rounds correctly. */
static long double weigh(const struct plan_weight *weight, stats_wide sum) {
    return (long double)(sum * weight->above) / (long double)weight->below;
}

int64_t weigher_next(struct weigher *weigher, const struct weigher_sum *sums) {
    long double whole = 0;
    for (uint32_t i = 0; i < weigher->strata; i++) {
        weigher->running[i] += sums[i].ns;
        whole += weigh(&weigher->weights[i], weigher->running[i]);
    }
    const int64_t sum_ns = side_round(whole);
    const int64_t part_ns = sum_ns - weigher->given_ns;
    weigher->given_ns = sum_ns;
    return part_ns;
}

long double weigher_count(const struct weigher *weigher, const struct weigher_sum *sums) {
    long double whole = 0;
    for (uint32_t i = 0; i < weigher->strata; i++)
        whole += weigh(&weigher->weights[i], sums[i].count);
    return whole;
}

long double weigher_ns(const struct weigher *weigher, const struct weigher_sum *sums) {
    long double whole = 0;
    for (uint32_t i = 0; i < weigher->strata; i++)
        whole += weigh(&weigher->weights[i], sums[i].ns);
    return whole;
}
