#include "report/wording.h"

#include <math.h>

const char *wording_category(enum event_kind kind) {
    static const char *const words[EVENT_GPU_KINDS] = {
        [EVENT_KERNEL] = "kernel", [EVENT_MEMCPY] = "memcpy", [EVENT_MEMSET] = "memset"};
    return words[kind];
}

const char *wording_platform(enum platform platform) {
    static const char *const words[] = {
        [PLATFORM_UNKNOWN] = "unknown", [PLATFORM_AMD] = "AMD", [PLATFORM_NVIDIA] = "NVIDIA"};
    return words[platform];
}

const char *wording_compression(enum read_compression compression) {
    static const char *const words[] = {[READ_PLAIN] = NULL, [READ_GZIP] = "gzip", [READ_ZSTD] = "zstd"};
    return words[compression];
}

const char *wording_status(enum diff_status status) {
    static const char *const words[] = {[DIFF_SLOWER] = "slower",
                                        [DIFF_FASTER] = "faster",
                                        [DIFF_SIMILAR] = "similar",
                                        [DIFF_BASE_ONLY] = "base_only",
                                        [DIFF_TEST_ONLY] = "test_only"};
    return words[status];
}

const char *wording_pair(enum pair_kind kind) {
    static const char *const words[] = {
        [PAIR_SAME] = "same",   [PAIR_REPLACED] = "replaced",   [PAIR_FUSED] = "fused",
        [PAIR_SPLIT] = "split", [PAIR_BASE_ONLY] = "base_only", [PAIR_TEST_ONLY] = "test_only"};
    return words[kind];
}

const char *wording_left_out(enum step_use use) {
    static const char *const words[] = {[STEP_USED] = NULL, [STEP_WARM_UP] = "warm_up", [STEP_CLIPPED] = "clipped"};
    return words[use];
}

double share_of(int64_t part_ns, int64_t whole_ns) {
    return whole_ns == 0 ? 0 : (double)part_ns / (double)whole_ns;
}

double ratio_of(const struct amount *amount) {
    return amount->base_ns == 0 ? (double)NAN : (double)amount->test_ns / (double)amount->base_ns;
}

struct timeline_row timeline_total(const struct summary *summary) {
    if (summary->timeline_count == 0)
        return (struct timeline_row){.device = NAME_NONE};
    struct timeline_row total = summary->timeline[0];
    for (uint32_t i = 1; i < summary->timeline_count; i++) {
        const struct timeline_row *row = &summary->timeline[i];
        total.events += row->events;
        total.span_ns += row->span_ns;
        total.busy_ns += row->busy_ns;
        total.compute_ns += row->compute_ns;
        total.comm_ns += row->comm_ns;
        total.exposed_comm_ns += row->exposed_comm_ns;
        total.copy_ns += row->copy_ns;
        total.exposed_copy_ns += row->exposed_copy_ns;
    }
    return total;
}

void stats_times(const struct stats *stats, struct stats_time times[STATS_TIMES]) {
    times[0] = (struct stats_time){"total_us", stats->total_ns};
    times[1] = (struct stats_time){"mean_us", stats_mean_ns(stats)};
    times[2] = (struct stats_time){"min_us", stats->min_ns};
    times[3] = (struct stats_time){"p50_us", stats_percentile_ns(stats, 50)};
    times[4] = (struct stats_time){"p95_us", stats_percentile_ns(stats, 95)};
    times[5] = (struct stats_time){"p99_us", stats_percentile_ns(stats, 99)};
    times[6] = (struct stats_time){"max_us", stats->max_ns};
    times[7] = (struct stats_time){"stddev_us", stats_stddev_ns(stats)};
}

void span_parts(const struct diff *diff, struct span_part parts[SPAN_PARTS]) {
    parts[0] = (struct span_part){"span", "span", &diff->span};
    parts[1] = (struct span_part){"compute", "compute", &diff->compute};
    parts[2] = (struct span_part){"exposed_comm", "exposed communication", &diff->exposed_comm};
    parts[3] = (struct span_part){"exposed_copy", "exposed copy", &diff->exposed_copy};
    parts[4] = (struct span_part){"idle", "idle", &diff->idle};
}

const char *wording_layer_method(enum layer_method method) {
    static const char *const names[] = {[LAYERS_NONE] = "none",
                                        [LAYERS_MODULE] = "module",
                                        [LAYERS_PERIOD] = "period",
                                        [LAYERS_ATTENTION] = "attention"};
    return names[method];
}
