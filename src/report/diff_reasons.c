#include "report/diff_reasons.h"

#include <math.h>

#include "report/number_text.h"
#include "report/wording.h"

enum { CONTRIBUTORS = 3, NAME_COLUMNS = 40, KERNEL_COLUMNS = 48 };

/* Parts of a gap that are smaller than this share of it are not worth a word. */
static const double SMALL_SHARE = 0.01;

/* Fusions that are less sure are in the table only. */
static const double SURE = 0.5;

/* What the operations that changed add and save together. */
struct movement {
    double added_ns, saved_ns;
};

static struct movement movement_of(const struct diff *diff) {
    struct movement movement = {0};
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        if (diff->operations[i].status == DIFF_SIMILAR)
            continue;
        const double gap_ns = (double)diff->operations[i].amount.gap_ns;
        *(gap_ns > 0 ? &movement.added_ns : &movement.saved_ns) += fabs(gap_ns);
    }
    return movement;
}

/* Shares of a gap say nothing where much of what one operation adds another saves. */
static bool gaps_cancel(const struct movement *movement) {
    return fmin(movement->added_ns, movement->saved_ns) * 10 > fabs(movement->added_ns - movement->saved_ns);
}

static void print_movement(const struct movement *movement, struct screen *screen) {
    char added[NUMBER_BYTES], saved[NUMBER_BYTES];
    if (!gaps_cancel(movement))
        return;
    number_time(added, (int64_t)movement->added_ns, false);
    number_time(saved, (int64_t)movement->saved_ns, false);
    screen_say(screen, "Some operations take %s more, others %s less:", added, saved);
    screen_flow(screen, 0);
}

static void say_counts(const struct diff_operation *row, struct screen *screen) {
    char base[NUMBER_BYTES], test[NUMBER_BYTES];
    number_grouped(base, row->base->stats.count);
    number_grouped(test, row->test->stats.count);
    screen_say(screen, " (%s -> %s)", base, test);
}

/* Why an operation's time differs: more launches, or slower ones; what hardly counts is not said. */
static void say_reason(const struct diff_operation *row, bool per_step, struct screen *screen) {
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
    if (by_count && !per_step && row->base->stats.count != row->test->stats.count)
        say_counts(row, screen);
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

/* A layer that only one side has makes a gap that is in no other layer. */
static bool depths_agree(const struct diff *diff) {
    for (uint32_t i = 0; i < diff->layer_count; i++)
        if (!diff->layers[i].in_base || !diff->layers[i].in_test)
            return false;
    return diff->base->layers.row_count == diff->test->layers.row_count;
}

/* Layers are alike when their gaps differ by less than half of their mean; one stands for the gap when it has more than
 * half of what all have together. */
static void say_layers(const struct diff *diff, struct text operation, struct screen *screen) {
    const struct layer_gaps gaps = gaps_of_layers(diff, operation);
    if (gaps.count < 2 || gaps.sum_ns == 0 || !depths_agree(diff))
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

/* Of the gap, or of what all that go the same way have together. */
static void say_share(const struct diff_operation *row, const struct movement *movement, struct screen *screen) {
    char share[NUMBER_BYTES];
    const double gap_ns = (double)row->amount.gap_ns;
    const double same_way_ns = gap_ns > 0 ? movement->added_ns : movement->saved_ns;
    if (gaps_cancel(movement)) {
        if (fabs(gap_ns) == same_way_ns)
            return;
        number_percent(share, fabs(gap_ns) / same_way_ns);
        screen_say(screen, ", %s of what is %s", share, gap_ns > 0 ? "added" : "saved");
    } else if (row->share_of_gap > 0 && row->share_of_gap <= 1) {
        number_percent(share, row->share_of_gap);
        screen_say(screen, ", %s of the gap", share);
    }
}

static void print_contributor(const struct diff *diff, const struct diff_operation *row,
                              const struct movement *movement, struct screen *screen) {
    char gap[NUMBER_BYTES];
    number_time(gap, row->amount.gap_ns, true);
    screen_say(screen, "  ");
    screen_name(screen, row->name, NAME_COLUMNS);
    screen_say(screen, " ");
    screen_tint(screen, tint_of_gap(row->amount.gap_ns));
    screen_say(screen, "%s", gap);
    screen_tint(screen, TINT_NONE);
    say_share(row, movement, screen);
    screen_say(screen, ": ");
    say_reason(row, diff->per_step, screen);
    say_layers(diff, row->name, screen);
    say_kernel(diff, row, screen);
    screen_flow(screen, 4);
}

struct others {                       /* operations that have no line of their own */
    uint32_t similar, changed, known; /* known: similar, by their intervals */
    int64_t similar_ns, changed_ns;
};

static void print_others(const struct others *others, uint32_t told, struct screen *screen) {
    char gap[NUMBER_BYTES], count[NUMBER_BYTES];
    if (others->changed > 0) {
        number_time(gap, others->changed_ns, true);
        number_counted(count, others->changed, "other");
        screen_say(screen, "  %s changed, together %s.", count, gap);
        screen_flow(screen, 4);
    }
    if (others->similar == 0)
        return;
    number_time(gap, others->similar_ns, true);
    number_counted(count, others->similar, told > 0 ? "other" : "operation");
    screen_say(screen, "  %s: no change%s (together %s).", count,
               others->known == others->similar ? " beyond the noise" : " of note", gap);
    screen_flow(screen, 4);
}

static void say_kernels(const struct summary *summary, const uint32_t *kernels, uint32_t count, struct screen *screen) {
    for (uint32_t i = 0; i < count; i++) {
        screen_say(screen, i == 0 ? "" : " + ");
        screen_kernel(screen, summary_name(summary, summary->kernels[kernels[i]].readable), KERNEL_COLUMNS);
    }
}

static void print_fusion(const struct diff *diff, const struct diff_fusion *fusion, struct screen *screen) {
    char times[NUMBER_BYTES], gap[NUMBER_BYTES];
    number_counted(times, fusion->occurrences, "time");
    number_time(gap, fusion->gap_ns, true);
    screen_say(screen, "  %s fuses ", fusion->test_fuses ? "Test" : "Base");
    say_kernels(fusion->test_fuses ? diff->base : diff->test, fusion->separate, fusion->separate_count, screen);
    screen_say(screen, " into ");
    say_kernels(fusion->test_fuses ? diff->test : diff->base, fusion->fused, fusion->fused_count, screen);
    screen_say(screen, ", %s: ", times);
    screen_tint(screen, tint_of_gap(fusion->gap_ns));
    screen_say(screen, "%s", gap);
    screen_tint(screen, TINT_NONE);
    screen_say(screen, ".");
    screen_flow(screen, 4);
}

/* The widest one, and what the others that are sure come to. */
static void print_fusions(const struct diff *diff, struct screen *screen) {
    uint64_t kinds = 0, times = 0;
    int64_t gap_ns = 0;
    for (uint32_t i = 0; i < diff->fusion_count; i++) {
        const struct diff_fusion *fusion = &diff->fusions[i];
        if (fusion->confidence < SURE)
            continue;
        if (kinds++ == 0) {
            print_fusion(diff, fusion, screen);
        } else {
            times += fusion->occurrences;
            gap_ns += fusion->gap_ns;
        }
    }
    if (kinds < 2)
        return;
    char count[NUMBER_BYTES], gap[NUMBER_BYTES];
    number_counted(count, kinds - 1, "other fusion");
    screen_say(screen, "  %s, ", count);
    number_counted(count, times, "time");
    number_time(gap, gap_ns, true);
    screen_say(screen, "%s in all: %s.", count, gap);
    screen_flow(screen, 4);
}

void diff_reasons_print(const struct diff *diff, struct screen *screen) {
    const struct movement movement = movement_of(diff);
    struct others others = {0};
    uint32_t told = 0;
    print_movement(&movement, screen);
    for (uint32_t i = 0; i < diff->operation_count; i++) {
        const struct diff_operation *row = &diff->operations[i];
        if (row->amount.base_ns == 0 && row->amount.test_ns == 0)
            continue;
        if (row->status == DIFF_SIMILAR) {
            others.similar++;
            others.known += row->interval.known;
            others.similar_ns += row->amount.gap_ns;
        } else if (told < CONTRIBUTORS && row->amount.gap_ns != 0) {
            print_contributor(diff, row, &movement, screen);
            told++;
        } else {
            others.changed++;
            others.changed_ns += row->amount.gap_ns;
        }
    }
    print_others(&others, told, screen);
    print_fusions(diff, screen);
}
