#include "gen_document.h"

#include <stdio.h>

static bool is_pretty(const struct emitter *emitter) {
    return !emitter->options->compact;
}

/* Between two keys of the document. */
static void put_key_break(struct emitter *emitter) {
    put_text(emitter->writer, is_pretty(emitter) ? ",\n  " : ", ");
}

static void put_device(struct emitter *emitter, int id) {
    struct writer *w = emitter->writer;
    bool amd = emitter->options->vendor == VENDOR_AMD;
    const char *line = is_pretty(emitter) ? ",\n      " : ", ";
    put_text(w, is_pretty(emitter) ? (id ? ",\n    {\n      " : "\n    {\n      ") : id ? ", {" : "{");
    put_literal(w, "\"id\": ");
    put_int(w, id);
    put_text(w, amd ? ", \"name\": \"AMD Instinct MI300X\", \"totalGlobalMem\": 205571227648"
                    : ", \"name\": \"NVIDIA H100 80GB HBM3\", \"totalGlobalMem\": 85014020096");
    put_text(w, line);
    put_text(w, amd ? "\"computeMajor\": 9, \"computeMinor\": 4" : "\"computeMajor\": 9, \"computeMinor\": 0");
    put_text(w, line);
    put_literal(w, "\"maxThreadsPerBlock\": 1024, \"maxThreadsPerMultiprocessor\": 2048");
    put_text(w, line);
    put_text(w, amd ? "\"regsPerBlock\": 65536, \"warpSize\": 64" : "\"regsPerBlock\": 65536, \"warpSize\": 32");
    put_text(w, line);
    put_text(w,
             amd ? "\"sharedMemPerBlock\": 65536, \"numSms\": 304" : "\"sharedMemPerBlock\": 49152, \"numSms\": 132");
    put_text(w, is_pretty(emitter) ? "\n    , " : ", ");
    put_text(w, amd ? "\"maxSharedMemoryPerMultiProcessor\": 65536"
                    : "\"regsPerMultiprocessor\": 65536, \"sharedMemPerBlockOptin\": 232448, "
                      "\"sharedMemPerMultiprocessor\": 233472");
    put_text(w, is_pretty(emitter) ? "\n    }" : "}");
}

static void put_ranks(struct emitter *emitter) {
    struct writer *w = emitter->writer;
    put_literal(w, "\"distributedInfo\": {\"backend\": \"nccl\", \"rank\": 0, \"world_size\": ");
    put_int(w, emitter->options->tp);
    put_literal(w, ", \"pg_count\": 1, \"pg_config\": [{\"pg_name\": \"0\", \"pg_desc\": \"default_pg\", "
                   "\"backend_config\": \"cuda:nccl\", \"pg_size\": ");
    put_int(w, emitter->options->tp);
    put_literal(w, ", \"ranks\": [");
    for (int64_t rank = 0; rank < emitter->options->tp; rank++) {
        if (rank > 0)
            put_literal(w, ", ");
        put_int(w, rank);
    }
    put_literal(w, "]}]}");
}

static void put_head(struct emitter *emitter) {
    static const char *const amd[] = {"\"roctracer_version\": 4.1", "\"hip_runtime_version\": 70051831",
                                      "\"hip_driver_version\": 70051831"};
    static const char *const nvidia[] = {"\"cupti_version\": 26", "\"cuda_runtime_version\": 12080",
                                         "\"cuda_driver_version\": 12090"};
    struct writer *w = emitter->writer;
    put_text(w, is_pretty(emitter) ? "\n{\n  " : "{");
    put_literal(w, "\"schemaVersion\": 1");
    put_key_break(emitter);
    put_literal(w, "\"deviceProperties\": [");
    for (int id = 0; id < DEVICES_LISTED; id++)
        put_device(emitter, id);
    put_text(w, is_pretty(emitter) ? "\n  ]" : "]");
    for (int i = 0; i < 3; i++) {
        put_key_break(emitter);
        put_text(w, (emitter->options->vendor == VENDOR_AMD ? amd : nvidia)[i]);
    }
    put_key_break(emitter);
    put_ranks(emitter);
    put_key_break(emitter);
    put_text(w, emitter->options->no_shapes ? "\"record_shapes\": 0" : "\"record_shapes\": 1");
    put_key_break(emitter);
    put_text(w, emitter->options->no_stacks ? "\"with_stack\": 0" : "\"with_stack\": 1");
    put_key_break(emitter);
    put_literal(w, "\"profile_memory\": 1");
    put_key_break(emitter);
    put_literal(w, "\"traceEvents\": [");
}

void document_begin(struct emitter *emitter) {
    writer_reserve(emitter->writer);
    if (emitter->options->form == FORM_OBJECT)
        put_head(emitter);
    else if (emitter->options->form != FORM_LINES)
        put_literal(emitter->writer, "[");
}

static void put_root(struct emitter *emitter, uint64_t row, uint64_t id, uint64_t parent, const char *name) {
    struct writer *w = emitter->writer;
    const struct schedule *schedule = emitter->schedule;
    struct unit_counts all = schedule_counts_before(schedule, schedule->steps);
    int64_t start = emit_window_start(emitter) + (parent ? 1 : 0);
    emit_begin_event(emitter);
    put_literal(w, "\"ph\": \"X\", \"cat\": \"python_function\", \"name\": \"");
    put_text(w, name);
    put_literal(w, "\"");
    emit_cpu_row(emitter, row);
    put_text(w, emitter->layout->line);
    put_literal(w, "\"ts\": ");
    put_milli(w, start);
    put_literal(w, ", \"dur\": ");
    put_milli(w, emit_window_end(emitter) - start);
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"Python parent id\": ");
    if (parent)
        put_int(w, (int64_t)parent);
    else
        put_literal(w, "null");
    put_literal(w, ", \"Python id\": ");
    put_int(w, (int64_t)id);
    put_literal(w, ", \"Ev Idx\": ");
    put_int(w, (int64_t)(all.operators + all.memory_events + id - 1));
    put_text(w, emitter->layout->close);
}

void document_put_roots(struct emitter *emitter) {
    if (emitter->options->no_stacks)
        return;
    for (uint64_t row = 0; row < emitter->schedule->rows; row++) {
        put_root(emitter, row, 2 * row + 1, 0, "vllm/v1/engine/core.py(690): run_engine_core");
        put_root(emitter, row, 2 * row + 2, 2 * row + 1, "vllm/v1/engine/core.py(778): run_busy_loop");
    }
}

static void put_metadata(struct emitter *emitter, const char *name, int64_t process, int64_t thread, const char *key,
                         const char *value) {
    struct writer *w = emitter->writer;
    emit_begin_event(emitter);
    put_literal(w, "\"name\": \"");
    put_text(w, name);
    put_literal(w, "\", \"ph\": \"M\", \"ts\": ");
    put_milli(w, emit_window_start(emitter));
    put_literal(w, ", \"pid\": ");
    put_int(w, process);
    put_literal(w, ", \"tid\": ");
    put_int(w, thread);
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"");
    put_text(w, key);
    put_literal(w, "\": ");
    put_text(w, value);
    put_text(w, emitter->layout->close);
}

static void put_process(struct emitter *emitter, int64_t process, const char *label, int64_t order) {
    char text[64];
    put_metadata(emitter, "process_name", process, 0, "name", "\"python3\"");
    snprintf(text, sizeof text, "\"%s\"", label);
    put_metadata(emitter, "process_labels", process, 0, "labels", text);
    snprintf(text, sizeof text, "%lld", (long long)order);
    put_metadata(emitter, "process_sort_index", process, 0, "sort_index", text);
}

static void put_thread(struct emitter *emitter, int64_t process, int64_t thread, const char *kind) {
    char text[64];
    snprintf(text, sizeof text, "\"%s %lld%s\"", kind, (long long)thread, kind[0] == 't' ? " (python3)" : "");
    put_metadata(emitter, "thread_name", process, thread, "name", text);
    snprintf(text, sizeof text, "%lld", (long long)thread);
    put_metadata(emitter, "thread_sort_index", process, thread, "sort_index", text);
}

static void put_all_metadata(struct emitter *emitter) {
    const struct model *model = model_get((enum vendor)emitter->options->vendor);
    int listed = DEVICES_LISTED, used = model->first_device + (int)emitter->options->devices;
    put_process(emitter, CPU_PROCESS, "CPU", CPU_PROCESS);
    for (int device = 0; device < (used > listed ? used : listed); device++) {
        char label[32];
        snprintf(label, sizeof label, "GPU %d", device);
        put_process(emitter, device, label, 5000000 + device);
    }
    for (uint64_t row = 0; row < emitter->schedule->rows; row++)
        put_thread(emitter, CPU_PROCESS, CPU_PROCESS + (int64_t)row, "thread");
    for (int device = model->first_device; device < used; device++) {
        put_thread(emitter, device, model->main_stream, "stream");
        if (emitter->options->tp > 1)
            put_thread(emitter, device, model->comm_stream, "stream");
    }
}

static void put_mark(struct emitter *emitter, const char *name, const char *process, const char *thread, int64_t time) {
    struct writer *w = emitter->writer;
    emit_begin_event(emitter);
    put_literal(w, "\"name\": \"");
    put_text(w, name);
    put_literal(w, "\", \"ph\": \"i\", \"s\": \"g\"");
    put_text(w, emitter->layout->line);
    put_literal(w, "\"pid\": \"");
    put_text(w, process);
    put_literal(w, "\", \"tid\": \"");
    put_text(w, thread);
    put_literal(w, "\", \"ts\": ");
    put_milli(w, time);
    put_text(w, emitter->layout->close_bare);
}

static void put_window(struct emitter *emitter) {
    struct writer *w = emitter->writer;
    int64_t start = emit_window_start(emitter), end = emit_window_end(emitter);
    emit_begin_event(emitter);
    put_literal(w, "\"ph\": \"X\", \"cat\": \"Trace\", \"ts\": ");
    put_milli(w, start);
    put_literal(w, ", \"dur\": ");
    put_milli(w, end - start);
    put_text(w, emitter->layout->line);
    put_literal(w, "\"pid\": \"Spans\", \"tid\": \"PyTorch Profiler\"");
    put_text(w, emitter->layout->line);
    put_literal(w, "\"name\": \"PyTorch Profiler (0)\"");
    put_text(w, emitter->layout->arguments);
    put_literal(w, "\"Op count\": 0");
    put_text(w, emitter->layout->close);
    put_mark(emitter, "Iteration Start: PyTorch Profiler", "Traces", "Trace PyTorch Profiler", start);
    put_mark(emitter, "Record Window End", "", "", end);
}

void document_end(struct emitter *emitter) {
    struct writer *w = emitter->writer;
    put_all_metadata(emitter);
    put_window(emitter);
    writer_reserve(w);
    put_text(w, emitter->layout->last_event);
    if (emitter->options->form == FORM_ARRAY)
        put_literal(w, "]\n");
    if (emitter->options->form != FORM_OBJECT)
        return;
    put_literal(w, "]");
    put_key_break(emitter);
    put_literal(w, "\"traceName\": \"trace.json\"");
    put_key_break(emitter);
    put_literal(w, "\"displayTimeUnit\": \"ms\"");
    put_key_break(emitter);
    put_literal(w, "\"baseTimeNanoseconds\": 1767189312000000000");
    put_text(w, is_pretty(emitter) ? "\n}\n" : "}\n");
}
