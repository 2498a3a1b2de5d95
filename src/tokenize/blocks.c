#include "tokenize/blocks.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "tokenize/item.h"
#include "tokenize/scan.h"

enum {
    FRONT_BYTES = 64 << 10,
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

/*  bytes |.....xxx|xxxxxxxxxxxxxxxxx.....|…|     new bytes begin at FRONT_BYTES; before them lies what the block
 *              ^start FRONT_BYTES    ^end  padding  before had behind its cut                                    */
struct block {
    struct job job; /* first */
    struct blocks *blocks;
    char *bytes;       /* owned */
    size_t start, end; /* of what it holds */
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
    size_t ring_size, first, waiting, most_waiting;
    size_t lent, next_lent; /* blocks that are lent, and not back yet; where in the ring the next one will be */
    uint64_t offset;        /* of the byte that comes next */
};

static struct block *nth_block(const struct blocks *blocks, size_t n) {
    return &blocks->ring[(blocks->first + n) % blocks->ring_size];
}

static void clear(struct block *block) {
    block->start = block->end = FRONT_BYTES;
}

static struct chunk chunk_of(const struct block *block) {
    return (struct chunk){block->bytes + block->start, block->end - block->start, block->offset};
}

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
    const struct chunk chunk = chunk_of(block);
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
    blocks->most_waiting = pool_threads(blocks->context.pool) + BLOCKS_AHEAD - 1;
    blocks->ring_size = blocks->most_waiting + 1 + CHUNK_LENDS_MAX;
    blocks->ring = calloc(blocks->ring_size, sizeof *blocks->ring);
    for (size_t i = 0; blocks->ring && i < blocks->ring_size; i++) {
        blocks->ring[i] = (struct block){.job.run = run_block, .blocks = blocks};
        clear(&blocks->ring[i]);
        if (!(blocks->ring[i].bytes = malloc(FRONT_BYTES + BLOCK_BYTES + SPLIT_PADDING)))
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
    splitter_skip(context->splitter, block->end - block->start, block->items);
    return STATUS_OK;
}

static enum status split_here(struct blocks *blocks, const struct block *block, struct error *error) {
    const struct chunk chunk = chunk_of(block);
    return splitter_push(blocks->context.splitter, &chunk, error);
}

/* Takes the oldest block: the worker's batch when both of its ends are as the worker assumed. */
static enum status take_oldest(struct blocks *blocks, struct error *error) {
    struct block *block = nth_block(blocks, 0);
    pool_wait(blocks->context.pool, &block->job);
    blocks->first = (blocks->first + 1) % blocks->ring_size;
    blocks->waiting--;
    TRY(batch_map_learn(&blocks->workers[block->worker].map, &block->batch, error));
    const bool whole = splitter_between(blocks->context.splitter) && block->between && block->status == STATUS_OK;
    TRY(whole ? give_batch(blocks, block, error) : split_here(blocks, block, error));
    clear(block);
    return STATUS_OK;
}

/* Just before the last `{` that follows a `}` and a comma, with nothing but white space between; the block's end when
 * there is none that leaves little enough behind it. */
static size_t find_cut(const struct block *block) {
    const size_t least = block->end - block->start > FRONT_BYTES ? block->end - FRONT_BYTES : block->start;
    for (size_t at = block->end; at > least;) {
        const char *brace = memrchr(block->bytes + least, '{', at - least);
        if (!brace)
            break;
        at = (size_t)(brace - block->bytes);
        size_t before = at;
        while (before > block->start && scan_is_space(block->bytes[before - 1]))
            before--;
        if (before < block->start + 2 || block->bytes[--before] != ',')
            continue;
        while (before > block->start && scan_is_space(block->bytes[before - 1]))
            before--;
        if (before > block->start && block->bytes[before - 1] == '}')
            return at;
    }
    return block->end;
}

/* What lies behind the block's cut goes before the bytes of the next one, which may be on their way there. */
static void cut_off(struct blocks *blocks, struct block *block) {
    struct block *next = nth_block(blocks, blocks->waiting + 1);
    const size_t cut = find_cut(block), rest = block->end - cut;
    block->offset = blocks->offset - (block->end - block->start);
    block->end = cut;
    next->start = FRONT_BYTES - rest;
    memcpy(next->bytes + next->start, block->bytes + cut, rest);
}

/* The block goes to the workers. Until the document's items have begun there is nothing to guess, and its first block
 * is split here. */
static enum status submit(struct blocks *blocks, struct error *error) {
    struct block *block = nth_block(blocks, blocks->waiting);
    cut_off(blocks, block);
    if (blocks->waiting == 0 && !splitter_between(blocks->context.splitter)) {
        TRY(split_here(blocks, block, error));
        clear(block);
        blocks->first = (blocks->first + 1) % blocks->ring_size;
        return STATUS_OK;
    }
    batch_clear(&block->batch);
    blocks->waiting++;
    pool_submit(blocks->context.pool, &block->job);
    return blocks->waiting < blocks->most_waiting ? STATUS_OK : take_oldest(blocks, error);
}

char *blocks_lend(struct blocks *blocks, size_t *size) {
    const struct block *filling = nth_block(blocks, blocks->waiting);
    if (blocks->lent == 0)
        blocks->next_lent = blocks->first + blocks->waiting + (filling->end > FRONT_BYTES);
    const struct block *block = &blocks->ring[blocks->next_lent++ % blocks->ring_size];
    blocks->lent++;
    *size = BLOCK_BYTES;
    return block->bytes + FRONT_BYTES;
}

/* The bytes are where they belong. */
static enum status take_back(struct blocks *blocks, const struct chunk *chunk, struct error *error) {
    if (nth_block(blocks, blocks->waiting)->end > FRONT_BYTES) /* copied, before any was lent */
        TRY(submit(blocks, error));
    struct block *block = nth_block(blocks, blocks->waiting);
    assert(chunk->data == block->bytes + FRONT_BYTES && chunk->size <= BLOCK_BYTES);
    blocks->lent--;
    block->end += chunk->size;
    blocks->offset += chunk->size;
    return block->end == FRONT_BYTES + BLOCK_BYTES ? submit(blocks, error) : STATUS_OK;
}

enum status blocks_push(struct blocks *blocks, const struct chunk *chunk, struct error *error) {
    if (blocks->lent > 0)
        return take_back(blocks, chunk, error);
    for (size_t at = 0; at < chunk->size;) {
        struct block *block = nth_block(blocks, blocks->waiting);
        const size_t room = FRONT_BYTES + BLOCK_BYTES - block->end, left = chunk->size - at;
        const size_t take = left < room ? left : room;
        memcpy(block->bytes + block->end, chunk->data + at, take);
        block->end += take;
        blocks->offset += take;
        at += take;
        if (take == room)
            TRY(submit(blocks, error));
    }
    return STATUS_OK;
}

enum status blocks_drain(struct blocks *blocks, struct error *error) {
    while (blocks->waiting > 0)
        TRY(take_oldest(blocks, error));
    struct block *last = nth_block(blocks, 0);
    last->offset = blocks->offset - (last->end - last->start);
    TRY(split_here(blocks, last, error));
    if (last->end > FRONT_BYTES) /* lent ones, if any, are those behind it */
        blocks->first = (blocks->first + 1) % blocks->ring_size;
    clear(last);
    return STATUS_OK;
}
