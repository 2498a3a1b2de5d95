#include "gen_walk.h"

#include <stdlib.h>

#include "gen_random.h"

enum {
    PATH_FRAMES = 48,
    STACK_FRAMES = PATH_FRAMES + OPTION_STACK_DEPTH + 8,
    OPEN_NOTES = 4,
    RUN_AHEAD_NS = 300000,   /* the GPU works this much behind the CPU, as with asynchronous scheduling */
    LAUNCH_LATENCY_NS = 3400 /* from the begin of the call to the earliest start of the kernel */
};

struct open_frame {
    uint32_t frame;
    int64_t number;
    bool closes;                     /* has a slice that ends when the frame is left */
    uint32_t index;                  /* of the slice in unit->operators or unit->frames */
    uint64_t operator_id, python_id; /* innermost at and outside this frame */
};

struct row_path {
    uint32_t frames[PATH_FRAMES];
    uint32_t count;
};

struct walker {
    const struct options *options;
    const struct model *model;
    struct frames *frames;  /* owned */
    struct row_path *paths; /* owned; one for each kernel row, then the graph launch */
    uint32_t nested_frame, generated_frame;

    /* of the unit being walked */
    struct unit *unit;
    bool worst, failed;
    uint64_t random;
    int64_t cpu, stream_free[2];
    int64_t fused_ns; /* time of a norm to be added to the next row */
    struct open_frame stack[STACK_FRAMES];
    uint32_t depth, base_depth;
    uint32_t notes[OPEN_NOTES], note_count; /* open annotations, indexes into unit->operators */
};

static bool parse_paths(struct walker *walker) {
    const struct model *model = walker->model;
    uint32_t count, id[2];
    for (uint32_t i = 0; i <= model->kernel_count; i++) {
        struct row_path *path = &walker->paths[i];
        const char *text = i < model->kernel_count ? model->kernels[i].path : model->graph.path;
        if (!frames_parse(walker->frames, text, path->frames, PATH_FRAMES, &path->count))
            return false;
    }
    if (!frames_parse(walker->frames, "p vllm/v1/engine/middleware.py(58): call_next|p vllm/generated.py(1): forward",
                      id, 2, &count))
        return false;
    walker->nested_frame = id[0];
    walker->generated_frame = id[1];
    return true;
}

struct walker *walker_new(const struct options *options) {
    struct walker *walker = calloc(1, sizeof *walker);
    if (!walker)
        return NULL;
    walker->options = options;
    walker->model = model_get((enum vendor)options->vendor);
    walker->frames = frames_new();
    walker->paths = calloc(walker->model->kernel_count + 1, sizeof *walker->paths);
    if (walker->frames && walker->paths && parse_paths(walker))
        return walker;
    walker_free(walker);
    return NULL;
}

void walker_free(struct walker *walker) {
    if (!walker)
        return;
    frames_free(walker->frames);
    free(walker->paths);
    free(walker);
}

/* The list with room for one more; NULL and failed when there is no memory. */
static void *grown(struct walker *walker, void *list, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room)
        return list;
    uint32_t wider = *room ? *room * 2 : 1024;
    void *bigger = realloc(list, wider * size);
    if (bigger)
        *room = wider;
    else
        walker->failed = true;
    return bigger;
}

/* A CPU time, a quarter more or less. */
static int64_t cpu_time(struct walker *walker, int64_t usual) {
    if (walker->worst)
        return usual + usual / 4;
    walker->random = random_mix(walker->random);
    return usual + usual * ((int64_t)(walker->random >> 55) - 256) / 1024;
}

static struct slice *add_operator(struct walker *walker, struct slice slice) {
    struct unit *unit = walker->unit;
    struct slice *list = grown(walker, unit->operators, unit->operator_count, &unit->operator_room, sizeof *list);
    if (!list)
        return NULL;
    unit->operators = list;
    slice.id = unit->first.operators + unit->operator_count + 1;
    list[unit->operator_count] = slice;
    return &list[unit->operator_count++];
}

static struct slice *add_frame(struct walker *walker, struct slice slice) {
    struct unit *unit = walker->unit;
    struct slice *list = grown(walker, unit->frames, unit->frame_count, &unit->frame_room, sizeof *list);
    if (!list)
        return NULL;
    unit->frames = list;
    slice.id = unit->first.frames + unit->frame_count + 1;
    list[unit->frame_count] = slice;
    return &list[unit->frame_count++];
}

static struct call *add_call(struct walker *walker, const char *name, int id, bool driver, int64_t cost) {
    struct unit *unit = walker->unit;
    struct call *list = grown(walker, unit->calls, unit->call_count, &unit->call_room, sizeof *list);
    if (!list)
        return NULL;
    unit->calls = list;
    struct call *call = &list[unit->call_count++];
    *call = (struct call){.name = name,
                          .api_id = id,
                          .driver = driver,
                          .start = walker->cpu,
                          .duration = cpu_time(walker, cost),
                          .correlation = unit->first.calls + unit->call_count,
                          .external = walker->depth ? walker->stack[walker->depth - 1].operator_id : 0,
                          .first_event = unit->event_count};
    walker->cpu += call->duration + 60;
    return call;
}

static bool is_written(const struct walker *walker, const struct frame *frame) {
    enum annotations annotations = (enum annotations)walker->options->annotations;
    if (frame->kind == FRAME_NOTE)
        return annotations == ANNOTATIONS_VLLM || annotations == ANNOTATIONS_VLLM_DETAILED ||
               (annotations != ANNOTATIONS_NONE && frame->name_size == 4);
    return frame->kind == FRAME_OPERATOR || !walker->options->no_stacks;
}

static void open_frame(struct walker *walker, uint32_t id, int64_t number) {
    const struct frame *frame = frames_get(walker->frames, id);
    struct open_frame open = {.frame = id, .number = number};
    const struct open_frame *outer = walker->depth ? &walker->stack[walker->depth - 1] : NULL;
    open.operator_id = outer ? outer->operator_id : 0;
    open.python_id = outer ? outer->python_id : 0;
    if (walker->depth == STACK_FRAMES) {
        walker->failed = true;
        return;
    }
    if (frame->kind == FRAME_RUNTIME) {
        add_call(walker, frame->name, frame->runtime_id, false, 900);
    } else if (is_written(walker, frame)) {
        struct slice slice = {.frame = frame, .number = number, .start = walker->cpu, .parent = open.python_id};
        bool python = frame->kind == FRAME_PYTHON || frame->kind == FRAME_MODULE;
        slice.duration = frame->brief ? cpu_time(walker, 700) : 0;
        struct slice *added = python ? add_frame(walker, slice) : add_operator(walker, slice);
        if (!added)
            return;
        if (!frame->brief) {
            open.closes = true;
            open.index = (uint32_t)(added - (python ? walker->unit->frames : walker->unit->operators));
            open.python_id = python ? added->id : open.python_id;
            open.operator_id = frame->kind == FRAME_OPERATOR ? added->id : open.operator_id;
            if (frame->kind == FRAME_NOTE && walker->note_count < OPEN_NOTES)
                walker->notes[walker->note_count++] = open.index;
        }
        walker->cpu += slice.duration + cpu_time(walker, python ? 450 : 900);
    }
    walker->stack[walker->depth++] = open;
}

static void close_frame(struct walker *walker) {
    const struct open_frame *open = &walker->stack[--walker->depth];
    if (!open->closes)
        return;
    const struct frame *frame = frames_get(walker->frames, open->frame);
    bool python = frame->kind == FRAME_PYTHON || frame->kind == FRAME_MODULE;
    struct slice *slice = &(python ? walker->unit->frames : walker->unit->operators)[open->index];
    walker->cpu += cpu_time(walker, 160);
    slice->duration = walker->cpu - slice->start;
    walker->cpu += 40;
    if (frame->kind == FRAME_NOTE)
        walker->note_count--;
}

static int64_t frame_number(const struct frame *frame, int64_t layer) {
    return frame->per_layer ? layer * frame->per_layer + frame->first : -1;
}

/* Leaves and enters frames until the stack is the path. */
static void go_to(struct walker *walker, const struct row_path *path, int64_t layer) {
    uint32_t same = 0;
    while (same < path->count && walker->base_depth + same < walker->depth) {
        const struct open_frame *open = &walker->stack[walker->base_depth + same];
        if (open->frame != path->frames[same] ||
            open->number != frame_number(frames_get(walker->frames, open->frame), layer))
            break;
        same++;
    }
    while (walker->depth > walker->base_depth + same)
        close_frame(walker);
    for (; same < path->count && !walker->failed; same++)
        open_frame(walker, path->frames[same], frame_number(frames_get(walker->frames, path->frames[same]), layer));
}

/* The operators of one launch end with it; the Python around them goes on. */
static void close_operators(struct walker *walker) {
    while (walker->depth > walker->base_depth) {
        const struct frame *frame = frames_get(walker->frames, walker->stack[walker->depth - 1].frame);
        if (frame->kind != FRAME_OPERATOR && frame->kind != FRAME_RUNTIME && !frame->brief)
            return;
        close_frame(walker);
    }
}

static int64_t kernel_time(const struct walker *walker, const struct kernel *kernel, int64_t layer) {
    const struct options *options = walker->options;
    const struct workload *work = &walker->unit->workload;
    int64_t tokens = work->context_tokens + work->generated;
    int64_t time =
        kernel->time.base_ns + tokens * kernel->time.token_ps / 1000 + work->cached * kernel->time.context_ps / 1000;
    uint64_t row = (uint64_t)(kernel - walker->model->kernels);
    uint64_t key = random_mix((uint64_t)options->seed) ^ (walker->unit->step << 24) ^ (walker->unit->device << 56);
    uint64_t random = random_mix(random_mix(key) ^ ((uint64_t)layer << 16) ^ row);
    /* The sum of two: most are near the middle. */
    int64_t around = walker->worst ? 1024 : (int64_t)(random & 1023) + (int64_t)(random >> 20 & 1023) - 1023;
    time += time * options->noise * around / (100 * 1024);
    time += time * options->slow[kernel->family] / 100;
    if (walker->worst || walker->unit->step == 0)
        time += time * options->warm_up / 100;
    return time > 1 ? time : 1;
}

static bool is_used(const struct walker *walker, const struct kernel *kernel) {
    const struct options *options = walker->options;
    if (options->drop[kernel->family] || (kernel->family == FAMILY_COLLECTIVE && options->tp == 1))
        return false;
    switch (kernel->condition) {
    case IF_DENSE:
        return !options->moe;
    case IF_MOE:
        return options->moe;
    case IF_ADDED:
        return options->add_kernel > 0;
    case IF_DISTINCT:
        return options->distinct_kernels > 0;
    default:
        return true;
    }
}

static void note_gpu_time(struct walker *walker, const struct gpu_event *event) {
    for (uint32_t i = 0; i < walker->note_count; i++) {
        struct slice *note = &walker->unit->operators[walker->notes[i]];
        if (note->gpu_end == 0)
            note->gpu_start = event->start;
        note->gpu_end = event->start + event->duration;
    }
}

/* Puts the kernel on its stream. A collective goes to the second one and starts after what it sums; the next kernel
 * of the first stream waits for only a part of it, so that they overlap. */
static void schedule(struct walker *walker, struct gpu_event *event, int64_t ready, int64_t gap) {
    int64_t *free_at = walker->stream_free;
    int64_t start = free_at[0] > ready ? free_at[0] : ready;
    if (event->second_stream && free_at[1] > start)
        start = free_at[1];
    event->start = start + gap;
    free_at[event->second_stream] = event->start + event->duration;
    if (event->second_stream)
        free_at[0] = event->start + event->duration * 6 / 10;
    else
        note_gpu_time(walker, event);
}

static void add_event(struct walker *walker, const struct kernel *kernel, struct call *call, int64_t layer) {
    struct unit *unit = walker->unit;
    const struct options *options = walker->options;
    bool fuses = options->fuse && kernel->fused.into_next;
    int64_t time = kernel_time(walker, kernel, layer);
    if (fuses) {
        walker->fused_ns = time * 6 / 10;
        return;
    }
    struct gpu_event *list = grown(walker, unit->events, unit->event_count, &unit->event_room, sizeof *list);
    if (!list)
        return;
    unit->events = list;
    struct gpu_event *event = &list[unit->event_count++];
    bool fused = options->fuse && kernel->fused.name;
    *event = (struct gpu_event){.kernel = kernel,
                                .name = fused         ? kernel->fused.name
                                        : call->graph ? kernel->replayed_name
                                                      : kernel->name,
                                .number = -1,
                                .duration = time + (fused ? walker->fused_ns : 0),
                                .second_stream = kernel->family == FAMILY_COLLECTIVE};
    if (kernel->condition == IF_DISTINCT)
        event->number = ((int64_t)unit->step * options->layers + layer) % options->distinct_kernels;
    walker->fused_ns = 0;
    call->event_count++;
    schedule(walker, event, call->start + LAUNCH_LATENCY_NS,
             call->graph ? walker->model->graph_gap_ns : walker->model->eager_gap_ns);
}

static void launch(struct walker *walker, const struct kernel *kernel, int64_t layer) {
    int64_t generated = walker->options->distinct_frames;
    if (generated > 0)
        open_frame(walker, walker->generated_frame,
                   (int64_t)((walker->unit->first.calls + walker->unit->call_count) % (uint64_t)generated));
    struct call *call = add_call(walker, kernel->api->name, kernel->api->id, kernel->api->driver, kernel->api->cost_ns);
    if (call)
        add_event(walker, kernel, call, layer);
    if (generated > 0 && !walker->failed)
        close_frame(walker);
    close_operators(walker);
}

static void run_row(struct walker *walker, uint32_t row, int64_t layer, struct call *graph) {
    const struct kernel *kernel = &walker->model->kernels[row];
    if (!is_used(walker, kernel) || !(graph ? kernel->replayed_name : kernel->name))
        return;
    int64_t times = kernel->condition == IF_ADDED ? walker->options->add_kernel : 1;
    for (int64_t i = 0; i < times && !walker->failed; i++) {
        if (graph || (walker->options->fuse && kernel->fused.into_next)) {
            add_event(walker, kernel, graph, layer);
        } else {
            go_to(walker, &walker->paths[row], layer);
            launch(walker, kernel, layer);
        }
    }
}

/* graph: the call all kernels belong to; NULL: one launch each. */
static void run_section(struct walker *walker, enum section section, int64_t layer, struct call *graph) {
    for (uint32_t row = 0; row < walker->model->kernel_count && !walker->failed; row++)
        if (walker->model->kernels[row].section == section)
            run_row(walker, row, layer, graph);
}

static void run_model(struct walker *walker, struct call *graph) {
    int64_t layers = walker->options->layers;
    run_section(walker, SECTION_EMBED, 0, graph);
    for (int64_t layer = 0; layer < layers && !walker->failed; layer++)
        if (layer != walker->options->drop_layer)
            run_section(walker, SECTION_LAYER, layer, graph);
    run_section(walker, SECTION_FINAL, layers, graph);
}

static void replay_model(struct walker *walker) {
    const struct api *api = walker->model->graph.api;
    go_to(walker, &walker->paths[walker->model->kernel_count], 0);
    struct call *call = add_call(walker, api->name, api->id, api->driver, api->cost_ns);
    if (!call)
        return;
    call->graph = true;
    run_model(walker, call);
    close_operators(walker);
}

/* How the scheduler fills the steps of a kind; no step has more than the worst one. All seeds serve the same requests,
 * so that their traces can be compared. */
static struct workload make_workload(enum phase phase, uint64_t step, bool worst) {
    uint64_t key = random_mix(step);
    struct workload work = {.phase = phase};
    int64_t cached_each = worst ? 1600 : 1500 + random_below(key ^ 1u << 31, 100);
    if (phase == PHASE_PREFILL) {
        work.context_requests = worst ? 4 : 1 + random_below(key ^ 1u << 30, 4);
        work.context_tokens = worst ? 6144 : 6144 - random_below(key ^ 1u << 29, 256);
    } else if (phase == PHASE_MIXED) {
        work.context_requests = worst ? 2 : 1 + random_below(key ^ 1u << 30, 2);
        work.context_tokens = worst ? 2048 : 2048 - random_below(key ^ 1u << 29, 128);
    }
    if (phase != PHASE_PREFILL)
        work.generated = worst ? 32 : 32 - random_below(key ^ 1u << 28, 4);
    work.cached = work.generated * cached_each;
    return work;
}

static void enter_nested_frames(struct walker *walker) {
    for (int64_t i = 0; i < walker->options->stack_depth && !walker->failed; i++)
        open_frame(walker, walker->nested_frame, i);
    walker->base_depth = walker->depth;
}

bool walker_run(struct walker *walker, struct unit *unit, bool worst) {
    const struct options *options = walker->options;
    enum phase phase = options->pattern[unit->step % (uint64_t)options->pattern_count];
    unit->workload = make_workload(phase, unit->step, worst);
    unit->operator_count = unit->frame_count = unit->call_count = unit->event_count = 0;
    walker->unit = unit;
    walker->worst = worst;
    walker->failed = false;
    walker->random = random_mix((uint64_t)options->seed) ^ (unit->step << 8 | unit->device);
    walker->cpu = unit->start;
    walker->stream_free[0] = walker->stream_free[1] = unit->start + RUN_AHEAD_NS;
    walker->fused_ns = 0;
    walker->depth = walker->base_depth = walker->note_count = 0;

    enter_nested_frames(walker);
    run_section(walker, SECTION_BEFORE, 0, NULL);
    if (phase == PHASE_DECODE)
        replay_model(walker);
    else
        run_model(walker, NULL);
    run_section(walker, SECTION_AFTER, 0, NULL);
    while (walker->depth > 0)
        close_frame(walker);
    unit->cpu_end = walker->cpu;
    unit->gpu_end = walker->stream_free[0] > walker->stream_free[1] ? walker->stream_free[0] : walker->stream_free[1];
    return !walker->failed;
}
