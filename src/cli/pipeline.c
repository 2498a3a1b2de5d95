#include "cli/pipeline.h"

#include <stdlib.h>

#include "base/sort.h"
#include "classify/classify.h"
#include "resolve/resolve.h"
#include "tokenize/tokenize.h"

struct pipeline {
    struct summary *summary; /* owned until taken */
    struct classes classes;
    struct sort_space *space;
    struct tokenizer *tokenizer;
    struct stage *classify, *resolve, *aggregate;
};

static enum status build(struct pipeline *pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, struct error *error) {
    pipeline->summary = summary_new();
    pipeline->space = sort_space_new(memory_bytes, NULL);
    if (!pipeline->summary || !pipeline->space)
        return FAIL_MEMORY(error);
    struct summary *summary = pipeline->summary;
    pipeline->aggregate = aggregate_new(summary, &pipeline->classes, &options->aggregate);
    if (!pipeline->aggregate)
        return FAIL_MEMORY(error);
    const struct resolve_context context = {pipeline->space, summary->paths, &summary->tally, &pipeline->classes,
                                            summary->origins, pipeline->aggregate};
    pipeline->resolve = resolve_new(&context);
    if (!pipeline->resolve)
        return FAIL_MEMORY(error);
    const struct classify_options classify = {rules, options->step_regex};
    TRY(classify_new(&pipeline->classify, summary->names, &pipeline->classes, &classify, pipeline->resolve, error));
    pipeline->tokenizer = tokenizer_new(summary->names, &summary->tally, &summary->document, pool, pipeline->classify);
    if (!pipeline->tokenizer)
        return FAIL_MEMORY(error);
    if (!options->collect_stacks)
        tokenizer_skip_stacks(pipeline->tokenizer);
    return STATUS_OK;
}

enum status pipeline_new(struct pipeline **pipeline, const struct options *options, const struct rules *rules,
                         struct pool *pool, size_t memory_bytes, struct error *error) {
    struct pipeline *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    const enum status status = build(made, options, rules, pool, memory_bytes, error);
    if (status != STATUS_OK) {
        pipeline_free(made);
        return status;
    }
    *pipeline = made;
    return STATUS_OK;
}

void pipeline_free(struct pipeline *pipeline) {
    if (!pipeline)
        return;
    tokenizer_free(pipeline->tokenizer);
    stage_free(pipeline->classify);
    stage_free(pipeline->resolve);
    stage_free(pipeline->aggregate);
    sort_space_free(pipeline->space);
    summary_free(pipeline->summary);
    free(pipeline);
}

struct chunk_sink pipeline_sink(struct pipeline *pipeline) {
    return tokenizer_sink(pipeline->tokenizer);
}

uint64_t pipeline_events(const struct pipeline *pipeline) {
    return tokenizer_events(pipeline->tokenizer);
}

struct summary *pipeline_take_summary(struct pipeline *pipeline) {
    struct summary *summary = pipeline->summary;
    pipeline->summary = NULL;
    return summary;
}
