#include "report/diff_answer.h"

#include <math.h>

#include "report/diff_reasons.h"
#include "report/number_text.h"
#include "report/wording.h"

/* Parts of a gap that are smaller than this share of it are not worth a word. */
static const double SMALL_SHARE = 0.01;

static bool is_noise(const struct interval *interval) {
    return interval->known && !interval_excludes_0(interval);
}

/* How many times the larger side is the smaller one. */
static double fold_of(const struct amount *amount) {
    const double ratio = (double)amount->test_ns / (double)amount->base_ns;
    return ratio < 1 ? 1 / ratio : ratio;
}

/* Percentages say little beyond twice or half as much. */
static void say_fold(const struct amount *amount, struct screen *screen) {
    const double fold = fold_of(amount);
    if (amount->gap_ns > 0)
        screen_say(screen, "%.*f times as long as base", fold < 100 ? 1 : 0, fold);
    else
        screen_say(screen, "1/%.*f of base's time", fold < 100 ? 1 : 0, fold);
}

static void say_verdict(const struct diff *diff, struct screen *screen) {
    const struct amount *total = &diff->total;
    char percent[NUMBER_BYTES];
    if (total->gap_ns == 0) {
        screen_say(screen, "Test takes as long as base");
    } else if (total->base_ns == 0 || total->test_ns == 0) {
        screen_say(screen, "%s has no GPU time to compare with", total->base_ns == 0 ? "Base" : "Test");
    } else if (!is_noise(&diff->total_interval) && fold_of(total) > 2) {
        screen_say(screen, "Test takes ");
        say_fold(total, screen);
    } else {
        number_percent(percent, fabs(share_of(total->gap_ns, total->base_ns)));
        screen_say(screen,
                   is_noise(&diff->total_interval) ? "Test and base do not differ beyond the noise; test is %s %s"
                                                   : "Test is %s %s",
                   percent, total->gap_ns > 0 ? "slower" : "faster");
    }
}

static void say_interval(const struct interval *interval, struct screen *screen) {
    char low[NUMBER_BYTES], high[NUMBER_BYTES];
    if (!interval->known || interval->low_ns == interval->high_ns || interval->low_ns == -interval->high_ns)
        return;
    number_time(low, interval->low_ns, true);
    number_time(high, interval->high_ns, true);
    screen_say(screen, ", 95%% sure: %s to %s", low, high);
}

static void print_total(const struct diff *diff, struct screen *screen) {
    char base[NUMBER_BYTES], test[NUMBER_BYTES], gap[NUMBER_BYTES];
    number_time(base, diff->total.base_ns, false);
    number_time(test, diff->total.test_ns, false);
    number_time(gap, diff->total.gap_ns, true);
    screen_end_line(screen);
    screen_tint(screen, is_noise(&diff->total_interval) ? TINT_NONE : tint_of_gap(diff->total.gap_ns));
    say_verdict(diff, screen);
    screen_say(screen, ": %s -> %s of GPU time%s (%s", base, test, diff->per_step ? " per step" : "", gap);
    say_interval(&diff->total_interval, screen);
    screen_say(screen, ").");
    screen_tint(screen, TINT_NONE);
    screen_flow(screen, 0);
}

static void say_left_out(const char *side, const struct diff_steps *steps, struct screen *screen) {
    const struct {
        const char *what;
        uint32_t count;
    } reasons[] = {
        {"warm-up", steps->warm_up}, {"clipped", steps->clipped}, {"without a counterpart", steps->unmatched}};
    const char *before = " (";
    char used[NUMBER_BYTES];
    number_counted(used, steps->used, "step");
    screen_say(screen, "%s %s", side, used);
    for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].count > 0) {
            screen_say(screen, "%s%u %s", before, reasons[i].count, reasons[i].what);
            before = ", ";
        }
    if (steps->warm_up + steps->clipped + steps->unmatched > 0)
        screen_say(screen, " left out)");
}

static void print_steps(const struct diff *diff, struct screen *screen) {
    if (!diff->per_step)
        return;
    screen_say(screen, "Every amount is a mean per step");
    if (diff->stratum_count > 0) {
        screen_say(screen, ": ");
        say_left_out("base", &diff->base_steps, screen);
        screen_say(screen, ", ");
        say_left_out("test", &diff->test_steps, screen);
    }
    if (diff->stratum_count > 1)
        screen_say(screen, "; steps of %u kinds, each kind weighing the same on both sides", diff->stratum_count);
    screen_say(screen, ".");
    screen_flow(screen, 0);
}

/* When not GPU time but what lies between it makes the difference. */
static void print_waiting(const struct diff *diff, struct screen *screen) {
    const double span_ns = (double)diff->span.gap_ns, waiting_ns = span_ns - (double)diff->compute.gap_ns;
    const bool moved = fabs(share_of(diff->span.gap_ns, diff->span.base_ns)) > SMALL_SHARE;
    if (!moved || waiting_ns / span_ns < 0.5)
        return;
    char span[NUMBER_BYTES], text[NUMBER_BYTES];
    number_time(span, diff->span.gap_ns, true);
    screen_say(screen, "The span%s changed by %s, and not mainly by computing:", diff->per_step ? " of a step" : "",
               span);
    const struct {
        const char *what;
        int64_t gap_ns;
    } parts[] = {{"idle", diff->idle.gap_ns},
                 {"exposed communication", diff->exposed_comm.gap_ns},
                 {"exposed copies", diff->exposed_copy.gap_ns}};
    const char *before = " ";
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        if (fabs(share_of(parts[i].gap_ns, diff->span.gap_ns)) > SMALL_SHARE) {
            number_time(text, parts[i].gap_ns, true);
            screen_say(screen, "%s%s %s", before, text, parts[i].what);
            before = ", ";
        }
    screen_say(screen, ".");
    screen_flow(screen, 0);
}

/* What layers only one side has: at most so many are named. */
enum { LAYERS_NAMED = 3 };

static void say_lone_layers(const struct diff *diff, bool of_test, struct screen *screen) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        const struct diff_layer *layer = &diff->layers[i];
        if (layer->in_base == layer->in_test || layer->in_test != of_test)
            continue;
        if (count++ < LAYERS_NAMED)
            screen_say(screen, "%s%u", count == 1 ? (of_test ? "; only in test: " : "; only in base: ") : ", ",
                       layer->layer);
    }
    if (count > LAYERS_NAMED)
        screen_say(screen, " and %u more", count - LAYERS_NAMED);
}

/* When one side has layers more. */
static void print_depth(const struct diff *diff, struct screen *screen) {
    const uint32_t base = diff->base->layers.row_count, test = diff->test->layers.row_count;
    if (base == test || base == 0 || test == 0)
        return;
    char count[NUMBER_BYTES];
    number_counted(count, base, "layer");
    screen_say(screen, "Base has %s, test %u", count, test);
    say_lone_layers(diff, false, screen);
    say_lone_layers(diff, true, screen);
    screen_say(screen, ".");
    screen_flow(screen, 0);
}

void diff_answer_print(const struct diff *diff, struct screen *screen) {
    print_total(diff, screen);
    print_steps(diff, screen);
    print_depth(diff, screen);
    print_waiting(diff, screen);
    diff_reasons_print(diff, screen);
}
