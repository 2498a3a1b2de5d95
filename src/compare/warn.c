#include "compare/warn.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "compare/compare.h"

/* Shares of a side's GPU time above which the comparison rests on weak ground. */
enum { UNLAUNCHED_PERCENT = 10, OTHER_PERCENT = 5, OUTSIDE_STEPS_PERCENT = 10 };

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

static void warn_steps(struct diff *diff) {
    const uint32_t base = diff->base->step_count, test = diff->test->step_count;
    if (base == test)
        return;
    warn(diff, "steps_differ", "base has %" PRIu32 " steps and test has %" PRIu32 ": %s", base, test,
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
}

static void warn_devices(struct diff *diff) {
    const uint32_t base = diff->base->timeline_count, test = diff->test->timeline_count;
    if (base != test)
        warn(diff, "devices_differ", "base has %" PRIu32 " GPU devices and test has %" PRIu32 ": devices are summed",
             base, test);
}

static bool above(int64_t part_ns, int64_t whole_ns, unsigned percent) {
    return (stats_wide)part_ns * 100 > (stats_wide)whole_ns * percent;
}

static double percent_of(int64_t part_ns, int64_t whole_ns) {
    return 100.0 * (double)part_ns / (double)whole_ns;
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
    warn_devices(diff);
    const struct diff_operation *other = compare_find_operation(diff, TEXT(COMPARE_OTHER));
    warn_side(diff, base, "base", other ? other->amount.base_ns : 0);
    warn_side(diff, test, "test", other ? other->amount.test_ns : 0);
}
