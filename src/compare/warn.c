#include "compare/warn.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compare/compare.h"

/* Shares of a side's GPU time above which the comparison rests on weak ground. */
enum { UNLAUNCHED_PERCENT = 10, OTHER_PERCENT = 5, OUTSIDE_STEPS_PERCENT = 10, OTHER_PHASES_PERCENT = 10 };

/* When less of the GPU time than this is in the same operations on both sides, or less of the layers' is in kernels
 * that the other side has a partner for, the models hardly are the same. */
enum { MODELS_PERCENT = 50 };

static void warn(struct diff *diff, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);

static void warn(struct diff *diff, const char *code, const char *format, ...) {
    if (diff->warning_count == DIFF_WARNINGS)
        return;
    struct diff_warning *warning = &diff->warnings[diff->warning_count++];
    warning->code = code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warning->message, sizeof warning->message, format, arguments);
    va_end(arguments);
}

static bool above(int64_t part_ns, int64_t whole_ns, unsigned percent) {
    return (stats_wide)part_ns * 100 > (stats_wide)whole_ns * percent;
}

static double percent_of(int64_t part_ns, int64_t whole_ns) {
    return 100.0 * (double)part_ns / (double)whole_ns;
}

static const char *plural(uint32_t count) {
    return count == 1 ? "" : "s";
}

static void warn_steps(struct diff *diff) {
    const uint32_t base = diff->base->step_count, test = diff->test->step_count;
    if (base == test)
        return;
    warn(diff, "steps_differ", "base has %" PRIu32 " step%s and test has %" PRIu32 ": %s", base, plural(base), test,
         diff->per_step ? "amounts are means per step" : "totals do not cover the same number of steps");
}

static void warn_step_kinds(struct diff *diff) {
    const char *base = diff->base->step_kind, *test = diff->test->step_kind;
    if (diff->per_step && base && test && !text_equal(text_from(base), text_from(test)))
        warn(diff, "step_kinds_differ",
             "steps of base are %s and steps of test are %s: a step may not be the same work", base, test);
}

static bool has_phases(const struct summary *summary) {
    for (uint32_t i = 0; i < summary->phase_count; i++)
        if (summary->phases[i].phase != PHASE_NONE)
            return true;
    return false;
}

static void warn_phases(struct diff *diff) {
    const bool base = has_phases(diff->base), test = has_phases(diff->test);
    if (base != test)
        warn(diff, "phases_one_sided",
             "%s has annotations that say prefill or decode and %s has none: phases cannot be compared",
             base ? "base" : "test", base ? "test" : "base");
    else if (!base && diff->base->gpu_all.count > 0 && diff->test->gpu_all.count > 0)
        warn(diff, "no_phases",
             "no annotation says prefill or decode on either side: steps of different kinds count as one");
}

/* Of what is compared: how much of a side lies in phases that the other has nothing of. */
static void warn_other_phases(struct diff *diff, bool of_test) {
    const int64_t whole_ns = of_test ? diff->total.test_ns : diff->total.base_ns;
    int64_t alone_ns = 0;
    char names[PHASES * 12] = "";
    for (uint32_t i = 0; i < diff->phase_count; i++) {
        const struct amount *amount = &diff->phases[i].amount;
        const int64_t own_ns = of_test ? amount->test_ns : amount->base_ns;
        const int64_t others_ns = of_test ? amount->base_ns : amount->test_ns;
        if (diff->phases[i].phase == PHASE_NONE || own_ns == 0 || others_ns != 0)
            continue;
        alone_ns += own_ns;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? ", " : "",
                 phase_name(diff->phases[i].phase));
    }
    if (above(alone_ns, whole_ns, OTHER_PHASES_PERCENT))
        warn(diff, "phases_differ",
             "%s: %.1f %% of the GPU time is in phases (%s) that %s has nothing of: other work, not the same work "
             "slower "
             "or faster",
             of_test ? "test" : "base", percent_of(alone_ns, whole_ns), names, of_test ? "base" : "test");
}

static void warn_layers(struct diff *diff) {
    const uint32_t base = diff->base->layers.row_count, test = diff->test->layers.row_count;
    if (diff->base->gpu_all.count == 0 || diff->test->gpu_all.count == 0)
        return;
    if (base == 0 && test == 0)
        warn(diff, "no_layers",
             "nothing repeats within the steps of either side as layers do: no layers, no alignment of kernels, no "
             "fusion");
    else if (base == 0 || test == 0)
        warn(diff, "layers_one_sided", "%s has %" PRIu32 " layers and %s has none: kernels cannot be aligned",
             base > 0 ? "base" : "test", base + test, base > 0 ? "test" : "base");
    else if (base != test)
        warn(diff, "layers_differ",
             "base has %" PRIu32 " layers and test has %" PRIu32 ": totals are not of the same depth", base, test);
}

static void warn_unused_steps(struct diff *diff, const struct diff_steps *steps, const char *name) {
    const char *consequence =
        diff->per_step ? "left out of the means" : "part of the totals (--per step leaves them out)";
    if (steps->warm_up > 0)
        warn(diff, "warm_up_steps", "%s: %" PRIu32 " step%s at the start take%s clearly longer than others like %s: %s",
             name, steps->warm_up, plural(steps->warm_up), steps->warm_up == 1 ? "s" : "",
             steps->warm_up == 1 ? "it" : "them", consequence);
    if (steps->clipped > 0)
        warn(diff, "window_clipped",
             "%s: the window cuts %" PRIu32 " step%s at its ends, with clearly fewer GPU events than "
             "others: %s",
             name, steps->clipped, plural(steps->clipped), consequence);
    if (steps->unmatched > 0 && diff->per_step)
        warn(diff, "steps_unmatched",
             "%s: %" PRIu32 " step%s of kinds (phase, requests, tokens) that the other side does not "
             "have: left out of the means",
             name, steps->unmatched, steps->unmatched == 1 ? " is" : "s are");
}

static void warn_step_detail(struct diff *diff) {
    if (diff->per_step && !(diff->base->step_detail.complete && diff->test->step_detail.complete))
        warn(diff, "steps_limit",
             "too many steps or kernels to keep apart: means are over all steps of each side, without "
             "matching, and the span is that of the whole trace");
}

/* The share of time in the same operations on both sides: over operations, the lesser of its shares. */
static double common_operations(const struct diff *diff) {
    const double base_ns = (double)diff->total.base_ns, test_ns = (double)diff->total.test_ns;
    double common = 0;
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct amount *amount = &diff->operations[i].amount;
        const double base_share = (double)amount->base_ns / base_ns, test_share = (double)amount->test_ns / test_ns;
        common += base_share < test_share ? base_share : test_share;
    }
    return common;
}

/* The share of the time of aligned layers that is in kernels with a partner on the other side; 1 when none are. */
static double paired_share(const struct diff *diff) {
    double paired = 0, whole = 0;
    for (uint32_t i = 0; i < diff->layer_count; i++)
        for (uint32_t k = 0; k < diff->layers[i].pair_count; k++) {
            const struct diff_pair *pair = &diff->layers[i].pairs[k];
            const double both_ns = (double)pair->amount.base_ns + (double)pair->amount.test_ns;
            whole += both_ns;
            paired += pair->base_count > 0 && pair->test_count > 0 ? both_ns : 0;
        }
    return whole > 0 ? paired / whole : 1;
}

static void warn_models(struct diff *diff) {
    const char *base = diff->base->architecture, *test = diff->test->architecture;
    if (diff->total.base_ns <= 0 || diff->total.test_ns <= 0)
        return;
    const double common = 100 * common_operations(diff), paired = 100 * paired_share(diff);
    const bool others = !text_equal(text_from(base), text_from(test)) &&
                        !text_equal(text_from(base), TEXT("unknown")) && !text_equal(text_from(test), TEXT("unknown"));
    if (common < MODELS_PERCENT || others)
        warn(diff, "models_differ",
             "%.0f %% of the GPU time is in the same operations, base being %s and test %s: these may be different "
             "models",
             common, base, test);
    else if (paired < MODELS_PERCENT)
        warn(diff, "models_differ",
             "%.0f %% of the time of aligned layers is in kernels that have a partner on the other side: these may be "
             "different models",
             paired);
}

static uint64_t calls_of(const struct summary *summary) {
    uint64_t calls = 0;
    for (uint32_t i = 0; i < summary->cpu_op_count; i++)
        calls += summary->cpu_ops[i].calls;
    return calls;
}

static void warn_settings(struct diff *diff) {
    const struct summary *base = diff->base, *test = diff->test;
    if (base->gpu_all.count == 0 || test->gpu_all.count == 0)
        return;
    const struct {
        const char *what;
        bool base, test;
    } recorded[] = {
        {"Python stacks", base->attribution.with_stack > 0, test->attribution.with_stack > 0},
        {"CPU operators", calls_of(base) > 0, calls_of(test) > 0},
        {"launches", base->attribution.launched > 0, test->attribution.launched > 0},
        {"memory copies and sets", base->gpu[EVENT_MEMCPY].count + base->gpu[EVENT_MEMSET].count > 0,
         test->gpu[EVENT_MEMCPY].count + test->gpu[EVENT_MEMSET].count > 0},
    };
    if (!recorded[0].base && !recorded[0].test)
        warn(diff, "no_stacks",
             "neither side has Python stacks: what launches a kernel is known by its CPU operator alone");
    for (unsigned i = 0; i < sizeof recorded / sizeof *recorded; i++)
        if (recorded[i].base != recorded[i].test)
            warn(diff, "profiler_settings_differ", "%s has %s and %s has none: the profilers were set differently",
                 recorded[i].base ? "base" : "test", recorded[i].what, recorded[i].base ? "test" : "base");
}

static void warn_devices(struct diff *diff) {
    const uint32_t base = diff->base->timeline_count, test = diff->test->timeline_count;
    if (base != test)
        warn(diff, "devices_differ", "base has %" PRIu32 " GPU device%s and test has %" PRIu32 ": devices are summed",
             base, plural(base), test);
}

static void warn_unlaunched(struct diff *diff, const struct side *side, const char *name) {
    const struct summary *summary = side->summary;
    const int64_t part_ns = summary->attribution.unlaunched_ns, whole_ns = summary->gpu_all.total_ns;
    if (above(part_ns, whole_ns, UNLAUNCHED_PERCENT))
        warn(diff, "launches_unresolved", "%s: %.1f %% of the GPU time has no launch in the trace (%" PRIu64 " events)",
             name, percent_of(part_ns, whole_ns), summary->attribution.unlaunched);
}

static void warn_other(struct diff *diff, const struct side *side, const char *name, int64_t other_ns) {
    if (above(other_ns, side->total_ns, OTHER_PERCENT))
        warn(diff, "other_share",
             "%s: %.1f %% of the GPU time is in kernels that no rule knows (operation " COMPARE_OTHER ")", name,
             percent_of(other_ns, side->total_ns));
}

static void warn_outside_steps(struct diff *diff, const struct side *side, const char *name) {
    if (!side->per_step)
        return;
    int64_t outside_ns = 0;
    for (uint32_t i = 0; i < side->summary->phase_count; i++)
        outside_ns += side->summary->phases[i].cell.total_ns - side->summary->phases[i].cell.step_ns;
    const int64_t whole_ns = side->summary->gpu_all.total_ns;
    if (above(outside_ns, whole_ns, OUTSIDE_STEPS_PERCENT))
        warn(diff, "outside_steps", "%s: %.1f %% of the GPU time lies outside steps and is not compared", name,
             percent_of(outside_ns, whole_ns));
}

static void warn_side(struct diff *diff, const struct side *side, const char *name, int64_t other_ns) {
    if (!side->summary->document.complete || tally_lost(&side->summary->tally))
        warn(diff, "input_incomplete", "%s is damaged or incomplete: only what could be read is compared", name);
    if (side->summary->gpu_all.count == 0)
        warn(diff, "no_gpu_events", "%s has no GPU events", name);
    warn_unlaunched(diff, side, name);
    warn_other(diff, side, name, other_ns);
    warn_outside_steps(diff, side, name);
}

void warn_fill(struct diff *diff, const struct side *base, const struct side *test) {
    warn_steps(diff);
    warn_step_kinds(diff);
    warn_phases(diff);
    if (has_phases(diff->base) && has_phases(diff->test)) {
        warn_other_phases(diff, false);
        warn_other_phases(diff, true);
    }
    warn_devices(diff);
    warn_models(diff);
    warn_layers(diff);
    warn_settings(diff);
    warn_step_detail(diff);
    warn_unused_steps(diff, &diff->base_steps, "base");
    warn_unused_steps(diff, &diff->test_steps, "test");
    const struct diff_operation *other = compare_find_operation(diff, TEXT(COMPARE_OTHER));
    warn_side(diff, base, "base", other ? other->amount.base_ns : 0);
    warn_side(diff, test, "test", other ? other->amount.test_ns : 0);
}
