/* The words and the small numbers that every form of the report shares. */
#ifndef TRACECMP_WORDING_H
#define TRACECMP_WORDING_H

#include "flow/diff.h"
#include "flow/summary.h"

const char *wording_category(enum event_kind kind); /* of the GPU kinds */
const char *wording_platform(enum platform platform);
const char *wording_compression(enum read_compression compression); /* NULL: none */
const char *wording_status(enum diff_status status);
const char *wording_pair(enum pair_kind kind);
const char *wording_layer_method(enum layer_method method);
const char *wording_left_out(enum step_use use); /* NULL: used */

static inline struct text summary_name(const struct summary *summary, uint32_t name) {
    return names_get(summary->names, name);
}

/* A cpu_op as a row of its own: "(none)" for NAME_NONE. */
static inline struct text summary_op(const struct summary *summary, uint32_t name) {
    return name == NAME_NONE ? TEXT("(none)") : summary_name(summary, name);
}

/* part / whole; 0 of nothing. */
double share_of(int64_t part_ns, int64_t whole_ns);
/* test / base; NaN when base is 0. */
double ratio_of(const struct amount *amount);
/* Time of one execution. */
static inline int64_t layer_mean(const struct layer_row *row) {
    return row->count > 0 ? (int64_t)(((uint64_t)row->total_ns + row->count / 2) / row->count) : 0;
}
/* All devices as one; device and start_ns are those of the first. */
struct timeline_row timeline_total(const struct summary *summary);
static inline int64_t timeline_idle(const struct timeline_row *row) {
    return row->span_ns - row->busy_ns;
}

/* The times of STATS, in order, under their JSON keys. */
enum { STATS_TIMES = 8 };
struct stats_time {
    const char *key; /* static */
    int64_t ns;
};
void stats_times(const struct stats *stats, struct stats_time times[STATS_TIMES]);

/* The parts of the span in a diff, the span itself first. */
enum { SPAN_PARTS = 5 };
struct span_part {
    const char *name;     /* as in the tables: "exposed_comm"; static */
    const char *readable; /* "exposed communication"; static */
    const struct amount *amount;
};
void span_parts(const struct diff *diff, struct span_part parts[SPAN_PARTS]);

#endif
