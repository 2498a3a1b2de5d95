#include "tokenize/tokenize.h"

#include <stdlib.h>

#include "tokenize/blocks.h"
#include "tokenize/head.h"
#include "tokenize/item.h"
#include "tokenize/regions.h"
#include "tokenize/split.h"

struct tokenizer {
    struct splitter *splitter;
    struct item_reader *items;
    struct workers *workers;   /* NULL, as the next two: one thread */
    struct blocks *blocks;
    struct regions *regions;
    struct tally *tally;       /* borrowed, as what follows */
    struct document *document;
    struct stage *next;
};

static enum status take_head(void *self, struct text key, struct text value, struct error *error) {
    struct tokenizer *tokenizer = self;
    return head_read(tokenizer->document, key, value, tokenizer->tally, error);
}

static bool wants_head(void *self, struct text key) {
    (void)self;
    return head_wants(key);
}

static bool build_workers(struct tokenizer *tokenizer, struct names *names, struct pool *pool) {
    const struct workers_context context = {
        .pool = pool,
        .splitter = tokenizer->splitter,
        .names = names,
        .tally = tokenizer->tally,
        .document = tokenizer->document,
        .next = tokenizer->next,
    };
    tokenizer->workers = workers_new(&context);
    tokenizer->blocks = tokenizer->workers ? blocks_new(tokenizer->workers) : NULL;
    tokenizer->regions = tokenizer->workers ? regions_new(tokenizer->workers) : NULL;
    return tokenizer->blocks && tokenizer->regions;
}

static bool build(struct tokenizer *tokenizer, struct names *names, struct tally *tally, struct pool *pool) {
    tokenizer->items = item_reader_new(names, tally, tokenizer->document, tokenizer->next);
    if (!tokenizer->items)
        return false;
    const struct split_sink sink = {item_reader_sink(tokenizer->items), take_head, wants_head, tokenizer};
    tokenizer->splitter = splitter_new(&sink, tally);
    if (!tokenizer->splitter)
        return false;
    return !pool || build_workers(tokenizer, names, pool);
}

struct tokenizer *tokenizer_new(struct names *names, struct tally *tally, struct document *document, struct pool *pool,
                                struct stage *next) {
    struct tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    if (!tokenizer)
        return NULL;
    tokenizer->tally = tally;
    tokenizer->document = document;
    tokenizer->next = next;
    if (build(tokenizer, names, tally, pool))
        return tokenizer;
    tokenizer_free(tokenizer);
    return NULL;
}

void tokenizer_skip_stacks(struct tokenizer *tokenizer) {
    item_reader_skip_stacks(tokenizer->items);
    if (tokenizer->workers)
        workers_skip_stacks(tokenizer->workers);
}

void tokenizer_free(struct tokenizer *tokenizer) {
    if (!tokenizer)
        return;
    regions_free(tokenizer->regions);
    blocks_free(tokenizer->blocks);
    workers_free(tokenizer->workers);
    splitter_free(tokenizer->splitter);
    item_reader_free(tokenizer->items);
    free(tokenizer);
}

static enum status push(void *self, const struct chunk *chunk, struct error *error) {
    struct tokenizer *tokenizer = self;
    tokenizer->document->bytes_uncompressed += chunk->size;
    return tokenizer->blocks ? blocks_push(tokenizer->blocks, chunk, error)
                             : splitter_push(tokenizer->splitter, chunk, error);
}

enum status tokenizer_drain(struct tokenizer *tokenizer, struct error *error) {
    return tokenizer->blocks ? blocks_drain(tokenizer->blocks, error) : STATUS_OK;
}

static enum status fetch(void *self, const struct chunk_file *file, uint64_t offset, uint64_t *taken,
                         struct error *error) {
    struct tokenizer *tokenizer = self;
    *taken = 0;
    if (!tokenizer->regions)
        return STATUS_OK;
    TRY(blocks_drain(tokenizer->blocks, error));
    TRY(regions_fetch(tokenizer->regions, file, offset, taken, error));
    blocks_skip(tokenizer->blocks, *taken);
    tokenizer->document->bytes_uncompressed += *taken;
    return STATUS_OK;
}

static enum status end(void *self, struct error *error) {
    struct tokenizer *tokenizer = self;
    TRY(tokenizer_drain(tokenizer, error));
    TRY(splitter_end(tokenizer->splitter, error));
    tokenizer->document->complete = splitter_complete(tokenizer->splitter);
    tokenizer->document->items = splitter_items(tokenizer->splitter);
    return stage_flush(tokenizer->next, error);
}

struct chunk_sink tokenizer_sink(struct tokenizer *tokenizer) {
    return (struct chunk_sink){push, end, tokenizer, fetch};
}

bool tokenizer_closed(const struct tokenizer *tokenizer) {
    return splitter_closed(tokenizer->splitter);
}
bool tokenizer_complete(const struct tokenizer *tokenizer) {
    return splitter_complete(tokenizer->splitter);
}
uint64_t tokenizer_events(const struct tokenizer *tokenizer) {
    return splitter_items(tokenizer->splitter);
}
