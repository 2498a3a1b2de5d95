#include "resolve/records.h"

struct gpu_record gpu_record_of(const struct tailed *arrival, const struct tailed *origin) {
    static const struct origin_head no_head = {.step = STEP_NONE};
    static const struct origin_tail no_tail = {.stack = PATH_ROOT};
    const struct arrival_head *head = arrival->head;
    const struct arrival_tail *tail = arrival->tail;
    const struct origin_head *from_head = origin ? origin->head : &no_head;
    const struct origin_tail *from = origin ? origin->tail : &no_tail;
    return (struct gpu_record){
        .ts_ns = head->ts_ns,
        .dur_ns = arrival_dur(head, tail),
        .external_id = head->external_id,
        .class_id = tail->class_id,
        .device = tail->device,
        .row = tail->row,
        .launch_external_id = origin_external_id(from_head, from),
        .launch_ns = sort_value_signed(from_head->key[1]),
        .launch_row = from->row,
        .launch_process = from->process,
        .cpu_op = from->cpu_op,
        .top_op = from->top_op,
        .stack = from->stack,
        .step = from_head->step,
        .phase = from->phase,
        .op_method = from->op_method,
        .launched = origin != NULL,
    };
}
