#include "tokenize/workers.h"

#include <stdlib.h>

#include "tokenize/item.h"

enum { LOCAL_NAME_ROWS = 1 << 14 }; /* a worker's table with more names is begun anew */

struct worker {
    struct stage stage;        /* first; what its items' events go to */
    struct splitter *splitter; /* owned, as all here */
    struct item_reader *items;
    struct names *names;
    uint32_t known;       /* names that went out with a batch */
    struct batch *batch;  /* borrowed: of the work at hand */
    bool met_key;         /* that has keys beside traceEvents */
    struct batch_map map; /* the main thread's */
};

struct workers {
    struct workers_context context;
    unsigned count;
    struct worker each[];
};

static enum status push_to_batch(struct stage *stage, struct event *event, struct error *error) {
    return batch_add_event(((struct worker *)stage)->batch, event, error);
}

/* Behind the items, keys do not matter here: the main thread reads such bytes again, even when it comes back to items
 * (traceEvents twice). */
static enum status take_head(void *self, struct text key, struct text value, struct error *error) {
    (void)self, (void)key, (void)value, (void)error;
    return STATUS_OK;
}

static bool wants_head(void *self, struct text key) {
    (void)key;
    ((struct worker *)self)->met_key = true;
    return false;
}

static bool build(struct worker *worker) {
    static const struct stage_ops ops = {.name = "batch", .push = push_to_batch};
    worker->stage.ops = &ops;
    worker->items = item_reader_new(NULL, NULL, NULL, &worker->stage);
    if (!worker->items)
        return false;
    const struct split_sink sink = {item_reader_sink(worker->items), take_head, wants_head, worker};
    worker->splitter = splitter_new(&sink, NULL);
    return worker->splitter != NULL;
}

struct workers *workers_new(const struct workers_context *context) {
    const unsigned count = pool_threads(context->pool);
    struct workers *workers = calloc(1, sizeof *workers + count * sizeof *workers->each);
    if (!workers)
        return NULL;
    workers->context = *context;
    workers->count = count;
    for (unsigned i = 0; i < count; i++) {
        if (!build(&workers->each[i])) {
            workers_free(workers);
            return NULL;
        }
    }
    return workers;
}

void workers_free(struct workers *workers) {
    for (unsigned i = 0; workers && i < workers->count; i++) {
        splitter_free(workers->each[i].splitter);
        item_reader_free(workers->each[i].items);
        names_free(workers->each[i].names);
        batch_map_fini(&workers->each[i].map);
    }
    free(workers);
}

const struct workers_context *workers_context(const struct workers *workers) {
    return &workers->context;
}

void workers_skip_stacks(struct workers *workers) {
    for (unsigned i = 0; i < workers->count; i++)
        item_reader_skip_stacks(workers->each[i].items);
}

static enum status begin_names(struct worker *worker, struct batch *batch, struct error *error) {
    batch->fresh = !worker->names || names_count(worker->names) > LOCAL_NAME_ROWS;
    if (!batch->fresh)
        return STATUS_OK;
    batch->retired = worker->names;
    worker->known = 0;
    worker->names = names_new(SIZE_MAX);
    return worker->names ? STATUS_OK : FAIL_MEMORY(error);
}

static enum status read_chunk(struct workers *workers, struct worker *worker, const struct chunk *chunk,
                              struct work *work, struct error *error) {
    struct batch *batch = &work->batch;
    TRY(begin_names(worker, batch, error));
    item_reader_use(worker->items, worker->names, &batch->tally, &batch->document);
    worker->batch = batch;
    worker->met_key = false;
    splitter_resume(worker->splitter, workers->context.splitter, chunk->offset, &batch->tally);
    const enum status status = splitter_push(worker->splitter, chunk, error);
    /* The names are in the table whatever came of the bytes, so they are always told. */
    TRY(batch_add_names(batch, worker->names, worker->known, error));
    worker->known = names_count(worker->names);
    return status;
}

/* An error of a worker is none yet: the main thread will meet it, or not, where it splits the bytes itself. */
void workers_read(struct workers *workers, unsigned number, const struct chunk *chunk, struct work *work) {
    struct worker *worker = &workers->each[number];
    struct error error;
    batch_clear(&work->batch);
    work->worker = number;
    work->bytes = chunk->size;
    const enum status status = read_chunk(workers, worker, chunk, work, &error);
    work->sound = status == STATUS_OK && splitter_between(worker->splitter) && !worker->met_key;
    work->items = splitter_items(worker->splitter);
}

static enum status give(struct workers *workers, const struct work *work, struct error *error) {
    const struct workers_context *context = &workers->context;
    const struct batch *batch = &work->batch;
    tally_merge(context->tally, &batch->tally);
    context->document->launches_amd |= batch->document.launches_amd;
    context->document->launches_nvidia |= batch->document.launches_nvidia;
    for (size_t i = 0; i < batch->count; i++) {
        struct event event;
        __builtin_prefetch(&batch->events[i + 12]);
        TRY(batch_map_event(&workers->each[work->worker].map, &batch->events[i], context->names, &event, error));
        TRY(stage_push(context->next, &event, error));
    }
    splitter_skip(context->splitter, work->bytes, work->items);
    return STATUS_OK;
}

enum status workers_take(struct workers *workers, struct work *work, bool use, struct error *error) {
    TRY(batch_map_learn(&workers->each[work->worker].map, &work->batch, error));
    return use ? give(workers, work, error) : STATUS_OK;
}

void work_fini(struct work *work) {
    batch_fini(&work->batch);
}
