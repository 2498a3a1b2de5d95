#include <criterion/criterion.h>
#include <stdlib.h>

#include "../base/seeded.h"
#include "base/limits.h"
#include "naive_slices.h"
#include "resolve_fixture.h"

TestSuite(resolve_random, .timeout = 60);

/* The join as the rules say it, by looking at every event for every GPU event. */

enum { ALL_MEMORY = 1 << 28, NO_MEMORY = 1 };
enum { NOTES = 6, DEEPEST = 64, FIRST_GPU_NAME = 1000 };

static struct annotation_class note_classes[NOTES] = {
    {20, PHASE_PREFILL, STEP_KIND_NONE, 0, 0},  {21, PHASE_DECODE, STEP_KIND_NONE, 0, 0},
    {22, PHASE_NONE, STEP_KIND_PROFILER, 0, 0}, {23, PHASE_NONE, STEP_KIND_PROFILER, 0, 0},
    {24, PHASE_MIXED, STEP_KIND_VLLM, 0, 0},    {25, PHASE_NONE, STEP_KIND_VLLM, 0, 0},
};
static const struct classes classes = {.annotations = note_classes, .annotation_count = NOTES};

struct naive_step { /* an annotation: a step of the CPU's, or one that only the GPU side knows */
    const struct event *note;
    bool of_gpu;
};

struct naive {
    const struct event *events;
    size_t count;
    struct naive_slice *slices[EVENT_KINDS]; /* of the CPU and GPU annotation kinds: name is the event's index */
    size_t slice_count[EVENT_KINDS];
    const struct naive_slice **around;
    bool use_external;
    enum step_kind kind;
    struct naive_step *steps;
    uint32_t step_count;
    uint32_t *step_of_note; /* by event index */
};

static enum step_kind kind_of_note(const struct event *note) {
    return note_classes[note->class_id].step;
}

static bool is_note(const struct event *event) {
    return event->kind == EVENT_ANNOTATION || event->kind == EVENT_GPU_ANNOTATION;
}

static bool is_counted(const struct event *event) {
    return event_is_gpu(event->kind) && event->dur_ns >= 0 && event->dur_ns <= LIMIT_DURATION_NS;
}

static void naive_collect(struct naive *naive) {
    size_t gpu = 0, same = 0;
    for (int kind = 0; kind < EVENT_KINDS; kind++)
        naive->slices[kind] = calloc(naive->count + 1, sizeof *naive->slices[kind]);
    for (size_t i = 0; i < naive->count; i++) {
        const struct event *event = &naive->events[i];
        naive->slices[event->kind][naive->slice_count[event->kind]++] =
            (struct naive_slice){event->row, (uint32_t)i, (uint32_t)i, event->ts_ns, event->dur_ns};
        gpu += is_counted(event);
        same += is_counted(event) && event->external_id != 0 && event->external_id == event->correlation;
        if (is_note(event) && kind_of_note(event) > naive->kind)
            naive->kind = kind_of_note(event);
    }
    for (int kind = 0; kind < EVENT_KINDS; kind++)
        naive_sort(naive->slices[kind], naive->slice_count[kind]);
    naive_clip(naive->slices[EVENT_PYTHON], naive->slice_count[EVENT_PYTHON]);
    naive->use_external = same * 2 <= gpu;
}

/* Is note a before b where rows are walked one after the other? */
static bool note_before(const struct event *a, const struct event *b) {
    if (a->row != b->row)
        return a->row < b->row;
    if (a->ts_ns != b->ts_ns)
        return a->ts_ns < b->ts_ns;
    return a->dur_ns != b->dur_ns ? a->dur_ns > b->dur_ns : a < b;
}

static const struct event *next_note(const struct naive *naive, enum event_kind kind, const struct event *last) {
    const struct event *next = NULL;
    for (size_t i = 0; i < naive->count; i++) {
        const struct event *note = &naive->events[i];
        if (note->kind == kind && (!last || note_before(last, note)) && (!next || note_before(note, next)))
            next = note;
    }
    return next;
}

static uint32_t step_of_gpu_note(const struct naive *naive, const struct event *note) {
    uint32_t found = STEP_NONE;
    for (uint32_t i = 0; i < naive->step_count; i++) {
        const struct event *step = naive->steps[i].note;
        if (note->external_id != 0 && step->external_id == note->external_id)
            return i;
        if (note->external_id == 0 && !naive->steps[i].of_gpu && step->class_id == note->class_id &&
            step->ts_ns <= note->ts_ns && (found == STEP_NONE || step->ts_ns >= naive->steps[found].note->ts_ns))
            found = i;
    }
    return found;
}

static void naive_find_steps(struct naive *naive) {
    naive->steps = calloc(naive->count + 1, sizeof *naive->steps);
    naive->step_of_note = calloc(naive->count + 1, sizeof *naive->step_of_note);
    for (int side = 0; side < 2; side++) {
        const enum event_kind kind = side == 0 ? EVENT_ANNOTATION : EVENT_GPU_ANNOTATION;
        for (const struct event *note = NULL; (note = next_note(naive, kind, note));) {
            uint32_t *step = &naive->step_of_note[note - naive->events];
            *step = STEP_NONE;
            if (kind_of_note(note) != naive->kind || naive->kind == STEP_KIND_NONE || note->dur_ns < 0)
                continue;
            *step = side == 1 ? step_of_gpu_note(naive, note) : STEP_NONE;
            if (*step == STEP_NONE) {
                *step = naive->step_count++;
                naive->steps[*step] = (struct naive_step){note, side == 1};
            }
        }
    }
}

static size_t look_around(const struct naive *naive, enum event_kind kind, uint32_t row, int64_t t) {
    return naive_around(naive->slices[kind], naive->slice_count[kind], row, t, naive->around);
}

static const struct event *find_launch(const struct naive *naive, const struct event *gpu) {
    const struct event *found = NULL;
    for (size_t i = 0; i < naive->count; i++) {
        const struct event *launch = &naive->events[i];
        if (launch->kind == EVENT_LAUNCH && gpu->correlation != 0 && launch->correlation == gpu->correlation &&
            (!found || launch->ts_ns < found->ts_ns))
            found = launch;
    }
    return found;
}

static const struct event *find_op_by_id(const struct naive *naive, uint64_t id) {
    for (size_t i = 0; i < naive->count && id != 0 && naive->use_external; i++)
        if (naive->events[i].kind == EVENT_CPU_OP && naive->events[i].external_id == id)
            return &naive->events[i];
    return NULL;
}

static uint32_t name_at(const struct naive *naive, const struct naive_slice *slice) {
    return naive->events[slice->name].name_id;
}

static void find_op(const struct naive *naive, const struct event *launch, struct event *gpu) {
    const size_t around = launch ? look_around(naive, EVENT_CPU_OP, launch->row, launch->ts_ns) : 0;
    if (around > 0) {
        gpu->op_method = OP_BY_ENCLOSING;
        gpu->cpu_op = name_at(naive, naive->around[around - 1]);
        gpu->top_op = name_at(naive, naive->around[0]);
        return;
    }
    const struct event *op = find_op_by_id(naive, gpu->external_id);
    if (!op && launch)
        op = find_op_by_id(naive, launch->external_id);
    if (!op)
        return;
    gpu->op_method = OP_BY_EXTERNAL_ID;
    gpu->cpu_op = gpu->top_op = op->name_id;
    if (look_around(naive, EVENT_CPU_OP, op->row, op->ts_ns) > 0)
        gpu->top_op = name_at(naive, naive->around[0]);
}

/* Innermost first; what is known already stays. */
static void read_notes(const struct naive *naive, enum event_kind kind, uint32_t row, int64_t t, struct event *gpu) {
    for (size_t i = look_around(naive, kind, row, t); i-- > 0;) {
        const uint32_t note = naive->around[i]->name;
        if (gpu->phase == PHASE_NONE)
            gpu->phase = note_classes[naive->events[note].class_id].phase;
        if (gpu->step == STEP_NONE)
            gpu->step = naive->step_of_note[note];
    }
}

static uint32_t step_in_process(const struct naive *naive, const struct event *launch) {
    uint32_t found = STEP_NONE;
    for (uint32_t i = 0; i < naive->step_count; i++) {
        const struct event *step = naive->steps[i].note;
        const bool open = step->ts_ns <= launch->ts_ns && launch->ts_ns < step->ts_ns + step->dur_ns;
        if (!naive->steps[i].of_gpu && step->process == launch->process && open &&
            (found == STEP_NONE || step->ts_ns >= naive->steps[found].note->ts_ns))
            found = i;
    }
    return found;
}

/* The event as it should come out, and its stack. */
static struct event naive_resolve(const struct naive *naive, const struct event *event, uint32_t *frames,
                                  size_t *depth) {
    struct event gpu = *event;
    const struct event *launch = find_launch(naive, event);
    gpu.launched = launch != NULL;
    gpu.step = STEP_NONE;
    *depth = 0;
    find_op(naive, launch, &gpu);
    if (launch) {
        gpu.launch_ns = launch->ts_ns;
        gpu.launch_row = launch->row;
        gpu.launch_process = launch->process;
        *depth = look_around(naive, EVENT_PYTHON, launch->row, launch->ts_ns);
        for (size_t i = 0; i < *depth; i++)
            frames[i] = name_at(naive, naive->around[i]);
        read_notes(naive, EVENT_ANNOTATION, launch->row, launch->ts_ns, &gpu);
        if (gpu.step == STEP_NONE)
            gpu.step = step_in_process(naive, launch);
    }
    read_notes(naive, EVENT_GPU_ANNOTATION, gpu.row, gpu.ts_ns, &gpu);
    gpu.step_class = gpu.step == STEP_NONE ? 0 : naive->steps[gpu.step].note->class_id;
    return gpu;
}

static void naive_free(struct naive *naive) {
    for (int kind = 0; kind < EVENT_KINDS; kind++)
        free(naive->slices[kind]);
    free(naive->around);
    free(naive->steps);
    free(naive->step_of_note);
}

/* A world small enough for everything to meet everything. */
struct world {
    uint64_t rows, instants, longest, correlations, externals;
    int64_t instant_ns; /* with long ones, times need more than 32 bits */
    uint64_t external_step;
};

static struct event random_event(struct seeded *seed, const struct world *world, uint32_t index) {
    static const enum event_kind kinds[] = {
        EVENT_KERNEL, EVENT_KERNEL, EVENT_MEMCPY, EVENT_MEMSET, EVENT_LAUNCH, EVENT_LAUNCH,     EVENT_LAUNCH,
        EVENT_CPU_OP, EVENT_CPU_OP, EVENT_PYTHON, EVENT_PYTHON, EVENT_PYTHON, EVENT_ANNOTATION, EVENT_GPU_ANNOTATION};
    struct event event = {.kind = kinds[seeded_below(seed, sizeof kinds / sizeof *kinds)]};
    event.row = 2 + (uint32_t)seeded_below(seed, world->rows);
    event.process = 2 + event.row / 2;
    event.ts_ns = ((int64_t)seeded_below(seed, world->instants) - 3) * world->instant_ns;
    event.dur_ns = ((int64_t)seeded_below(seed, world->longest) - 1) * world->instant_ns;
    event.correlation = seeded_below(seed, world->correlations);
    event.external_id = seeded_below(seed, world->externals) * world->external_step;
    event.class_id = (uint32_t)seeded_below(seed, NOTES);
    event.device = event_is_gpu(event.kind) ? 8 + (uint32_t)seeded_below(seed, 2) : 0;
    event.name_id = event_is_gpu(event.kind) ? FIRST_GPU_NAME + index : 2 + (uint32_t)seeded_below(seed, 6);
    return event;
}

static void check_event(const struct naive *naive, const struct resolved *resolved, const struct event *got,
                        unsigned round) {
    uint32_t frames[DEEPEST], wanted_frames[DEEPEST];
    size_t wanted_depth;
    const uint32_t index = got->name_id - FIRST_GPU_NAME;
    const struct event want = naive_resolve(naive, &naive->events[index], wanted_frames, &wanted_depth);
    const size_t depth = resolved_stack(resolved, got->stack, frames, DEEPEST);
    cr_assert(got->kind == want.kind && got->ts_ns == want.ts_ns && got->dur_ns == want.dur_ns &&
                  got->device == want.device,
              "round %u, event %u is another event", round, index);
    cr_assert_eq(got->launched, want.launched, "round %u, event %u: launched", round, index);
    cr_assert(!want.launched || (got->launch_ns == want.launch_ns && got->launch_row == want.launch_row &&
                                 got->launch_process == want.launch_process),
              "round %u, event %u: launch", round, index);
    cr_assert_eq(got->op_method, want.op_method, "round %u, event %u: method", round, index);
    cr_assert_eq(got->cpu_op, want.cpu_op, "round %u, event %u: cpu_op", round, index);
    cr_assert_eq(got->top_op, want.top_op, "round %u, event %u: top_op", round, index);
    cr_assert_eq(got->phase, want.phase, "round %u, event %u: phase", round, index);
    cr_assert_eq(got->step, want.step, "round %u, event %u: step %u, not %u", round, index, got->step, want.step);
    cr_assert_eq(got->step_class, want.step_class, "round %u, event %u: step class", round, index);
    cr_assert_eq(depth, wanted_depth, "round %u, event %u: depth", round, index);
    for (size_t i = 0; i < depth; i++)
        cr_assert_eq(frames[i], wanted_frames[i], "round %u, event %u: frame %zu", round, index, i);
}

static void check_round(const struct event *events, size_t count, const struct resolved *resolved, unsigned round) {
    struct naive naive = {.events = events, .count = count};
    size_t counted = 0;
    naive.around = calloc(count + 1, sizeof *naive.around);
    naive_collect(&naive);
    naive_find_steps(&naive);
    for (size_t i = 0; i < count; i++)
        counted += is_counted(&events[i]);
    cr_assert_eq(resolved->gpu_count, counted, "round %u: %zu events, not %zu", round, resolved->gpu_count, counted);
    for (size_t i = 0; i < resolved->gpu_count; i++) {
        const struct event *event = &resolved->gpu[i], *last = event - (i > 0);
        cr_assert(last->device < event->device || (last->device == event->device && last->ts_ns <= event->ts_ns),
                  "round %u: place %zu is out of order", round, i);
        check_event(&naive, resolved, event, round);
    }
    naive_free(&naive);
}

Test(resolve_random, agrees_with_a_naive_join) {
    enum { ROUNDS = 3000, MOST = 60 };
    static const int64_t instants_ns[] = {1, 1, INT64_C(1) << 31, (INT64_C(5) << 32) + 1};
    static const uint64_t external_steps[] = {1, (UINT64_C(3) << 32) + 1};
    static const uint32_t ceilings[] = {0, 1, 2, 5};
    struct seeded seed = {2};
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct event events[MOST];
        const size_t count = seeded_below(&seed, MOST + 1);
        const struct world world = {1 + seeded_below(&seed, 4),  4 + seeded_below(&seed, 30),
                                    2 + seeded_below(&seed, 14), 1 + seeded_below(&seed, 8),
                                    1 + seeded_below(&seed, 12), instants_ns[seeded_below(&seed, 4)],
                                    external_steps[seeded_below(&seed, 2)]};
        const struct resolve_ways ways = {ALL_MEMORY, ceilings[seeded_below(&seed, 4)],
                                          (unsigned)seeded_below(&seed, 4), seeded_below(&seed, 2) == 1};
        for (uint32_t i = 0; i < count; i++)
            events[i] = random_event(&seed, &world, i);
        struct resolved resolved = resolve_events_by(events, count, &classes, &ways);
        check_round(events, count, &resolved, round);
        resolved_free(&resolved);
    }
}

static void expect_same(const struct resolved *a, const struct resolved *b) {
    cr_assert_eq(a->gpu_count, b->gpu_count);
    for (size_t i = 0; i < a->gpu_count; i++) {
        const struct event *left = &a->gpu[i], *right = &b->gpu[i];
        cr_assert(left->name_id == right->name_id && left->launched == right->launched &&
                      left->op_method == right->op_method && left->cpu_op == right->cpu_op &&
                      left->top_op == right->top_op && left->stack == right->stack && left->phase == right->phase &&
                      left->step == right->step && left->launch_ns == right->launch_ns,
                  "place %zu", i);
    }
    cr_expect_eq(memcmp(&a->tally, &b->tally, sizeof a->tally), 0);
}

/* Enough events for sorted runs on disk, which a small budget alone does not make, and for full tables. */
Test(resolve_random, neither_budget_nor_tables_nor_threads_nor_batches_change_anything) {
    enum { COUNT = 40000 };
    static const struct world world = {5, 60000, 60, 4000, 30000, 1, 1};
    static const struct resolve_ways ways[] = {
        {NO_MEMORY, 0, 0, false}, {ALL_MEMORY, 100, 2, true}, {NO_MEMORY, 2000, 3, true}, {ALL_MEMORY, 0, 4, false},
        {ALL_MEMORY, 0, 0, true}, {ALL_MEMORY, 100, 0, true}};
    struct seeded seed = {3};
    struct event *events = calloc(COUNT, sizeof *events);
    for (uint32_t i = 0; i < COUNT; i++)
        events[i] = random_event(&seed, &world, i);
    struct resolved held = resolve_events(events, COUNT, &classes, ALL_MEMORY);
    cr_expect_eq(held.spilled, 0);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct resolved other = resolve_events_by(events, COUNT, &classes, &ways[i]);
        cr_expect_eq(other.spilled > 0, ways[i].budget_bytes == NO_MEMORY);
        expect_same(&held, &other);
        resolved_free(&other);
    }
    resolved_free(&held);
    free(events);
}
