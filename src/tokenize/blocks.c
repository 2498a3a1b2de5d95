#include "tokenize/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "tokenize/boundary.h"

enum {
    FRONT_BYTES = 64 << 10,
    BLOCK_BYTES = 512 << 10,
    BLOCKS_AHEAD = 2, /* blocks more than workers */
};

/*  bytes |.....xxx|xxxxxxxxxxxxxxxxx.....|…|     new bytes begin at FRONT_BYTES; before them lies what the block
 *              ^start FRONT_BYTES    ^end  padding  before had behind its cut                                    */
struct block {
    struct job job;        /* first */
    struct blocks *blocks;
    char *bytes;           /* owned */
    size_t start, end;     /* of what it holds */
    uint64_t offset;
    struct work work;
};

struct blocks {
    struct workers *workers;               /* borrowed */
    const struct workers_context *context; /* of them */
    struct block *ring; /* owned; `first` is the oldest of `waiting` submitted ones, the one behind them fills */
    size_t ring_size, first, waiting;
    uint64_t offset; /* of the byte that comes next */
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

static void run_block(struct job *job, unsigned worker) {
    struct block *block = (struct block *)job;
    const struct chunk chunk = chunk_of(block);
    workers_read(block->blocks->workers, worker, &chunk, &block->work);
}

static bool make_ring(struct blocks *blocks) {
    blocks->ring_size = pool_threads(blocks->context->pool) + BLOCKS_AHEAD;
    blocks->ring = calloc(blocks->ring_size, sizeof *blocks->ring);
    for (size_t i = 0; blocks->ring && i < blocks->ring_size; i++) {
        blocks->ring[i] = (struct block){.job.run = run_block, .blocks = blocks};
        clear(&blocks->ring[i]);
        if (!(blocks->ring[i].bytes = malloc(FRONT_BYTES + BLOCK_BYTES + SPLIT_PADDING)))
            return false;
    }
    return blocks->ring != NULL;
}

struct blocks *blocks_new(struct workers *workers) {
    struct blocks *blocks = calloc(1, sizeof *blocks);
    if (!blocks)
        return NULL;
    blocks->workers = workers;
    blocks->context = workers_context(workers);
    if (make_ring(blocks))
        return blocks;
    blocks_free(blocks);
    return NULL;
}

void blocks_free(struct blocks *blocks) {
    if (!blocks)
        return;
    for (size_t i = 0; i < blocks->waiting; i++)
        pool_wait(blocks->context->pool, &nth_block(blocks, i)->job);
    for (size_t i = 0; blocks->ring && i < blocks->ring_size; i++) {
        free(blocks->ring[i].bytes);
        work_fini(&blocks->ring[i].work);
    }
    free(blocks->ring);
    free(blocks);
}

static enum status split_here(struct blocks *blocks, const struct block *block, struct error *error) {
    const struct chunk chunk = chunk_of(block);
    return splitter_push(blocks->context->splitter, &chunk, error);
}

/* Takes the oldest block: the worker's events when both of its ends are as the worker assumed. */
static enum status take_oldest(struct blocks *blocks, struct error *error) {
    struct block *block = nth_block(blocks, 0);
    pool_wait(blocks->context->pool, &block->job);
    blocks->first = (blocks->first + 1) % blocks->ring_size;
    blocks->waiting--;
    const bool use = block->work.sound && splitter_between(blocks->context->splitter);
    TRY(workers_take(blocks->workers, &block->work, use, error));
    if (!use)
        TRY(split_here(blocks, block, error));
    clear(block);
    return STATUS_OK;
}

/* Where the last item of the block seems to begin; the block's end when none does that leaves little enough behind. */
static size_t find_cut(const struct block *block) {
    const size_t least = block->end - block->start > FRONT_BYTES ? block->end - FRONT_BYTES : block->start;
    for (size_t at = block->end; at > least;) {
        const char *brace = memrchr(block->bytes + least, '{', at - least);
        if (!brace)
            break;
        at = (size_t)(brace - block->bytes);
        if (boundary_at(block->bytes, block->start, at))
            return at;
    }
    return block->end;
}

/* What lies behind the block's cut goes before the bytes of the next one. */
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
    if (blocks->waiting == 0 && !splitter_between(blocks->context->splitter)) {
        TRY(split_here(blocks, block, error));
        clear(block);
        blocks->first = (blocks->first + 1) % blocks->ring_size;
        return STATUS_OK;
    }
    blocks->waiting++;
    pool_submit(blocks->context->pool, &block->job);
    return blocks->waiting < blocks->ring_size - 1 ? STATUS_OK : take_oldest(blocks, error);
}

enum status blocks_push(struct blocks *blocks, const struct chunk *chunk, struct error *error) {
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
    clear(last);
    return STATUS_OK;
}

void blocks_skip(struct blocks *blocks, uint64_t bytes) {
    blocks->offset += bytes;
}
