#include "resolve_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "flow/gpu_batch.h"
#include "resolve/resolve.h"

struct recorder {
    struct stage stage; /* first */
    struct resolved *resolved;
    size_t capacity;
};

static enum status record(struct stage *stage, struct event *event, struct error *error) {
    struct recorder *recorder = (struct recorder *)stage;
    struct resolved *resolved = recorder->resolved;
    (void)error;
    if (!event_is_gpu(event->kind)) {
        cr_expect_eq(event->kind, EVENT_CPU_OP, "only cpu_ops and GPU events come out");
        resolved->op_count++;
        return STATUS_OK;
    }
    cr_assert_lt(resolved->gpu_count, recorder->capacity, "more GPU events came out than went in");
    resolved->gpu[resolved->gpu_count++] = *event;
    return STATUS_OK;
}

/* On any thread, so that nothing is asserted here: what is too much comes out as a wrong count. */
static enum status record_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct recorder *recorder = (struct recorder *)stage;
    struct resolved *resolved = recorder->resolved;
    const struct gpu_step_run *run = batch->runs;
    (void)error;
    for (uint32_t i = 0; i < batch->count && resolved->gpu_count < recorder->capacity; i++) {
        struct event event = origins_event(resolved->origins, batch->origin[i]);
        run += i == run->end;
        event.ts_ns = batch->ts_ns[i];
        event.dur_ns = batch->dur_ns[i];
        event.step = run->step;
        event.step_class = run->step_class;
        event.launch_ns = batch->launch_ns[i];
        event.launch_row = (uint32_t)(batch->launch_thread[i] >> 32);
        event.launch_process = (uint32_t)batch->launch_thread[i];
        event.launched = batch->launched[i];
        resolved->gpu[resolved->gpu_count++] = event;
    }
    return STATUS_OK;
}

static enum status end(struct stage *stage, struct error *error) {
    (void)error;
    ((struct recorder *)stage)->resolved->flushed = true;
    return STATUS_OK;
}

/* As classify/ would: the event has the class of its name and kind, which here is a new one for each GPU event. */
static void classify(struct event *event, struct classes *classes) {
    if (!event_is_gpu(event->kind))
        return;
    event->class_id = classes->kernel_count++;
    classes->kernels[event->class_id] = (struct kernel_class){.name = event->name_id, .kind = event->kind};
}

struct resolved resolve_events_by(const struct event *events, size_t count, const struct classes *annotations,
                                  const struct resolve_ways *ways) {
    static const struct stage_ops one_by_one = {"recorder", record, NULL, end, NULL};
    static const struct stage_ops in_batches = {"recorder", record, record_batch, end, NULL};
    struct resolved resolved = {
        .gpu = calloc(count + 1, sizeof *resolved.gpu), .paths = paths_new(), .origins = origins_new()};
    struct recorder recorder = {{ways->batches ? &in_batches : &one_by_one, NULL}, &resolved, count};
    struct sort_space *space = sort_space_new(ways->budget_bytes, NULL);
    struct classes classes = *annotations;
    classes.kernels = calloc(count + 1, sizeof *classes.kernels);
    struct pool *pool = ways->threads > 0 ? pool_new(ways->threads) : NULL;
    struct resolve_context context = {
        .space = space,
        .pool = pool,
        .paths = resolved.paths,
        .tally = &resolved.tally,
        .classes = &classes,
        .origins = resolved.origins,
        .next = &recorder.stage,
        .keep_launches = true,
        .most_tails = ways->most_tails,
    };
    struct stage *resolve = resolve_new(&context);
    struct error error;
    cr_assert(resolved.gpu && resolved.paths && resolved.origins && space && resolve && classes.kernels);
    for (size_t i = 0; i < count; i++) {
        struct event event = events[i];
        classify(&event, &classes);
        cr_assert_eq(stage_push(resolve, &event, &error), STATUS_OK);
    }
    cr_assert_eq(stage_flush(resolve, &error), STATUS_OK);
    resolved.spilled = sort_space_spilled(space);
    stage_free(resolve);
    pool_free(pool);
    sort_space_free(space);
    free(classes.kernels);
    return resolved;
}

struct resolved resolve_events(const struct event *events, size_t count, const struct classes *annotations,
                               size_t budget_bytes) {
    return resolve_events_by(events, count, annotations, &(struct resolve_ways){.budget_bytes = budget_bytes});
}

void resolved_free(struct resolved *resolved) {
    free(resolved->gpu);
    paths_free(resolved->paths);
    origins_free(resolved->origins);
}

size_t resolved_stack(const struct resolved *resolved, uint32_t node, uint32_t *names, size_t most) {
    const size_t depth = paths_depth(resolved->paths, node);
    cr_assert_leq(depth, most, "a stack of %zu frames", depth);
    for (size_t i = depth; i-- > 0; node = paths_caller(resolved->paths, node))
        names[i] = paths_name(resolved->paths, node);
    return depth;
}
