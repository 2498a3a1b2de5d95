/* Fused and split pairs of many layers -> the fusions they show. */
#ifndef TRACECMP_FUSION_H
#define TRACECMP_FUSION_H

#include "base/error.h"
#include "flow/diff.h"

/* One aligned pair of kernels in one phase of one layer. */
struct fusion_sight {
    struct diff_pair pair; /* of any kind; its lists stay the diff's */
    uint64_t base_runs, test_runs;
    long double base_ns, test_ns; /* mean per run */
    unsigned evidence;            /* in thousandths */
};

struct fusion_finder;

struct fusion_finder *fusion_new(void); /* NULL: no memory */
void fusion_free(struct fusion_finder *finder);
enum status fusion_see(struct fusion_finder *finder, const struct fusion_sight *sight, struct error *error) CHECKED;
/* Fills diff->fusions. */
enum status fusion_finish(struct fusion_finder *finder, struct diff *diff, struct error *error) CHECKED;

#endif
