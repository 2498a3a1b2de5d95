#include "tokenize/blocks.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "tokenize/item.h"
#include "tokenize/scan.h"

enum {
    BLOCK_BYTES = 512 << 10,
    BLOCKS_AHEAD = 2,          /* blocks more than workers */
    LOCAL_NAME_ROWS = 1 << 14, /* a worker's table with more names is begun anew */
};

struct worker {
    struct splitter *splitter; /* owned, as all here */
    struct item_reader *items;
    struct names *names;
    uint32_t known;       /* names that went out with a batch */
    struct batch *batch;  /* borrowed: of the block in work */
    bool met_key;         /* that block has keys beside traceEvents */
    struct batch_map map; /* the main thread's */
};

struct block {
    struct job job; /* first */
    struct blocks *blocks;
    char *bytes; /* owned; BLOCK_BYTES and padding */
    size_t size;
    uint64_t offset;
    unsigned worker;
    bool between; /* it also ended between two items */
    uint64_t items;
    enum status status;
    struct error error;
    struct batch batch;
};

struct blocks {
    struct blocks_context context;
    struct worker *workers; /* owned */
    struct block *ring;     /* owned; `first` is the oldest of `waiting` submitted ones, the one behind them fills */
    size_t ring_size, first, waiting;
    uint64_t offset; /* of the byte that comes next */
};

static enum status take_event(struct worker *worker, const struct event *event, bool used, struct error *error) {
    return used ? batch_add_event(worker->batch, event, error) : STATUS_OK;
}

static enum status take_item(void *self, struct text span, uint64_t offset, struct error *error) {
    struct worker *worker = self;
    struct event event;
    bool used;
    TRY(item_read(worker->items, span, offset, &event, &used, error));
    return take_event(worker, &event, used, error);
}

static enum status try_item(void *self, struct text data, uint64_t offset, size_t *length, struct error *error) {
    struct worker *worker = self;
    struct event event;
    bool used;
    TRY(item_try(worker->items, data, offset, &event, &used, length, error));
    return take_event(worker, &event, used, error);
}

/* Behind the items, keys do not matter here: the main thread reads such a block again, even when it comes back to
 * items (traceEvents twice). */
static enum status take_head(void *self, struct text key, struct text value, struct error *error) {
    (void)self, (void)key, (void)value, (void)error;
    return STATUS_OK;
}

static bool wants_head(void *self, struct text key) {
    (void)key;
    ((struct worker *)self)->met_key = true;
    return false;
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

static enum status read_block(struct block *block, struct worker *worker, struct error *error) {
    struct batch *batch = &block->batch;
    const struct chunk chunk = {block->bytes, block->size, block->offset};
    TRY(begin_names(worker, batch, error));
    item_reader_use(worker->items, worker->names, &batch->tally, &batch->document);
    worker->batch = batch;
    worker->met_key = false;
    splitter_resume(worker->splitter, block->blocks->context.splitter, block->offset, &batch->tally);
    const enum status status = splitter_push(worker->splitter, &chunk, error);
    block->between = splitter_between(worker->splitter) && !worker->met_key;
    block->items = splitter_items(worker->splitter);
    /* The names are in the table whatever came of the block, so they are always told. */
    TRY(batch_add_names(batch, worker->names, worker->known, error));
    worker->known = names_count(worker->names);
    return status;
}

static void run_block(struct job *job, unsigned worker) {
    struct block *block = (struct block *)job;
    block->worker = worker;
    block->status = read_block(block, &block->blocks->workers[worker], &block->error);
}

static bool make_workers(struct blocks *blocks) {
    const unsigned threads = pool_threads(blocks->context.pool);
    blocks->workers = calloc(threads, sizeof *blocks->workers);
    for (unsigned i = 0; blocks->workers && i < threads; i++) {
        struct worker *worker = &blocks->workers[i];
        const struct split_sink sink = {take_item, try_item, take_head, wants_head, worker};
        worker->splitter = splitter_new(&sink, NULL);
        worker->items = item_reader_new(NULL, NULL, NULL);
        if (!worker->splitter || !worker->items)
            return false;
    }
    return blocks->workers != NULL;
}

static bool make_ring(struct blocks *blocks) {
    blocks->ring_size = pool_threads(blocks->context.pool) + BLOCKS_AHEAD;
    blocks->ring = calloc(blocks->ring_size, sizeof *blocks->ring);
    for (size_t i = 0; blocks->ring && i < blocks->ring_size; i++) {
        blocks->ring[i] = (struct block){.job.run = run_block, .blocks = blocks};
        if (!(blocks->ring[i].bytes = malloc(BLOCK_BYTES + SPLIT_PADDING)))
            return false;
    }
    return blocks->ring != NULL;
}

struct blocks *blocks_new(const struct blocks_context *context) {
    struct blocks *blocks = calloc(1, sizeof *blocks);
    if (!blocks)
        return NULL;
    blocks->context = *context;
    if (make_workers(blocks) && make_ring(blocks))
        return blocks;
    blocks_free(blocks);
    return NULL;
}

void blocks_skip_stacks(struct blocks *blocks) {
    for (unsigned i = 0; i < pool_threads(blocks->context.pool); i++)
        item_reader_skip_stacks(blocks->workers[i].items);
}

static struct block *nth_block(const struct blocks *blocks, size_t n) {
    return &blocks->ring[(blocks->first + n) % blocks->ring_size];
}

void blocks_free(struct blocks *blocks) {
    if (!blocks)
        return;
    for (size_t i = 0; i < blocks->waiting; i++)
        pool_wait(blocks->context.pool, &nth_block(blocks, i)->job);
    for (size_t i = 0; blocks->ring && i < blocks->ring_size; i++) {
        free(blocks->ring[i].bytes);
        batch_fini(&blocks->ring[i].batch);
    }
    for (unsigned i = 0; blocks->workers && i < pool_threads(blocks->context.pool); i++) {
        splitter_free(blocks->workers[i].splitter);
        item_reader_free(blocks->workers[i].items);
        names_free(blocks->workers[i].names);
        batch_map_fini(&blocks->workers[i].map);
    }
    free(blocks->ring);
    free(blocks->workers);
    free(blocks);
}

static enum status give_batch(struct blocks *blocks, struct block *block, struct error *error) {
    struct batch_map *map = &blocks->workers[block->worker].map;
    const struct blocks_context *context = &blocks->context;
    tally_merge(context->tally, &block->batch.tally);
    context->document->launches_amd |= block->batch.document.launches_amd;
    context->document->launches_nvidia |= block->batch.document.launches_nvidia;
    for (size_t i = 0; i < block->batch.count; i++) {
        struct event event;
        TRY(batch_map_event(map, &block->batch.events[i], context->names, &event, error));
        TRY(stage_push(context->next, &event, error));
    }
    splitter_skip(context->splitter, block->size, block->items);
    return STATUS_OK;
}

/* Takes the oldest block: the worker's batch when both of its ends are as the worker assumed. */
static enum status take_oldest(struct blocks *blocks, struct error *error) {
    struct block *block = nth_block(blocks, 0);
    pool_wait(blocks->context.pool, &block->job);
    blocks->first = (blocks->first + 1) % blocks->ring_size;
    blocks->waiting--;
    TRY(batch_map_learn(&blocks->workers[block->worker].map, &block->batch, error));
    if (splitter_between(blocks->context.splitter) && block->between && block->status == STATUS_OK)
        return give_batch(blocks, block, error);
    const struct chunk chunk = {block->bytes, block->size, block->offset};
    return splitter_push(blocks->context.splitter, &chunk, error);
}

/* Just before the last `{` that follows a `}` and a comma, with nothing but white space between; the block's size
 * when there is none. */
static size_t find_cut(const struct block *block) {
    for (size_t at = block->size; at > 2;) {
        const char *brace = memrchr(block->bytes, '{', at);
        if (!brace)
            break;
        at = (size_t)(brace - block->bytes);
        size_t before = at;
        while (before > 0 && scan_is_space(block->bytes[before - 1]))
            before--;
        if (before < 2 || block->bytes[--before] != ',')
            continue;
        while (before > 0 && scan_is_space(block->bytes[before - 1]))
            before--;
        if (before > 0 && block->bytes[before - 1] == '}')
            return at;
    }
    return block->size;
}

/* The full block goes to the workers, and what lies behind its cut begins the next one. Until the document's items
 * have begun there is nothing to guess, and its first block is split here. */
static enum status submit(struct blocks *blocks, struct error *error) {
    struct block *block = nth_block(blocks, blocks->waiting);
    const size_t cut = find_cut(block), rest = block->size - cut;
    struct block *next = nth_block(blocks, blocks->waiting + 1);
    memcpy(next->bytes, block->bytes + cut, rest);
    block->size = cut;
    block->offset = blocks->offset - rest - cut;
    if (blocks->waiting == 0 && !splitter_between(blocks->context.splitter)) {
        const struct chunk chunk = {block->bytes, cut, block->offset};
        TRY(splitter_push(blocks->context.splitter, &chunk, error));
        memmove(block->bytes, next->bytes, rest);
        block->size = rest;
        return STATUS_OK;
    }
    next->size = rest;
    batch_clear(&block->batch);
    blocks->waiting++;
    pool_submit(blocks->context.pool, &block->job);
    return blocks->waiting + 1 < blocks->ring_size ? STATUS_OK : take_oldest(blocks, error);
}

enum status blocks_push(struct blocks *blocks, const struct chunk *chunk, struct error *error) {
    for (size_t at = 0; at < chunk->size;) {
        struct block *block = nth_block(blocks, blocks->waiting);
        const size_t room = BLOCK_BYTES - block->size, left = chunk->size - at;
        const size_t take = left < room ? left : room;
        memcpy(block->bytes + block->size, chunk->data + at, take);
        block->size += take;
        blocks->offset += take;
        at += take;
        if (block->size == BLOCK_BYTES)
            TRY(submit(blocks, error));
    }
    return STATUS_OK;
}

enum status blocks_drain(struct blocks *blocks, struct error *error) {
    while (blocks->waiting > 0)
        TRY(take_oldest(blocks, error));
    struct block *last = nth_block(blocks, 0);
    const struct chunk chunk = {last->bytes, last->size, blocks->offset - last->size};
    last->size = 0;
    return splitter_push(blocks->context.splitter, &chunk, error);
}
