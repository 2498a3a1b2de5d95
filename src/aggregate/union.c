#include "aggregate/union.h"

#include "base/column_loop.h"

static inline void add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    const int64_t end = ts_ns + dur_ns;
    const int64_t from = coverage->begun && coverage->end_ns > ts_ns ? coverage->end_ns : ts_ns;
    coverage->covered_ns += end > from ? end - from : 0;
    coverage->end_ns = coverage->begun && coverage->end_ns > end ? coverage->end_ns : end;
    coverage->begun = true;
}

void coverage_add(struct coverage *coverage, int64_t ts_ns, int64_t dur_ns) {
    add(coverage, ts_ns, dur_ns);
}

static inline void add_one(struct device_time *time, enum time_use use, int64_t ts_ns, int64_t dur_ns) {
    add(&time->busy, ts_ns, dur_ns);
    if (use != TIME_COPY)
        add(&time->kernels, ts_ns, dur_ns);
    if (use == TIME_COMPUTE)
        add(&time->compute, ts_ns, dur_ns);
    else if (use == TIME_COMM)
        add(&time->comm, ts_ns, dur_ns);
    else
        add(&time->copy, ts_ns, dur_ns);
    time->ns += dur_ns;
}

/* Each of a dozen events, and the one behind them, begins when the one before has ended; times are such that no
 * difference overflows. */
static inline bool take_turns(const int64_t *ts_ns, const int64_t *dur_ns) {
    int64_t any = 0;
    COLUMN_LOOP_TOGETHER
    for (int k = 0; k < COLUMN_TOGETHER; k++)
        any |= ts_ns[k + 1] - ts_ns[k] - dur_ns[k];
    return any >= 0;
}

static inline bool all_compute(const struct origin_facts *facts, const uint32_t *origins) {
    unsigned any = 0;
    for (int k = 0; k < COLUMN_TOGETHER; k++)
        any |= facts[origins[k]].use;
    return any == TIME_COMPUTE;
}

/* Computation that begins when all before has ended, which is usual, covers what it lasts. */
static inline void cover(struct device_time *time, int64_t covered_ns, int64_t end_ns) {
    time->busy = (struct coverage){time->busy.covered_ns + covered_ns, end_ns, true};
    time->kernels = (struct coverage){time->kernels.covered_ns + covered_ns, end_ns, true};
    time->compute = (struct coverage){time->compute.covered_ns + covered_ns, end_ns, true};
    time->ns += covered_ns;
}

/* Returns one past the last dozen of such events. */
static uint32_t append_dozens(struct device_time *time, const struct gpu_run *run, uint32_t i) {
    const int64_t *const ts_ns = run->batch->ts_ns, *const dur_ns = run->batch->dur_ns;
    const uint32_t first = i;
    if (ts_ns[i] < time->busy.end_ns)
        return i;
    while (i + COLUMN_TOGETHER < run->end && all_compute(run->facts, run->batch->origin + i) &&
           take_turns(ts_ns + i, dur_ns + i))
        i += COLUMN_TOGETHER;
    if (i > first)
        cover(time, column_sum(dur_ns + first, i - first), ts_ns[i - 1] + dur_ns[i - 1]);
    return i;
}

/* Returns one past the last of such events, up to `end`. */
static uint32_t append(struct device_time *time, const struct gpu_run *run, uint32_t i, uint32_t end) {
    const int64_t *const ts_ns = run->batch->ts_ns, *const dur_ns = run->batch->dur_ns;
    const uint32_t first = i;
    int64_t end_ns = time->busy.end_ns, covered_ns = 0;
    for (; i < end && ts_ns[i] >= end_ns && gpu_run_facts(run, i)->use == TIME_COMPUTE; i++) {
        covered_ns += dur_ns[i];
        end_ns = ts_ns[i] + dur_ns[i];
    }
    if (i > first)
        cover(time, covered_ns, end_ns);
    return i;
}

/* The next dozen, one by one. */
static uint32_t add_dozen(struct device_time *time, const struct gpu_run *run, uint32_t i) {
    const uint32_t end = run->end - i < COLUMN_TOGETHER ? run->end : i + COLUMN_TOGETHER;
    while (i < end) {
        add_one(time, gpu_run_facts(run, i)->use, run->batch->ts_ns[i], run->batch->dur_ns[i]);
        i = append(time, run, i + 1, end);
    }
    return i;
}

COLUMN_LOOP void device_time_add(struct device_time *time, const struct gpu_run *run) {
    if (time->events == 0)
        time->start_ns = run->batch->ts_ns[run->first];
    for (uint32_t i = run->first; i < run->end;) {
        if (time->busy.begun)
            i = append_dozens(time, run, i);
        i = add_dozen(time, run, i);
    }
    time->events += run->end - run->first;
}

static void join(struct coverage *coverage, const struct coverage *later) {
    if (later->begun)
        *coverage = (struct coverage){coverage->covered_ns + later->covered_ns, later->end_ns, true};
}

void device_time_join(struct device_time *time, const struct device_time *alone, const struct gpu_run *run) {
    if (time->events > 0 && alone->start_ns < time->busy.end_ns) {
        device_time_add(time, run);
        return;
    }
    if (time->events == 0)
        time->start_ns = alone->start_ns;
    join(&time->busy, &alone->busy);
    join(&time->kernels, &alone->kernels);
    join(&time->compute, &alone->compute);
    join(&time->comm, &alone->comm);
    join(&time->copy, &alone->copy);
    time->events += alone->events;
    time->ns += alone->ns;
}

struct timeline_row device_time_row(const struct device_time *time) {
    const int64_t span = time->busy.end_ns - time->start_ns;
    const int64_t compute = time->compute.covered_ns;
    return (struct timeline_row){
        .device = time->device,
        .events = time->events,
        .start_ns = time->start_ns,
        .span_ns = span,
        .busy_ns = time->busy.covered_ns,
        .compute_ns = compute,
        .comm_ns = time->comm.covered_ns,
        .exposed_comm_ns = time->kernels.covered_ns - compute,
        .copy_ns = time->copy.covered_ns,
        .exposed_copy_ns = time->busy.covered_ns - time->kernels.covered_ns,
    };
}
