/* tracegen: writes a GPU serving trace of any size with constant memory. The file has Kineto's order (all CPU
 * operators, then Python frames, then calls and GPU events), so the steps are simulated once for each of these. */
#include <errno.h>
#include <stdio.h>

#include "gen_document.h"

/* Ordered passes over all steps. NVIDIA's driver delivers GPU events before their calls, AMD's all calls first. */
static emit_class *const nvidia_passes[] = {emit_operators,        emit_memory_events, emit_frames,
                                            emit_gpu_before_calls, emit_gpu_notes,     NULL};
static emit_class *const amd_passes[] = {emit_operators,  emit_memory_events, emit_frames, emit_calls,
                                         emit_gpu_events, emit_gpu_notes,     NULL};

struct generator {
    struct options options;
    struct walker *walker; /* owned */
    struct unit unit;      /* owned */
    struct schedule schedule;
};

static emit_class *const *passes_of(const struct generator *generator) {
    return generator->options.vendor == VENDOR_AMD ? amd_passes : nvidia_passes;
}

static bool walk(struct generator *generator, uint64_t index) {
    schedule_place(&generator->schedule, index, &generator->unit);
    return walker_run(generator->walker, &generator->unit, false);
}

static bool write_trace(struct generator *generator, struct emitter *emitter) {
    document_begin(emitter);
    uint64_t units = generator->schedule.units;
    for (emit_class *const *pass = passes_of(generator); *pass; pass++) {
        if (*pass == emit_frames)
            document_put_roots(emitter);
        for (uint64_t i = 0; i < units && !emitter->writer->failed; i++) {
            if (!walk(generator, generator->options.reverse ? units - 1 - i : i))
                return false;
            (*pass)(emitter, &generator->unit);
        }
    }
    document_end(emitter);
    writer_flush(emitter->writer);
    return true;
}

/* Adds the bytes of some steps to what the writer counts. */
static bool count_steps(struct generator *generator, struct emitter *emitter, uint64_t first, uint64_t count) {
    uint64_t devices = (uint64_t)generator->options.devices;
    for (uint64_t i = first * devices; i < (first + count) * devices; i++) {
        if (!walk(generator, i))
            return false;
        for (emit_class *const *pass = passes_of(generator); *pass; pass++)
            (*pass)(emitter, &generator->unit);
    }
    return true;
}

/* Counts step by step until the size is passed; for a small size. */
static bool count_to_size(struct generator *generator, struct emitter *emitter, uint64_t size) {
    uint64_t steps = 0;
    document_begin(emitter);
    document_put_roots(emitter);
    document_end(emitter);
    for (uint64_t before = 0; writer_total(emitter->writer) < size && writer_total(emitter->writer) > before;) {
        before = writer_total(emitter->writer);
        if (!count_steps(generator, emitter, steps++, 1))
            return false;
    }
    schedule_set_steps(&generator->schedule, steps > 0 ? steps : 1);
    return true;
}

/* For a large size: a little more than as many steps as it takes. The size of a step grows only with the digits of its
 * ids, so turns of the pattern spread over the trace tell the rest. */
static bool estimate_to_size(struct generator *generator, struct emitter *emitter, uint64_t size) {
    enum { SAMPLES = 24, REFINEMENTS = 3 };
    uint64_t pattern = (uint64_t)generator->options.pattern_count, steps = pattern;
    for (int round = 0; round < REFINEMENTS; round++) {
        uint64_t before = writer_total(emitter->writer);
        schedule_set_steps(&generator->schedule, steps);
        for (uint64_t i = 0; i < SAMPLES; i++)
            if (!count_steps(generator, emitter, steps / pattern * (2 * i + 1) / (2 * SAMPLES) * pattern, pattern))
                return false;
        uint64_t step_bytes = (writer_total(emitter->writer) - before) / (SAMPLES * pattern);
        if (step_bytes == 0) /* all kernels were dropped */
            return true;
        steps = size / (step_bytes + 1) + 1;
    }
    schedule_set_steps(&generator->schedule, steps + steps / 512);
    return true;
}

static bool prepare(struct generator *generator, struct emitter *emitter) {
    const uint64_t small = 64000000, size = (uint64_t)generator->options.bytes;
    struct writer counter;
    schedule_set_steps(&generator->schedule, (uint64_t)generator->options.steps);
    if (size == 0)
        return true;
    bool done = writer_init(&counter, true);
    struct emitter counting = *emitter;
    counting.writer = &counter;
    done = done && (size < small ? count_to_size : estimate_to_size)(generator, &counting, size);
    writer_fini(&counter);
    return done;
}

static int run(struct generator *generator) {
    struct writer writer;
    struct emitter emitter = {&writer, &generator->schedule, &generator->options, layout_get(&generator->options),
                              false};
    generator->walker = walker_new(&generator->options);
    bool done = writer_init(&writer, false) && generator->walker &&
                schedule_init(&generator->schedule, &generator->options, generator->walker, &generator->unit) &&
                prepare(generator, &emitter) && write_trace(generator, &emitter);
    int cause = errno;
    walker_free(generator->walker);
    unit_fini(&generator->unit);
    writer_fini(&writer);
    if (!done)
        fprintf(stderr, "tracegen: no memory\n");
    else if (writer.failed)
        fprintf(stderr, "tracegen: cannot write: %s\n", strerror(cause));
    return done && !writer.failed ? 0 : 1;
}

int main(int count, char **arguments) {
    static struct generator generator;
    switch (options_parse(&generator.options, count, arguments)) {
    case OPTIONS_HELP:
        return 0;
    case OPTIONS_BAD:
        return 2;
    default:
        return run(&generator);
    }
}
