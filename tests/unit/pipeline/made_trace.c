#include "made_trace.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/seeded.h"

enum { UNIT_NS = 9876, THREADS = 5, STEP_UNITS = 12, STEP_NS = STEP_UNITS * UNIT_NS };
static const int64_t epoch_ns = 1428625731896179123; /* such a ts no double holds */

struct maker {
    FILE *out;
    struct seeded seed;
    long *starts; /* of each event in what was written */
    size_t count, capacity;
};

struct place {
    uint32_t process, thread;
    int64_t ts_ns;
    uint64_t correlation;
};

static uint32_t roll(struct maker *maker, uint32_t below) {
    return (uint32_t)seeded_below(&maker->seed, below);
}

static bool rarely(struct maker *maker, uint32_t one_in) {
    return roll(maker, one_in) == 0;
}

/* The beginning of an event, up to its name; the caller goes on with the arguments and closes both. */
static void begin(struct maker *maker, const char *category, const char *pid, uint64_t tid, int64_t ts_ns,
                  int64_t dur_ns) {
    if (maker->count == maker->capacity) {
        maker->capacity = maker->capacity * 2 + 1000;
        maker->starts = realloc(maker->starts, maker->capacity * sizeof *maker->starts);
        cr_assert(maker->starts);
    }
    maker->starts[maker->count++] = ftell(maker->out);
    fprintf(maker->out, "{\"ph\": \"X\", \"cat\": \"%s\", \"pid\": %s, \"tid\": %" PRIu64, category, pid, tid);
    fprintf(maker->out, ", \"ts\": %" PRId64 ".%03d, \"dur\": %" PRId64 ".%03d", ts_ns / 1000, (int)(ts_ns % 1000),
            dur_ns / 1000, (int)(dur_ns % 1000));
}

static void begin_on_cpu(struct maker *maker, const char *category, const struct place *place, int64_t from_ns,
                         int64_t dur_ns) {
    char pid[12];
    snprintf(pid, sizeof pid, "%u", place->process);
    begin(maker, category, pid, place->thread, place->ts_ns + from_ns, dur_ns);
}

static void write_ops(struct maker *maker, const struct place *place) {
    static const char *const names[] = {"aten::mm", "aten::linear", "aten::copy_", "c10d::allreduce_",
                                        "fused\\n\\\"op\\\""};
    const uint32_t depth = roll(maker, 4);
    for (uint32_t i = 0; i < depth; i++) {
        const int64_t from = -(int64_t)roll(maker, 3) * 500;
        begin_on_cpu(maker, "cpu_op", place, from, roll(maker, 3000));
        fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"External id\": %" PRIu64 "}}", names[roll(maker, 5)],
                place->correlation * 7 + 3);
    }
}

static void write_frames(struct maker *maker, const struct place *place) {
    static const char *const names[] = {"model.py(12): forward", "torch/nn/modules/module.py(1527): _call_impl",
                                        "nn.Module: Linear_0", "<built-in method of caf\\u00e9>", "serve.py(3): main"};
    for (uint32_t i = roll(maker, 6); i-- > 0;) {
        begin_on_cpu(maker, "python_function", place, -(int64_t)roll(maker, 4) * 400, roll(maker, 5000));
        fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"Python id\": 1}}", names[roll(maker, 5)]);
    }
}

static void write_launch(struct maker *maker, const struct place *place, bool graph) {
    begin_on_cpu(maker, "cuda_runtime", place, 0, 200);
    fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"correlation\": %" PRIu64 ", \"External id\": %" PRIu64 "}}",
            graph ? "hipGraphLaunch" : "hipLaunchKernel", place->correlation,
            rarely(maker, 4) ? place->correlation * 7 + 3 : 0);
}

static void write_gpu_event(struct maker *maker, const struct place *place) {
    static const struct {
        const char *category, *name;
    } known[] = {
        {"kernel", "Cijk_Alik_Bljk_BBS_BH_MT128x256x32"},
        {"kernel", "void at::native::vectorized_elementwise_kernel<4, at::native::AddFunctor<float> >(int)"},
        {"kernel", "ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)"},
        {"kernel", "_ZN4vllm25paged_attention_v1_kernelIfEEvv"},
        {"gpu_memcpy", "Memcpy HtoD (Host -> Device)"},
        {"gpu_memset", "Memset (Device)"},
        {"kernel", "kernel_without_a_rule"},
    };
    const uint32_t which = roll(maker, 7), device = place->process % 2, stream = 7 + roll(maker, 2);
    const int64_t delay = (int64_t)roll(maker, 40000) - 2000;
    begin(maker, known[which].category, device == 0 ? "0" : "10", stream, place->ts_ns + delay,
          rarely(maker, 10) ? 0 : roll(maker, 6000));
    fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"device\": %s, \"stream\": %u", known[which].name,
            device == 0 ? "0" : "10", stream);
    if (!rarely(maker, 30))
        fprintf(maker->out, ", \"correlation\": %" PRIu64, place->correlation + (rarely(maker, 20) ? 1000000 : 0));
    fprintf(maker->out, ", \"External id\": %" PRIu64 "}}", rarely(maker, 5) ? place->correlation * 7 + 3 : 0);
}

static void write_step(struct maker *maker, const struct place *place, uint32_t step) {
    static const char *const forms[] = {"execute_context_1(5)_generation_0(0)", "execute_context_0(0)_generation_8(8)",
                                        "execute_context_2(9)_generation_3(3)"};
    begin_on_cpu(maker, "user_annotation", place, -500, STEP_NS - 1000);
    fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"External id\": %u}}", forms[step % 3], 900000 + step);
    begin_on_cpu(maker, "user_annotation", place, 0, STEP_NS / 2);
    fprintf(maker->out, ", \"name\": \"gpu_model_runner: forward\"}");
    if (!rarely(maker, 3))
        return;
    begin(maker, "gpu_user_annotation", place->process % 2 == 0 ? "0" : "10", 7, place->ts_ns, STEP_NS);
    fprintf(maker->out, ", \"name\": \"%s\", \"args\": {\"External id\": %u}}", forms[step % 3], 900000 + step);
}

static void write_noise(struct maker *maker, const struct place *place) {
    begin_on_cpu(maker, "ac2g", place, 0, 0);
    fprintf(maker->out, ", \"name\": \"ac2g\", \"id\": %" PRIu64 "}", place->correlation);
    begin_on_cpu(maker, "overhead", place, 0, 5);
    fprintf(maker->out, ", \"name\": \"a category nobody uses {[\\\\\"}");
}

static void write_unit(struct maker *maker, uint32_t unit) {
    const uint32_t thread = roll(maker, THREADS);
    const struct place place = {100 + thread % 2, 200 + thread, epoch_ns + (int64_t)unit * UNIT_NS, unit + UINT64_C(1)};
    const bool graph = rarely(maker, 40);
    if (unit % STEP_UNITS == 0)
        write_step(maker, &place, unit / STEP_UNITS);
    write_ops(maker, &place);
    write_frames(maker, &place);
    if (!rarely(maker, 15))
        write_launch(maker, &place, graph);
    if (rarely(maker, 25))
        write_launch(maker, &place, graph); /* the correlation a second time */
    for (uint32_t i = graph ? 24 : 1 + roll(maker, 2); i-- > 0;)
        write_gpu_event(maker, &place);
    if (rarely(maker, 3))
        write_noise(maker, &place);
}

/* Shuffles within a reach: far enough for launches to come before and behind their kernels. */
static void shuffle(struct maker *maker, size_t *order) {
    enum { REACH = 60 };
    for (size_t i = 0; i < maker->count; i++)
        order[i] = i;
    for (size_t i = 0; i + REACH < maker->count; i++) {
        const size_t other = i + roll(maker, REACH), swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
}

static struct text assemble(struct maker *maker, const char *events, size_t events_size) {
    char *text;
    size_t size;
    size_t *order = calloc(maker->count, sizeof *order);
    FILE *out = open_memstream(&text, &size);
    cr_assert(order && out);
    shuffle(maker, order);
    fputs("{\"schemaVersion\": 1, \"deviceProperties\": [{\"id\": 0, \"name\": \"\", \"warpSize\": 64, "
          "\"numSms\": 304}],\n\"traceEvents\": [\n",
          out);
    for (size_t i = 0; i < maker->count; i++) {
        const size_t at = order[i], start = (size_t)maker->starts[at];
        const size_t end = at + 1 < maker->count ? (size_t)maker->starts[at + 1] : events_size;
        fputs(i > 0 ? ",\n" : "", out);
        fwrite(events + start, 1, end - start, out);
    }
    fputs("\n], \"displayTimeUnit\": \"ms\", \"traceName\": \"made.json\"}\n", out);
    fclose(out);
    free(order);
    return (struct text){text, size};
}

struct text made_trace(uint64_t seed, uint32_t units) {
    char *events;
    size_t size;
    struct maker maker = {.out = open_memstream(&events, &size), .seed = {seed}};
    cr_assert(maker.out);
    for (uint32_t unit = 0; unit < units; unit++)
        write_unit(&maker, unit);
    fclose(maker.out);
    const struct text text = assemble(&maker, events, size);
    free(events);
    free(maker.starts);
    return text;
}
