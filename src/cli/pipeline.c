#include "cli/pipeline.h"

#include <stdlib.h>

#include "classify/classify.h"
#include "flow/discard.h"
#include "index/index_writer.h"
#include "resolve/resolve.h"
#include "tokenize/tokenize.h"

struct pipeline {
    struct summary *summary; /* owned until taken */
    struct classes classes;
    struct sort_space *space;
    struct pool *pool; /* borrowed; NULL: one thread */
    struct tokenizer *tokenizer;
    struct stage *classify, *resolve, *index, *aggregate; /* index: NULL when none is written */
    struct aggregate_options how;
};

/* Annotations alone wait for the end in an index. */
static size_t index_share(size_t memory_bytes) {
    enum { SHARES = 16 };
    return memory_bytes / SHARES;
}

static enum status add_index(struct pipeline *pipeline, const char *path, size_t memory_bytes, struct error *error) {
    const struct index_writer_context context = {
        .path = path,
        .summary = pipeline->summary,
        .classes = &pipeline->classes,
        .memory_bytes = memory_bytes,
        .next = pipeline->aggregate,
        .total = aggregate_total,
    };
    if (!path)
        return STATUS_OK;
    pipeline->index = index_writer_new(&context);
    return pipeline->index ? STATUS_OK : FAIL_MEMORY(error);
}

/* again: the events come from an index, and only their steps are found. */
static enum status add_resolve(struct pipeline *pipeline, bool again, struct error *error) {
    struct summary *summary = pipeline->summary;
    const struct resolve_context context = {
        .space = pipeline->space,
        .pool = pipeline->pool,
        .paths = summary->paths,
        .tally = &summary->tally,
        .classes = &pipeline->classes,
        .origins = summary->origins,
        .next = pipeline->index ? pipeline->index : pipeline->aggregate,
        .keep_launches = pipeline->index != NULL,
        .again = again,
    };
    pipeline->resolve = resolve_new(&context);
    return pipeline->resolve ? STATUS_OK : FAIL_MEMORY(error);
}

static enum status build(struct pipeline *pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, const char *index_path, struct error *error) {
    const size_t for_index = index_path ? index_share(memory_bytes) : 0;
    pipeline->summary = summary_new();
    pipeline->space = sort_space_new(memory_bytes - for_index, NULL);
    pipeline->pool = pool;
    if (!pipeline->summary || !pipeline->space)
        return FAIL_MEMORY(error);
    struct summary *summary = pipeline->summary;
    pipeline->how = options->aggregate;
    pipeline->aggregate = aggregate_new(summary, &pipeline->classes, &pipeline->how);
    if (!pipeline->aggregate)
        return FAIL_MEMORY(error);
    TRY(add_index(pipeline, index_path, for_index, error));
    TRY(add_resolve(pipeline, false, error));
    const struct classify_options classify = {rules, options->step_regex, pipeline->index};
    TRY(classify_new(&pipeline->classify, summary->names, &pipeline->classes, &classify, pipeline->resolve, error));
    pipeline->tokenizer = tokenizer_new(summary->names, &summary->tally, &summary->document, pool, pipeline->classify);
    if (!pipeline->tokenizer)
        return FAIL_MEMORY(error);
    if (!options->collect_stacks)
        tokenizer_skip_stacks(pipeline->tokenizer);
    return STATUS_OK;
}

enum status pipeline_new(struct pipeline **pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, const char *index_path, struct error *error) {
    struct pipeline *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    const enum status status = build(made, options, rules, pool, memory_bytes, index_path, error);
    if (status != STATUS_OK) {
        pipeline_free(made);
        return status;
    }
    *pipeline = made;
    return STATUS_OK;
}

void pipeline_release(struct pipeline *pipeline) {
    tokenizer_free(pipeline->tokenizer);
    stage_free(pipeline->classify);
    stage_free(pipeline->resolve);
    sort_space_free(pipeline->space);
    pipeline->tokenizer = NULL;
    pipeline->classify = pipeline->resolve = NULL;
    pipeline->space = NULL;
}

void pipeline_free(struct pipeline *pipeline) {
    if (!pipeline)
        return;
    pipeline_release(pipeline);
    stage_free(pipeline->index);
    stage_free(pipeline->aggregate);
    summary_free(pipeline->summary);
    free(pipeline);
}

struct chunk_sink pipeline_sink(struct pipeline *pipeline) {
    return tokenizer_sink(pipeline->tokenizer);
}

uint64_t pipeline_events(const struct pipeline *pipeline) {
    return tokenizer_events(pipeline->tokenizer);
}

enum status pipeline_drain(struct pipeline *pipeline, struct error *error) {
    return tokenizer_drain(pipeline->tokenizer, error);
}

bool pipeline_closed(const struct pipeline *pipeline) {
    return tokenizer_closed(pipeline->tokenizer);
}

static enum status peek_into(struct pipeline *pipeline, struct summary *summary, struct error *error) {
    struct stage *aggregate = aggregate_new(summary, &pipeline->classes, &pipeline->how);
    if (!aggregate)
        return FAIL_MEMORY(error);
    const struct resolve_context into = {
        .space = pipeline->space,
        .pool = pipeline->pool,
        .paths = summary->paths,
        .tally = &summary->tally,
        .classes = &pipeline->classes,
        .origins = summary->origins,
        .next = aggregate,
    };
    const enum status status = resolve_peek(pipeline->resolve, &into, error);
    stage_free(aggregate);
    return status;
}

enum status pipeline_peek(struct pipeline *pipeline, struct summary **summary, struct error *error) {
    TRY(pipeline_drain(pipeline, error));
    struct summary *peek = summary_new();
    if (!peek)
        return FAIL_MEMORY(error);
    names_free(peek->names);
    peek->names = pipeline->summary->names;
    peek->tally = pipeline->summary->tally;
    peek->document = pipeline->summary->document;
    peek->document.complete = tokenizer_complete(pipeline->tokenizer);
    peek->document.items = tokenizer_events(pipeline->tokenizer);
    tally_add(&peek->tally, ANOMALY_GROWING, peek->document.bytes_uncompressed);
    const enum status status = peek_into(pipeline, peek, error);
    if (status == STATUS_OK)
        *summary = peek;
    else
        pipeline_free_peek(peek);
    return status;
}

/* The names are those of the pipeline. */
void pipeline_free_peek(struct summary *summary) {
    if (summary)
        summary->names = NULL;
    summary_free(summary);
}

const struct sort_space *pipeline_space(const struct pipeline *pipeline) {
    return pipeline->space;
}

struct summary *pipeline_take_summary(struct pipeline *pipeline) {
    struct summary *summary = pipeline->summary;
    pipeline->summary = NULL;
    return summary;
}

enum status pipeline_commit_index(struct pipeline *pipeline, const struct identity *source, struct error *error) {
    return index_writer_commit(pipeline->index, source, error);
}

static enum status replay(struct pipeline *pipeline, struct index_reader *reader, const struct options *options,
                          const struct rules *rules, size_t memory_bytes, struct error *error) {
    pipeline->summary = summary_new();
    if (!pipeline->summary)
        return FAIL_MEMORY(error);
    pipeline->aggregate = aggregate_new(pipeline->summary, &pipeline->classes, &options->aggregate);
    if (!pipeline->aggregate)
        return FAIL_MEMORY(error);
    const struct classify_options classify = {rules, options->step_regex, NULL};
    TRY(classify_new(&pipeline->classify, pipeline->summary->names, &pipeline->classes, &classify, discard_stage(),
                     error));
    struct index_target target = {
        .summary = pipeline->summary,
        .classify = pipeline->classify,
        .next = pipeline->aggregate,
        .push_total = aggregate_push_total,
        .skip_stacks = !options->collect_stacks,
        .check_all = options->command == COMMAND_INDEX,
    };
    if (options->step_regex) {
        pipeline->space = sort_space_new(memory_bytes, NULL);
        TRY(pipeline->space ? add_resolve(pipeline, true, error) : FAIL_MEMORY(error));
        target.next = pipeline->resolve;
        target.push_total = NULL;
    }
    return index_reader_play(reader, &target, error);
}

enum status pipeline_replay(struct index_reader *reader, const struct options *options, const struct rules *rules,
                            size_t memory_bytes, struct summary **summary, struct error *error) {
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        return FAIL_MEMORY(error);
    const enum status status = replay(pipeline, reader, options, rules, memory_bytes, error);
    if (status == STATUS_OK)
        *summary = pipeline_take_summary(pipeline);
    pipeline_free(pipeline);
    return status;
}
