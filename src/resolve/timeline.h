/* GPU events of which all is known, sorted by (device, ts). */
#ifndef TRACECMP_TIMELINE_H
#define TRACECMP_TIMELINE_H

#include "resolve/records.h"

struct timeline_head { /* a GPU event at the end */
    uint64_t key[2]; /* device, ts */
    uint64_t dur_low; /* as in an arrival */
    uint32_t delay_low, step; /* delay: ts - launch_ns, where that is asked for */
};
struct timeline_tail {
    uint32_t class_id, device, row, cpu_op, top_op, stack;
    uint32_t dur_high, delay_high, launch_row, launch_process;
    uint8_t phase, op_method, launched, reserved[5];
};

static inline int64_t timeline_dur(const struct timeline_head *head, const struct timeline_tail *tail) {
    return (int64_t)of_halves(tail->dur_high, upper_half(head->dur_low));
}
static inline int64_t timeline_launch(const struct timeline_head *head, const struct timeline_tail *tail) {
    return (int64_t)((uint64_t)sort_value_signed(head->key[1]) - of_halves(tail->delay_high, head->delay_low));
}

struct timeline;

/* keep_launches: when and where events were launched comes out again; most_tails: as of a tail_sorter. NULL: no
 * memory. */
struct timeline *timeline_new(struct sort_space *space, bool keep_launches, uint32_t most_tails);
void timeline_free(struct timeline *timeline);
enum status timeline_add(struct timeline *timeline, const struct gpu_record *record, struct error *error) CHECKED;
/* What gpu_record_of makes of the two. */
enum status timeline_add_joined(struct timeline *timeline, const struct tailed *arrival, const struct tailed *origin,
                                struct error *error) CHECKED;
/* All were added. */
enum status timeline_finish(struct timeline *timeline, struct error *error) CHECKED;
/* *record: a timeline_head and a timeline_tail; its head is NULL at the end. */
enum status timeline_next(struct timeline *timeline, struct tailed *record, struct error *error) CHECKED;
uint32_t timeline_tails(const struct timeline *timeline); /* one past the largest number of a tail */

#endif
