#include "resolve/sweep.h"

#include "base/belt.h"

/* Join 1 in two parts, which run side by side where there are two threads: the Python frames, which are most slices, on
 * one; operators and annotations on the other. Each reads the launches, so that only numbers of stacks go from one to
 * the other. */
enum { BLOCK_STACKS = 4096 };

struct stack_block { /* of launches that follow each other */
    uint32_t count;
    uint32_t stacks[BLOCK_STACKS];
};

struct origin_side {
    struct resolve *resolve; /* borrowed */
    struct sort_reader launches;
};

/* The innermost annotation around t that says a phase, and the innermost that is a step. */
static void read_notes(struct resolve *resolve, struct lane *lane, bool gpu, int64_t t_ns, enum phase *phase,
                       uint32_t *step) {
    const struct open_slice *note = NULL;
    while ((note = nest_next(&lane->nest, t_ns, note))) {
        const struct annotation_class *class = &resolve->context.classes->annotations[note->name];
        if (*phase == PHASE_NONE)
            *phase = class->phase;
        if (*step == STEP_NONE && class->step == steps_kind(resolve->steps))
            *step = gpu ? steps_of_gpu(resolve->steps, note->extra) : steps_of_cpu(resolve->steps, note->extra);
    }
}

static enum status find_notes(struct resolve *resolve, uint64_t row, uint32_t process, int64_t t_ns, enum phase *phase,
                              uint32_t *step, struct error *error) {
    TRY(lane_advance(resolve->notes, row, t_ns, error));
    read_notes(resolve, resolve->notes, false, t_ns, phase, step);
    if (*step == STEP_NONE)
        *step = steps_at(resolve->steps, process, t_ns);
    return STATUS_OK;
}

static enum status find_origin(struct resolve *resolve, const struct launch_record *launch, uint32_t stack,
                               struct error *error) {
    const int64_t t = sort_value_signed(launch->key[1]);
    enum phase phase = PHASE_NONE;
    uint32_t number;
    struct origin_head head = {
        .key = {launch->correlation, launch->key[1], of_halves(launch->ordinal, 0)},
        .step = STEP_NONE,
    };
    struct origin_tail tail = {.row = (uint32_t)launch->key[0], .process = launch->process, .stack = stack};
    TRY(lane_advance(resolve->ops, launch->key[0], t, error));
    const struct open_slice *innermost = nest_next(&resolve->ops->nest, t, NULL);
    if (innermost) {
        tail.op_method = OP_BY_ENCLOSING;
        tail.cpu_op = innermost->name;
        tail.top_op = nest_outermost(&resolve->ops->nest, t)->name;
    } else if (resolve->use_external) {
        head.external_low = (uint32_t)launch->external_id;
        tail.external_high = upper_half(launch->external_id);
    }
    TRY(find_notes(resolve, launch->key[0], launch->process, t, &phase, &head.step, error));
    tail.phase = (uint8_t)phase;
    return tail_sorter_push(resolve->origins, &head, &tail, &number, error);
}

/* The next one that a GPU event may ask for; NULL at the end. */
static enum status next_launch(const struct resolve *resolve, struct sort_reader *launches,
                               const struct launch_record **launch, struct error *error) {
    const void *at;
    do {
        TRY(sort_reader_next(launches, &at, error));
        *launch = at;
    } while (*launch && !id_filter_has(&resolve->correlations, (*launch)->correlation));
    return STATUS_OK;
}

static enum status find_origins(void *self, void *block, struct error *error) {
    struct origin_side *side = self;
    const struct stack_block *stacks = block;
    struct sort_reader launches = side->launches; /* not in a cache line that the other side may write to */
    for (uint32_t i = 0; i < stacks->count; i++) {
        const struct launch_record *launch;
        TRY(next_launch(side->resolve, &launches, &launch, error));
        TRY(find_origin(side->resolve, launch, stacks->stacks[i], error));
    }
    side->launches = launches;
    return STATUS_OK;
}

/* Fewer than fit: there are no more. */
static enum status find_stacks(struct resolve *resolve, struct stack_block *block, struct error *error) {
    struct lane *frames = resolve->frames;
    for (block->count = 0; block->count < BLOCK_STACKS; block->count++) {
        const struct launch_record *launch;
        TRY(next_launch(resolve, sorter_reader(resolve->launches), &launch, error));
        if (!launch)
            return STATUS_OK;
        const int64_t t = sort_value_signed(launch->key[1]);
        TRY(lane_advance(frames, launch->key[0], t, error));
        TRY(nest_path(&frames->nest, t, resolve->context.paths, &block->stacks[block->count], error));
    }
    return STATUS_OK;
}

static enum status send_stacks(struct resolve *resolve, struct belt *belt, struct error *error) {
    for (;;) {
        struct stack_block *block = belt_block(belt);
        TRY(find_stacks(resolve, block, error));
        const bool last = block->count < BLOCK_STACKS;
        belt_send(belt);
        if (last)
            return belt_end(belt, error);
    }
}

enum status sweep_launches(struct resolve *resolve, struct error *error) {
    struct origin_side side = {.resolve = resolve};
    enum status status = sort_reader_init(&side.launches, resolve->launches, error);
    struct belt *belt = belt_new(resolve->context.pool, sizeof(struct stack_block), find_origins, &side);
    if (status == STATUS_OK)
        status = belt ? send_stacks(resolve, belt, error) : FAIL_MEMORY(error);
    belt_free(belt);
    sort_reader_fini(&side.launches);
    return status;
}

enum status sweep_again(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        TRY(sorter_next(resolve->again, &at, error));
        if (!at)
            return STATUS_OK;
        struct gpu_record record = *(const struct gpu_record *)at;
        enum phase phase = (enum phase)record.phase;
        TRY(find_notes(resolve, record.launch_row, record.launch_process, record.launch_ns, &phase, &record.step,
                       error));
        record.phase = (uint8_t)phase;
        TRY(joins_add_known(resolve, &record, error));
    }
}

enum status sweep_gpu_notes(struct resolve *resolve, struct error *error) {
    for (;;) {
        const void *at;
        TRY(sorter_next(resolve->on_gpu, &at, error));
        if (!at)
            return STATUS_OK;
        struct gpu_record record = *(const struct gpu_record *)at;
        enum phase phase = (enum phase)record.phase;
        TRY(lane_advance(resolve->gpu_notes, record.row, record.ts_ns, error));
        read_notes(resolve, resolve->gpu_notes, true, record.ts_ns, &phase, &record.step);
        record.phase = (uint8_t)phase;
        TRY(timeline_add(resolve->timeline, &record, error));
    }
}
