#include "gen_events.h"

#include "gen_notes.h"

enum { MEMORY_EVENT_AHEAD_NS = 120 };

static const struct layout pretty = {
    .first_event = "\n",
    .next_event = ",\n",
    .last_event = "\n  ",
    .open = "  {\n    ",
    .line = ",\n    ",
    .arguments = ",\n    \"args\": {\n      ",
    .close = "\n    }\n  }",
    .close_bare = "\n  }",
    .after_id = ",",
    .wide = ",      ",
};
static const struct layout compact = {
    .first_event = "",
    .next_event = ", ",
    .last_event = "",
    .open = "{",
    .line = ", ",
    .arguments = ", \"args\": {",
    .close = "}}",
    .close_bare = "}",
    .after_id = ", ",
    .wide = ", ",
};
static const struct layout lines = {
    .first_event = "",
    .next_event = "\n",
    .last_event = "\n",
    .open = "{",
    .line = ", ",
    .arguments = ", \"args\": {",
    .close = "}}",
    .close_bare = "}",
    .after_id = ", ",
    .wide = ", ",
};

const struct layout *layout_get(const struct options *options) {
    return options->form == FORM_LINES ? &lines : options->compact ? &compact : &pretty;
}

int64_t emit_window_start(const struct emitter *emitter) {
    return emitter->schedule->start_ns + emitter->options->clip_start_ns;
}

int64_t emit_window_end(const struct emitter *emitter) {
    int64_t end = schedule_step_start(emitter->schedule, emitter->schedule->steps) + 2000000;
    int64_t clip = emitter->schedule->start_ns + emitter->options->clip_end_ns;
    return emitter->options->clip_end_ns >= 0 && clip < end ? clip : end;
}

bool emit_is_inside(const struct emitter *emitter, int64_t time) {
    return time >= emit_window_start(emitter) &&
           (emitter->options->clip_end_ns < 0 || time <= emitter->schedule->start_ns + emitter->options->clip_end_ns);
}

void emit_begin_event(struct emitter *emitter) {
    struct writer *w = emitter->writer;
    writer_reserve(w);
    put_text(w, emitter->any ? emitter->layout->next_event : emitter->layout->first_event);
    put_text(w, emitter->layout->open);
    emitter->any = true;
}

void emit_cpu_row(struct emitter *emitter, uint64_t row) {
    put_literal(emitter->writer, ", \"pid\": ");
    put_int(emitter->writer, CPU_PROCESS);
    put_literal(emitter->writer, ", \"tid\": ");
    put_int(emitter->writer, CPU_PROCESS + (int64_t)row);
}

static void put_times(struct emitter *emitter, int64_t start, int64_t duration) {
    struct writer *w = emitter->writer;
    put_text(w, emitter->layout->line);
    put_literal(w, "\"ts\": ");
    put_milli(w, start);
    put_literal(w, ", \"dur\": ");
    put_milli(w, duration);
}

static void put_name(struct writer *w, const char *name, size_t size, int64_t number) {
    put_literal(w, "\"name\": \"");
    put_bytes(w, name, size);
    if (number >= 0) {
        put_literal(w, "_");
        put_int(w, number);
    }
    put_literal(w, "\"");
}

static void put_shapes(struct writer *w, const struct frame *frame, int64_t tokens) {
    if (!frame->columns)
        return;
    int64_t inner = frame->rows ? frame->rows : frame->columns;
    put_literal(w, ", \"Concrete Inputs\": [\"\", \"\"], \"Input type\": [\"c10::BFloat16\", \"c10::BFloat16\"], "
                   "\"Input Strides\": [[");
    put_int(w, inner);
    put_literal(w, ", 1], [1");
    if (frame->rows) {
        put_literal(w, ", ");
        put_int(w, frame->rows);
    }
    put_literal(w, "]], \"Input Dims\": [[");
    put_int(w, tokens);
    put_literal(w, ", ");
    put_int(w, inner);
    put_literal(w, "], [");
    put_int(w, frame->columns);
    if (frame->rows) {
        put_literal(w, ", ");
        put_int(w, frame->rows);
    }
    put_literal(w, "]]");
}

static void put_operator(struct emitter *emitter, const struct unit *unit, const struct slice *slice, uint64_t index) {
    struct writer *w = emitter->writer;
    bool note = slice->frame->kind == FRAME_NOTE;
    emit_begin_event(emitter);
    if (note) {
        put_literal(w, "\"ph\": \"X\", \"cat\": \"user_annotation\", \"name\": \"");
        note_put(w, emitter->options, unit, slice->frame);
        put_literal(w, "\"");
    } else {
        put_literal(w, "\"ph\": \"X\", \"cat\": \"cpu_op\", ");
        put_name(w, slice->frame->name, slice->frame->name_size, -1);
    }
    emit_cpu_row(emitter, schedule_row(emitter->schedule, unit));
    put_times(emitter, slice->start, slice->duration);
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"External id\": ");
    put_int(w, (int64_t)slice->id);
    put_text(w, emitter->layout->after_id);
    put_literal(w, "\"Record function id\": 0");
    if (!note && !emitter->options->no_shapes)
        put_shapes(w, slice->frame, unit->workload.context_tokens + unit->workload.generated);
    put_literal(w, ", \"Ev Idx\": ");
    put_int(w, (int64_t)index);
    put_text(w, emitter->layout->close);
}

void emit_operators(struct emitter *emitter, const struct unit *unit) {
    for (uint32_t i = 0; i < unit->operator_count; i++) {
        uint32_t at = emitter->options->reverse ? unit->operator_count - 1 - i : i;
        if (emit_is_inside(emitter, unit->operators[at].start))
            put_operator(emitter, unit, &unit->operators[at], unit->first.operators + at);
    }
}

static void put_memory_event(struct emitter *emitter, const struct unit *unit, const struct call *call,
                             uint64_t index) {
    struct writer *w = emitter->writer;
    int64_t bytes = 512 * (1 + (int64_t)(call->correlation % 4096));
    emit_begin_event(emitter);
    put_literal(w, "\"ph\": \"i\", \"cat\": \"cpu_instant_event\", \"s\": \"t\", \"name\": \"[memory]\"");
    emit_cpu_row(emitter, schedule_row(emitter->schedule, unit));
    put_text(w, emitter->layout->line);
    put_literal(w, "\"ts\": ");
    put_milli(w, call->start - MEMORY_EVENT_AHEAD_NS);
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"Total Reserved\": 68719476736, \"Total Allocated\": ");
    put_int(w, 51539607552 + bytes);
    put_literal(w, ", \"Bytes\": ");
    put_int(w, bytes);
    put_literal(w, ", \"Addr\": ");
    put_int(w, 140255988547584 + 512 * (int64_t)(index % 65536));
    put_literal(w, ", \"Device Id\": ");
    put_int(w, model_get((enum vendor)emitter->options->vendor)->first_device + (int64_t)unit->device);
    put_literal(w, ", \"Device Type\": ");
    put_text(w, model_get((enum vendor)emitter->options->vendor)->memory_kind);
    put_literal(w, ", \"Ev Idx\": ");
    put_int(w, (int64_t)index);
    put_text(w, emitter->layout->close);
}

void emit_memory_events(struct emitter *emitter, const struct unit *unit) {
    struct unit_counts all = schedule_counts_before(emitter->schedule, emitter->schedule->steps);
    uint64_t index = all.operators + unit->first.memory_events;
    for (uint32_t i = 0; i < unit->call_count; i++) {
        const struct call *call = &unit->calls[emitter->options->reverse ? unit->call_count - 1 - i : i];
        if (call_has_memory_event(call) && emit_is_inside(emitter, call->start - MEMORY_EVENT_AHEAD_NS))
            put_memory_event(emitter, unit, call, index++);
    }
}

/* roots: the ids that the frames around all steps take, two for each row. */
static void put_frame(struct emitter *emitter, const struct unit *unit, const struct slice *slice, uint64_t index) {
    struct writer *w = emitter->writer;
    uint64_t roots = 2 * emitter->schedule->rows, row = schedule_row(emitter->schedule, unit);
    emit_begin_event(emitter);
    put_literal(w, "\"ph\": \"X\", \"cat\": \"python_function\", ");
    put_name(w, slice->frame->name, slice->frame->name_size, slice->number);
    emit_cpu_row(emitter, row);
    put_times(emitter, slice->start, slice->duration);
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"Python parent id\": ");
    put_int(w, (int64_t)(slice->parent ? roots + slice->parent : 2 * row + 2));
    put_literal(w, ", \"Python id\": ");
    put_int(w, (int64_t)(roots + slice->id));
    if (slice->frame->kind == FRAME_MODULE) {
        put_literal(w, ", \"Python module id\": ");
        put_int(w, slice->number >= 0 ? slice->number : 0);
    }
    put_literal(w, ", \"Ev Idx\": ");
    put_int(w, (int64_t)index);
    put_text(w, emitter->layout->close);
}

void emit_frames(struct emitter *emitter, const struct unit *unit) {
    struct unit_counts all = schedule_counts_before(emitter->schedule, emitter->schedule->steps);
    uint64_t first = all.operators + all.memory_events + 2 * emitter->schedule->rows + unit->first.frames;
    for (uint32_t i = 0; i < unit->frame_count; i++) {
        uint32_t at = emitter->options->reverse ? unit->frame_count - 1 - i : i;
        if (emit_is_inside(emitter, unit->frames[at].start))
            put_frame(emitter, unit, &unit->frames[at], first + at);
    }
}

static void put_external_id(struct emitter *emitter, uint64_t id) {
    if (!id)
        return;
    put_literal(emitter->writer, "\"External id\": ");
    put_int(emitter->writer, (int64_t)id);
    put_text(emitter->writer, emitter->layout->wide);
}

static void put_grid(struct emitter *emitter, const struct unit *unit, const struct kernel *kernel) {
    struct writer *w = emitter->writer;
    int64_t tokens = unit->workload.context_tokens + unit->workload.generated;
    put_literal(w, "\"grid\": [");
    put_int(w, kernel->shape.grid_per_token ? tokens * kernel->shape.grid_per_token : 132);
    put_literal(w, ", 1, 1]");
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"block\": [");
    put_int(w, kernel->shape.block);
    put_literal(w, ", 1, 1]");
}

static void put_gpu_row(struct emitter *emitter, const struct unit *unit, bool second_stream) {
    const struct model *model = model_get((enum vendor)emitter->options->vendor);
    put_literal(emitter->writer, ", \"pid\": ");
    put_int(emitter->writer, model->first_device + (int64_t)unit->device);
    put_literal(emitter->writer, ", \"tid\": ");
    put_int(emitter->writer, second_stream ? model->comm_stream : model->main_stream);
}

/* The arrow from a call to its GPU events: gpu_start -1 for its end at the call, else at the event that starts then.
 * A call without GPU events has only an end, as Kineto writes it. */
static void put_flow(struct emitter *emitter, const struct unit *unit, const struct call *call, bool second_stream,
                     int64_t gpu_start) {
    struct writer *w = emitter->writer;
    bool begins = gpu_start < 0 && call->event_count > 0;
    if (emitter->options->no_flows)
        return;
    emit_begin_event(emitter);
    put_text(w, begins ? "\"ph\": \"s\", \"id\": " : "\"ph\": \"f\", \"id\": ");
    put_int(w, (int64_t)call->correlation);
    if (gpu_start < 0)
        emit_cpu_row(emitter, schedule_row(emitter->schedule, unit));
    else
        put_gpu_row(emitter, unit, second_stream);
    put_literal(w, ", \"ts\": ");
    put_milli(w, gpu_start < 0 ? call->start : gpu_start);
    put_text(w, emitter->layout->line);
    put_text(w,
             begins ? "\"cat\": \"ac2g\", \"name\": \"ac2g\"" : "\"cat\": \"ac2g\", \"name\": \"ac2g\", \"bp\": \"e\"");
    put_text(w, emitter->layout->close_bare);
}

static void put_call(struct emitter *emitter, const struct unit *unit, const struct call *call) {
    struct writer *w = emitter->writer;
    bool amd = emitter->options->vendor == VENDOR_AMD;
    emit_begin_event(emitter);
    put_literal(w, "\"ph\": \"X\", \"cat\": \"");
    put_text(w, call->driver ? "cuda_driver" : "cuda_runtime");
    put_literal(w, "\", ");
    put_name(w, call->name, strlen(call->name), -1);
    emit_cpu_row(emitter, schedule_row(emitter->schedule, unit));
    put_times(emitter, call->start, call->duration);
    put_text(w, emitter->layout->arguments);
    put_external_id(emitter, call->external);
    const struct gpu_event *event = call->event_count && !call->graph ? &unit->events[call->first_event] : NULL;
    bool kernel = amd && event && event->kernel->category == CATEGORY_KERNEL;
    if (kernel) {
        put_literal(w, "\"kernel\": \"");
        put_text(w, event->name);
        put_literal(w, "\", ");
    }
    put_text(w, amd ? "\"cid\": " : "\"cbid\": ");
    put_int(w, call->api_id);
    put_literal(w, ", \"correlation\": ");
    put_int(w, (int64_t)call->correlation);
    if (kernel) {
        put_literal(w, ", ");
        put_grid(emitter, unit, event->kernel);
        put_literal(w, ", \"shared memory\": ");
        put_int(w, event->kernel->shape.shared_bytes);
    }
    put_text(w, emitter->layout->close);
    put_flow(emitter, unit, call, false, -1);
}

/* A quotient of the hardware's numbers with six decimals. */
static void put_ratio(struct writer *w, int64_t millionths) {
    put_int(w, millionths / 1000000);
    put_literal(w, ".");
    char digits[6];
    for (int i = 5; i >= 0; i--, millionths /= 10)
        digits[i] = (char)('0' + millionths % 10);
    put_bytes(w, digits, sizeof digits);
}

static void put_collective(struct emitter *emitter, const struct unit *unit) {
    struct writer *w = emitter->writer;
    int64_t elements = 4096 * (unit->workload.context_tokens + unit->workload.generated);
    put_literal(w, ", \"Collective name\": \"allreduce\", \"In msg nelems\": ");
    put_int(w, elements);
    put_literal(w, ", \"Out msg nelems\": ");
    put_int(w, elements);
    put_literal(w, ", \"Group size\": ");
    put_int(w, emitter->options->tp);
    put_literal(w, ", \"dtype\": \"BFloat16\", \"In split size\": \"[]\", \"Out split size\": \"[]\", "
                   "\"Process Group Name\": \"3\", \"Process Group Description\": \"undefined\"");
}

/* What only NVIDIA tells of a kernel; one GPU is taken to have 132 multiprocessors. */
static void put_occupancy(struct emitter *emitter, const struct unit *unit, const struct kernel *kernel) {
    struct writer *w = emitter->writer;
    int64_t tokens = unit->workload.context_tokens + unit->workload.generated;
    int64_t blocks = kernel->shape.grid_per_token ? tokens * kernel->shape.grid_per_token : 132;
    int64_t warps = blocks * kernel->shape.block / 32;
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"registers per thread\": ");
    put_int(w, kernel->shape.registers);
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"shared memory\": ");
    put_int(w, kernel->shape.shared_bytes);
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"blocks per SM\": ");
    put_ratio(w, blocks * 1000000 / 132);
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"warps per SM\": ");
    put_ratio(w, warps * 1000000 / 132);
    put_text(w, emitter->layout->wide);
    put_grid(emitter, unit, kernel);
    put_text(w, emitter->layout->wide);
    put_literal(w, "\"est. achieved occupancy %\": ");
    put_int(w, warps / 132 >= 64 ? 100 : warps / 132 * 100 / 64);
}

static void put_copy(struct emitter *emitter, const struct unit *unit, const struct gpu_event *event) {
    struct writer *w = emitter->writer;
    int64_t tokens = unit->workload.context_tokens + unit->workload.generated;
    int64_t bytes = event->kernel->shape.grid_per_token * tokens;
    put_literal(w, ", \"bytes\": ");
    put_int(w, bytes);
    put_literal(w, ", \"memory bandwidth (GB/s)\": ");
    put_ratio(w, bytes * 1000000 / event->duration);
}

static void put_kernel_arguments(struct emitter *emitter, const struct unit *unit, const struct call *call,
                                 const struct gpu_event *event) {
    struct writer *w = emitter->writer;
    const struct model *model = model_get((enum vendor)emitter->options->vendor);
    bool amd = emitter->options->vendor == VENDOR_AMD, kernel = event->kernel->category == CATEGORY_KERNEL;
    put_external_id(emitter, call->external);
    put_text(w, !amd && kernel ? "\"queued\": 0, \"device\": " : "\"device\": ");
    put_int(w, model->first_device + (int64_t)unit->device);
    if (!amd)
        put_literal(w, ", \"context\": 1");
    put_text(w, amd ? ", " : emitter->layout->wide);
    put_literal(w, "\"stream\": ");
    put_int(w, event->second_stream ? model->comm_stream : model->main_stream);
    put_text(w, amd ? emitter->layout->wide : ", ");
    put_literal(w, "\"correlation\": ");
    put_int(w, (int64_t)call->correlation);
    if (amd) {
        put_text(w, !kernel       ? ", \"kind\": \"Copy\""
                    : call->graph ? ", \"kind\": \"Dispatch Task\""
                                  : ", \"kind\": \"Dispatch Kernel\"");
        if (kernel && !call->graph) {
            put_text(w, emitter->layout->wide);
            put_grid(emitter, unit, event->kernel);
        }
    } else if (kernel) {
        put_occupancy(emitter, unit, event->kernel);
    }
    if (!kernel)
        put_copy(emitter, unit, event);
    if (event->second_stream)
        put_collective(emitter, unit);
}

static void put_gpu_event(struct emitter *emitter, const struct unit *unit, const struct call *call,
                          const struct gpu_event *event) {
    static const char *const categories[] = {
        [CATEGORY_KERNEL] = "\"ph\": \"X\", \"cat\": \"kernel\", ",
        [CATEGORY_MEMCPY] = "\"ph\": \"X\", \"cat\": \"gpu_memcpy\", ",
        [CATEGORY_MEMSET] = "\"ph\": \"X\", \"cat\": \"gpu_memset\", ",
    };
    if (!emit_is_inside(emitter, event->start))
        return;
    emit_begin_event(emitter);
    put_text(emitter->writer, categories[event->kernel->category]);
    put_name(emitter->writer, event->name, strlen(event->name), event->number);
    put_gpu_row(emitter, unit, event->second_stream);
    put_times(emitter, event->start, event->duration);
    put_text(emitter->writer, emitter->layout->arguments);
    put_kernel_arguments(emitter, unit, call, event);
    put_text(emitter->writer, emitter->layout->close);
    put_flow(emitter, unit, call, event->second_stream, event->start);
}

static void emit_launches(struct emitter *emitter, const struct unit *unit, bool gpu, bool calls) {
    bool reverse = emitter->options->reverse;
    for (uint32_t i = 0; i < unit->call_count; i++) {
        const struct call *call = &unit->calls[reverse ? unit->call_count - 1 - i : i];
        for (uint32_t k = 0; gpu && k < call->event_count; k++)
            put_gpu_event(emitter, unit, call,
                          &unit->events[call->first_event + (reverse ? call->event_count - 1 - k : k)]);
        if (calls && emit_is_inside(emitter, call->start))
            put_call(emitter, unit, call);
    }
}

void emit_calls(struct emitter *emitter, const struct unit *unit) {
    emit_launches(emitter, unit, false, true);
}

void emit_gpu_events(struct emitter *emitter, const struct unit *unit) {
    emit_launches(emitter, unit, true, false);
}

static void put_overhead(struct emitter *emitter, const struct unit *unit) {
    emit_begin_event(emitter);
    put_literal(emitter->writer,
                "\"ph\": \"X\", \"cat\": \"overhead\", \"name\": \"Activity Buffer Request\", \"pid\": -1, \"tid\": 0");
    put_times(emitter, unit->start + 1500, 1526826);
    put_text(emitter->writer, emitter->layout->arguments);
    put_text(emitter->writer, emitter->layout->close);
}

void emit_gpu_before_calls(struct emitter *emitter, const struct unit *unit) {
    if (unit->step % 16 == 0 && unit->device == 0 && emit_is_inside(emitter, unit->start + 1500))
        put_overhead(emitter, unit);
    emit_launches(emitter, unit, true, true);
}

void emit_gpu_notes(struct emitter *emitter, const struct unit *unit) {
    struct writer *w = emitter->writer;
    for (uint32_t i = 0; i < unit->operator_count; i++) {
        const struct slice *note = &unit->operators[emitter->options->reverse ? unit->operator_count - 1 - i : i];
        if (note->gpu_end == 0 || !emit_is_inside(emitter, note->gpu_start - 1))
            continue;
        emit_begin_event(emitter);
        put_literal(w, "\"ph\": \"X\", \"cat\": \"gpu_user_annotation\", \"name\": \"");
        note_put(w, emitter->options, unit, note->frame);
        put_literal(w, "\"");
        put_gpu_row(emitter, unit, false);
        put_times(emitter, note->gpu_start - 1, note->gpu_end - note->gpu_start + 2);
        put_text(w, emitter->layout->arguments);
        put_literal(w, "\"External id\": ");
        put_int(w, (int64_t)note->id);
        put_text(w, emitter->layout->close);
    }
}
