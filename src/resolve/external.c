#include "resolve/external.h"

#include <stdlib.h>

#include "resolve/id_filter.h"

struct named_op_record {
    uint64_t key[2]; /* external id, ordinal in the file */
    uint64_t row;
    int64_t ts_ns;
    uint64_t name;
};

struct external {
    struct sort_space *space; /* borrowed */
    struct sorter *by_own;    /* gpu_records by their external id */
    struct sorter *by_launch; /* those not found, by their launch's */
    struct sorter *found;     /* by the (row, ts) of their op */
    struct sorter *ops;       /* named_op_records */
    enum status (*give)(void *self, const struct gpu_record *record, struct error *error);
    void *self;
    struct id_filter wanted; /* external ids that events have */
};

struct external *external_new(struct sort_space *space) {
    struct external *external = calloc(1, sizeof *external);
    if (!external)
        return NULL;
    external->space = space;
    external->by_own = sorter_new(space, sizeof(struct gpu_record), 1);
    external->by_launch = sorter_new(space, sizeof(struct gpu_record), 1);
    external->found = sorter_new(space, sizeof(struct gpu_record), 2);
    external->ops = sorter_new(space, sizeof(struct named_op_record), 2);
    if (!external->by_own || !external->by_launch || !external->found || !external->ops) {
        external_free(external);
        return NULL;
    }
    return external;
}

void external_free(struct external *external) {
    if (!external)
        return;
    sorter_free(external->by_own);
    sorter_free(external->by_launch);
    sorter_free(external->found);
    sorter_free(external->ops);
    free(external);
}

enum status external_push(struct external *external, const struct gpu_record *record, struct error *error) {
    struct gpu_record keyed = *record;
    id_filter_add(&external->wanted, record->external_id);
    id_filter_add(&external->wanted, record->launch_external_id);
    keyed.key[0] = record->external_id; /* 0 finds nothing and goes on to the launch's */
    return sorter_push(external->by_own, &keyed, error);
}

static enum status collect_ops(struct external *external, struct lane *ops, struct error *error) {
    TRY(lane_start(ops, error));
    const void *record = ops->waiting;
    while (record) {
        const struct op_record *op = record;
        const struct named_op_record named = {
            {op->external_id, op->slice.ordinal}, op->slice.key[0], slice_ts(&op->slice), op->slice.name};
        if (id_filter_has(&external->wanted, op->external_id))
            TRY(sorter_push(external->ops, &named, error));
        TRY(sorter_next(ops->sorter, &record, error));
    }
    return sorter_finish(external->ops, error);
}

static enum status take_found(struct external *external, struct gpu_record record, const struct named_op_record *op,
                              struct error *error) {
    record.cpu_op = record.top_op = (uint32_t)op->name;
    record.op_method = OP_BY_EXTERNAL_ID;
    record.key[0] = op->row;
    record.key[1] = sort_key_signed(op->ts_ns);
    return sorter_push(external->found, &record, error);
}

static enum status take_missing(struct external *external, struct gpu_record record, bool by_launch,
                                struct error *error) {
    record.key[0] = record.launch_external_id;
    if (by_launch || record.launch_external_id == 0)
        return external->give(external->self, &record, error);
    return sorter_push(external->by_launch, &record, error);
}

/* Merge-join of the events, sorted by an id, with the ops, sorted by theirs. */
static enum status join(struct external *external, struct sorter *events, bool by_launch, struct error *error) {
    TRY(sorter_finish(events, error));
    TRY(sorter_rewind(external->ops, error));
    const void *at;
    struct named_op_record op = {.key = {0, 0}}; /* id 0 is none, so this one matches nothing */
    bool more = true;
    for (;;) {
        TRY(sorter_next(events, &at, error));
        if (!at)
            return STATUS_OK;
        const struct gpu_record *record = at;
        while (more && op.key[0] < record->key[0]) {
            const void *next;
            TRY(sorter_next(external->ops, &next, error));
            more = next != NULL;
            if (more)
                op = *(const struct named_op_record *)next;
        }
        const bool match = record->key[0] != 0 && op.key[0] == record->key[0];
        TRY(match ? take_found(external, *record, &op, error) : take_missing(external, *record, by_launch, error));
    }
}

/* The outermost op around the start of the op that was found. */
static enum status find_tops(struct external *external, struct lane *ops, struct error *error) {
    TRY(sorter_finish(external->found, error));
    TRY(lane_start(ops, error));
    for (;;) {
        const void *at;
        TRY(sorter_next(external->found, &at, error));
        if (!at)
            return STATUS_OK;
        struct gpu_record record = *(const struct gpu_record *)at;
        const int64_t t = sort_value_signed(record.key[1]);
        TRY(lane_advance(ops, record.key[0], t, error));
        const struct open_slice *top = nest_outermost(&ops->nest, t);
        record.top_op = top ? top->name : record.cpu_op;
        TRY(external->give(external->self, &record, error));
    }
}

enum status external_resolve(struct external *external, struct lane *ops,
                             enum status (*give)(void *self, const struct gpu_record *record, struct error *error),
                             void *self, struct error *error) {
    external->give = give;
    external->self = self;
    if (sorter_count(external->by_own) == 0)
        return STATUS_OK;
    TRY(collect_ops(external, ops, error));
    TRY(join(external, external->by_own, false, error));
    TRY(join(external, external->by_launch, true, error));
    return find_tops(external, ops, error);
}
