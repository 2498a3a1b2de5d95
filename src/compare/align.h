/* Two sequences of kernels -> which of one do what which of the other do. The pairs keep the order of both sequences
 * and explain as much of both sides' time as they can: each kernel weighs what it takes (and a little for being there),
 * times how alike the two sides of its pair are. Swapped sequences give the same pairs, swapped. */
#ifndef TRACECMP_ALIGN_H
#define TRACECMP_ALIGN_H

#include "compare/similarity.h"

struct align_item {
    const struct traits *traits; /* borrowed */
    int64_t ns;                  /* >= 0 */
};

struct align_block { /* what comes next of each side; a side may have none */
    uint32_t base_count, test_count;
    bool identical;    /* the same kernels on both sides */
    unsigned evidence; /* of the weakest member, in thousandths; 0 when a side has none */
};

/* How many cells of tables may still be filled: LIMIT_ALIGN_CELLS at first. At 0 only identical kernels pair. */
struct align_budget {
    uint64_t cells;
};

/* *blocks: owned by the caller (free). */
enum status align_sequences(struct align_block **blocks, uint32_t *count, const struct align_item *base,
                            uint32_t base_count, const struct align_item *test, uint32_t test_count,
                            struct align_budget *budget, struct error *error) CHECKED;

#endif
