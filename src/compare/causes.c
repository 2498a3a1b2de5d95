#include "compare/causes.h"

/* The time of the launches that one side has more, as they took there: positive when it is test. One division at the
 * end keeps small cases exact, and swapped sides negate it. */
static long double more_ns(const struct side_work *base, const struct side_work *test) {
    const long double more = test->count - base->count;
    const struct side_work *side = more > 0 ? test : base;
    return side->count > 0 ? side->ns * more / side->count : test->ns - base->ns;
}

/* Launches of a kernel that a side has more than the other, and their time. */
static void add_kernel(struct side_work *base_surplus, struct side_work *test_surplus, const struct side_work *base,
                       const struct side_work *test) {
    const long double more = test->count - base->count, ns = more_ns(base, test);
    if (more > 0) {
        test_surplus->count += more;
        test_surplus->ns += ns;
    } else {
        base_surplus->count -= more;
        base_surplus->ns -= ns;
    }
}

void causes_find(struct diff_operation *operation, const struct diff *diff, const struct side *base,
                 const struct side *test) {
    static const struct side_work nothing;
    struct side_work base_surplus = {0}, test_surplus = {0};
    long double gap_ns = 0;
    for (uint32_t i = 0; i < operation->kernel_count; i++) {
        const struct diff_kernel *kernel = &diff->kernels[operation->kernels[i]];
        const struct side_work *in_base = kernel->base ? &base->work[kernel->base - diff->base->kernels] : &nothing;
        const struct side_work *in_test = kernel->test ? &test->work[kernel->test - diff->test->kernels] : &nothing;
        add_kernel(&base_surplus, &test_surplus, in_base, in_test);
        gap_ns += in_test->ns - in_base->ns;
    }
    const long double count_ns = more_ns(&base_surplus, &test_surplus);
    const bool by_speed = operation->base && operation->test && side_round(gap_ns - count_ns) != 0;
    /* Not what rounding makes of nothing. */
    operation->gap_count_ns = by_speed ? side_round(count_ns) : operation->amount.gap_ns;
    operation->gap_speed_ns = operation->amount.gap_ns - operation->gap_count_ns;
}
