#include "pipeline_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/pipeline.h"
#include "read/memory.h"

enum { DEFAULT_MEMORY = 256 << 20 };

struct options pipeline_options(void) {
    return (struct options){.collect_stacks = true, .memory_bytes = DEFAULT_MEMORY};
}

struct peeking {
    struct pipeline *pipeline;
    struct chunk_sink sink;
    struct pipeline_way way;
    size_t bytes;
};

static enum status push_and_peek(void *self, const struct chunk *chunk, struct error *error) {
    struct peeking *peeking = self;
    struct summary *summary;
    TRY(peeking->sink.push(peeking->sink.self, chunk, error));
    peeking->bytes += chunk->size;
    TRY(pipeline_peek(peeking->pipeline, &summary, error));
    peeking->way.peek(peeking->way.peek_self, summary, peeking->bytes);
    pipeline_free_peek(summary);
    return STATUS_OK;
}

static enum status end_peeking(void *self, struct error *error) {
    const struct peeking *peeking = self;
    return peeking->sink.end(peeking->sink.self, error);
}

struct summary *pipeline_run(struct text json, const struct options *options, struct pipeline_way way,
                             struct error *error) {
    const size_t memory = way.memory_bytes != 0 ? way.memory_bytes : DEFAULT_MEMORY;
    struct summary *summary = NULL;
    struct pipeline *pipeline;
    struct rules *rules = rules_new();
    struct pool *pool = way.threads > 0 ? pool_new(way.threads) : NULL;
    cr_assert(rules && (pool || way.threads == 0));
    cr_assert_eq(pipeline_new(&pipeline, options, rules, pool, memory, NULL, error), STATUS_OK);
    *error = (struct error){.code = STATUS_OK};
    struct peeking peeking = {.pipeline = pipeline, .sink = pipeline_sink(pipeline), .way = way};
    const struct chunk_sink looked_at = {push_and_peek, end_peeking, &peeking, NULL};
    if (memory_read(json.data, json.size, way.chunk_bytes, way.peek ? looked_at : peeking.sink, error) == STATUS_OK)
        summary = pipeline_take_summary(pipeline);
    pipeline_free(pipeline);
    pool_free(pool);
    rules_free(rules);
    return summary;
}

struct summary *pipeline_summary(const char *json, const struct options *options) {
    struct error error;
    struct summary *summary = pipeline_run(text_from(json), options, (struct pipeline_way){.threads = 0}, &error);
    cr_assert(summary, "%s", error.cause[0].text);
    return summary;
}

char *pipeline_report(const struct summary *summary, enum report_format format) {
    const struct report_options options = {.format = format,
                                           .top = UINT32_MAX,
                                           .stacks = true,
                                           .layers = true,
                                           .width = 120,
                                           .version = "0",
                                           .base_name = "trace"};
    struct error error;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert(out);
    cr_assert_eq(report_summary(out, summary, &options, &error), STATUS_OK);
    fclose(out);
    return text;
}

const char *pipeline_codes(const struct summary *summary) {
    static char codes[1000];
    size_t used = 0;
    codes[0] = 0;
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (summary->tally.rows[i].count > 0)
            used += (size_t)snprintf(codes + used, sizeof codes - used, "%s ", anomaly_get((enum anomaly)i)->code);
    return codes;
}
