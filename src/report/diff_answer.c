#include "report/diff_answer.h"

#include <math.h>

#include "report/number_text.h"
#include "report/wording.h"

enum { CONTRIBUTORS = 3, NAME_COLUMNS = 40, KERNEL_COLUMNS = 48 };

/* Parts of a gap that are smaller than this share of it are not worth a word. */
static const double SMALL_SHARE = 0.01;

enum tint diff_answer_tint(int64_t gap_ns) {
    return gap_ns > 0 ? TINT_SLOWER : gap_ns < 0 ? TINT_FASTER : TINT_NONE;
}

static bool is_noise(const struct interval *interval) {
    return interval->known && !interval_excludes_0(interval);
}

static void say_verdict(const struct diff *diff, struct screen *screen) {
    const struct amount *total = &diff->total;
    char percent[NUMBER_BYTES];
    if (total->gap_ns == 0) {
        screen_say(screen, "Test takes as long as base");
    } else if (total->base_ns == 0) {
        screen_say(screen, "Base has no GPU time to compare with");
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
    screen_tint(screen, is_noise(&diff->total_interval) ? TINT_NONE : diff_answer_tint(diff->total.gap_ns));
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
    screen_say(screen, "%s %u", side, steps->used);
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

/* Why an operation's time differs: more launches, or slower ones; what hardly counts is not said. */
static void say_reason(const struct diff_operation *row, struct screen *screen) {
    char count[NUMBER_BYTES], speed[NUMBER_BYTES];
    if (!row->base || !row->test) {
        screen_say(screen, "only in %s", row->base ? "base" : "test");
        return;
    }
    const bool by_speed = fabs(share_of(row->gap_speed_ns, row->amount.gap_ns)) > SMALL_SHARE;
    const bool by_count = fabs(share_of(row->gap_count_ns, row->amount.gap_ns)) > SMALL_SHARE;
    number_time(speed, row->gap_speed_ns, true);
    number_time(count, row->gap_count_ns, true);
    if (by_speed)
        screen_say(screen, "%s by %s launches", speed, row->gap_speed_ns > 0 ? "slower" : "faster");
    if (by_count)
        screen_say(screen, "%s%s by %s%s", by_speed ? ", " : "", count, row->gap_count_ns > 0 ? "more" : "fewer",
                   by_speed ? " of them" : " launches");
}

/* Gap of an operation in one layer. */
static int64_t layer_gap(const struct diff_layer *layer, struct text operation) {
    int64_t gap_ns = 0;
    for (uint32_t i = 0; i < layer->pair_count; i++)
        if (text_equal(layer->pairs[i].operation, operation))
            gap_ns += layer->pairs[i].amount.gap_ns;
    return gap_ns;
}

struct layer_gaps {
    uint32_t first, last, most; /* numbers of layers; most: with the widest gap */
    uint32_t count;
    int64_t low_ns, high_ns, sum_ns, most_ns;
};

static struct layer_gaps gaps_of_layers(const struct diff *diff, struct text operation) {
    struct layer_gaps gaps = {0};
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        const struct diff_layer *layer = &diff->layers[i];
        if (!layer->in_base || !layer->in_test || layer->pair_count == 0)
            continue;
        const int64_t gap_ns = layer_gap(layer, operation);
        const bool first = gaps.count++ == 0;
        gaps.first = first ? layer->layer : gaps.first;
        gaps.last = layer->layer;
        gaps.low_ns = first || gap_ns < gaps.low_ns ? gap_ns : gaps.low_ns;
        gaps.high_ns = first || gap_ns > gaps.high_ns ? gap_ns : gaps.high_ns;
        gaps.sum_ns += gap_ns;
        if (first || number_magnitude(gap_ns) > number_magnitude(gaps.most_ns)) {
            gaps.most = layer->layer;
            gaps.most_ns = gap_ns;
        }
    }
    return gaps;
}

/* Layers are alike when their gaps differ by less than half of their mean; one stands for the gap when it has more than
 * half of what all have together. */
static void say_layers(const struct diff *diff, struct text operation, struct screen *screen) {
    const struct layer_gaps gaps = gaps_of_layers(diff, operation);
    if (gaps.count < 2 || gaps.sum_ns == 0)
        return;
    const uint64_t sum_ns = number_magnitude(gaps.sum_ns);
    if ((uint64_t)(gaps.high_ns - gaps.low_ns) * 2 * gaps.count < sum_ns)
        screen_say(screen, "; layers %u-%u alike", gaps.first, gaps.last);
    else if (number_magnitude(gaps.most_ns) * 2 > sum_ns)
        screen_say(screen, "; mostly in layer %u", gaps.most);
}

/* The kernel that has most of an operation's gap, unless it is its only one. */
static void say_kernel(const struct diff *diff, const struct diff_operation *row, struct screen *screen) {
    if (row->kernel_count < 2)
        return;
    const struct diff_kernel *kernel = &diff->kernels[row->kernels[0]];
    const double share = share_of(kernel->amount.gap_ns, row->amount.gap_ns);
    if (share < 0.5 || share > 1)
        return;
    char percent[NUMBER_BYTES];
    number_percent(percent, share);
    screen_say(screen, "; %s of it is ", percent);
    screen_kernel(screen, kernel->readable, KERNEL_COLUMNS);
}

static void print_contributor(const struct diff *diff, const struct diff_operation *row, struct screen *screen) {
    char gap[NUMBER_BYTES], share[NUMBER_BYTES];
    number_time(gap, row->amount.gap_ns, true);
    number_percent(share, row->share_of_gap);
    screen_say(screen, "  ");
    screen_name(screen, row->name, NAME_COLUMNS);
    screen_say(screen, " ");
    screen_tint(screen, diff_answer_tint(row->amount.gap_ns));
    screen_say(screen, "%s", gap);
    screen_tint(screen, TINT_NONE);
    if (diff->total.gap_ns != 0)
        screen_say(screen, ", %s of the gap", share);
    screen_say(screen, ": ");
    say_reason(row, screen);
    say_layers(diff, row->name, screen);
    say_kernel(diff, row, screen);
    screen_flow(screen, 4);
}

struct others {                       /* operations that have no line of their own */
    uint32_t similar, changed, known; /* known: similar, by their intervals */
    int64_t similar_ns, changed_ns;
};

static void print_others(const struct others *others, uint32_t told, struct screen *screen) {
    char gap[NUMBER_BYTES];
    if (others->changed > 0) {
        number_time(gap, others->changed_ns, true);
        screen_say(screen, "  %u more changed, together %s.", others->changed, gap);
        screen_flow(screen, 4);
    }
    if (others->similar == 0)
        return;
    number_time(gap, others->similar_ns, true);
    screen_say(screen,
               told > 0 ? "  %u other%s: no change%s (together %s)." : "  %u operation%s: no change%s (together %s).",
               others->similar, others->similar == 1 ? "" : "s",
               others->known == others->similar ? " beyond the noise" : " of note", gap);
    screen_flow(screen, 4);
}

static void print_contributors(const struct diff *diff, struct screen *screen) {
    struct others others = {0};
    uint32_t told = 0;
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        if (row->amount.base_ns == 0 && row->amount.test_ns == 0)
            continue;
        if (row->status == DIFF_SIMILAR) {
            others.similar++;
            others.known += row->interval.known;
            others.similar_ns += row->amount.gap_ns;
        } else if (told < CONTRIBUTORS && row->amount.gap_ns != 0) {
            print_contributor(diff, row, screen);
            told++;
        } else {
            others.changed++;
            others.changed_ns += row->amount.gap_ns;
        }
    }
    print_others(&others, told, screen);
}

void diff_answer_print(const struct diff *diff, struct screen *screen) {
    print_total(diff, screen);
    print_steps(diff, screen);
    print_waiting(diff, screen);
    print_contributors(diff, screen);
}
