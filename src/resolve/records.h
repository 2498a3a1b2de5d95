/* What the joins sort: each record begins with its key words (base/sort.h). */
#ifndef TRACECMP_RECORDS_H
#define TRACECMP_RECORDS_H

#include "base/paths.h"
#include "base/sort.h"
#include "base/tail_sorter.h"
#include "flow/event.h"

/* Some go through a tail_sorter: a head and a tail. Where only the lower half of a value differs from record to record,
 * the upper half is in the tail. */

struct arrival_head { /* a GPU event as it comes */
    uint64_t key[1];  /* correlation */
    int64_t ts_ns;
    uint64_t dur_low; /* in the upper half; the lower one is for the tail's number */
    uint64_t external_id;
};
struct arrival_tail {
    uint32_t class_id, device, row, dur_high;
};

struct launch_record {
    uint64_t key[2]; /* row, ts */
    uint64_t correlation, external_id;
    uint32_t process, ordinal; /* in the file */
};

struct origin_head { /* a launch, with what encloses it */
    uint64_t key[3]; /* correlation, ts; the ordinal in the file in the upper half, the tail's number in the lower */
    uint32_t external_low, step;
};
struct origin_tail {
    uint32_t cpu_op, top_op, stack, row, process, external_high;
    uint8_t phase, op_method, reserved[6];
};

struct gpu_record { /* a GPU event that still lacks an op, a phase or a step */
    uint64_t key[2];
    int64_t ts_ns, dur_ns;
    uint64_t external_id, launch_external_id;
    int64_t launch_ns;
    uint32_t class_id, device, row, launch_row, launch_process;
    uint32_t cpu_op, top_op, stack, step;
    uint8_t phase, op_method, launched, reserved;
};

static inline uint32_t upper_half(uint64_t value) {
    return (uint32_t)(value >> 32);
}
static inline uint64_t of_halves(uint32_t upper, uint32_t lower) {
    return (uint64_t)upper << 32 | lower;
}
static inline int64_t arrival_dur(const struct arrival_head *head, const struct arrival_tail *tail) {
    return (int64_t)of_halves(tail->dur_high, upper_half(head->dur_low));
}
static inline uint64_t origin_external_id(const struct origin_head *head, const struct origin_tail *tail) {
    return of_halves(tail->external_high, head->external_low);
}

/* An arrival with its origin; NULL: it has none. */
struct gpu_record gpu_record_of(const struct tailed *arrival, const struct tailed *origin);

#endif
