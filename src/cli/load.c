#include "cli/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/pool.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "read/read.h"

struct source {
    struct pipeline *pipeline; /* owned */
    struct chunk_sink inner;
    const char *name;
};

struct load {
    const struct options *options; /* borrowed */
    struct source sources[OPTIONS_TRACES];
    struct read_input inputs[OPTIONS_TRACES];
    struct progress *progress; /* owned; NULL: not wanted */
    struct pool *pool;         /* owned; NULL: one thread */
};

/* An error on the way through the stages does not know which input it is about. */
static enum status name_input(const struct source *source, enum status status, struct error *error) {
    if (status != STATUS_OK && error->input[0] == 0)
        error_input(error, source->name);
    return status;
}

static enum status push(void *self, const struct chunk *chunk, struct error *error) {
    struct source *source = self;
    return name_input(source, source->inner.push(source->inner.self, chunk, error), error);
}

static enum status end(void *self, struct error *error) {
    struct source *source = self;
    return name_input(source, source->inner.end(source->inner.self, error), error);
}

static void tick(void *self) {
    struct load *load = self;
    struct progress_state state = {0};
    bool all_known = true;
    for (size_t i = 0; i < load->options->trace_count; i++) {
        state.bytes += load->inputs[i].bytes;
        state.size += load->inputs[i].size;
        state.events += pipeline_events(load->sources[i].pipeline);
        all_known = all_known && load->inputs[i].size > 0;
    }
    state.size = all_known ? state.size : 0;
    progress_show(load->progress, &state);
}

/* One worker alone would only add the way to it, and more than a few are faster than what comes behind them. */
static struct pool *make_pool(const struct options *options) {
    enum { ENOUGH_WORKERS = 4 };
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned usual = online < 1 ? 1 : online > ENOUGH_WORKERS ? ENOUGH_WORKERS : (unsigned)online;
    const unsigned threads = options->threads > 0 ? options->threads : usual;
    return threads > 1 ? pool_new(threads) : NULL;
}

static enum status open_sources(struct load *load, const struct rules *rules, struct error *error) {
    const struct options *options = load->options;
    const bool terminal = isatty(STDERR_FILENO);
    if (options->progress == WHEN_ALWAYS || (options->progress == WHEN_AUTO && terminal))
        load->progress = progress_new(terminal);
    load->pool = make_pool(options);
    for (size_t i = 0; i < options->trace_count; i++) {
        struct source *source = &load->sources[i];
        TRY(pipeline_new(&source->pipeline, options, rules, load->pool, options->memory_bytes / options->trace_count,
                         error));
        source->inner = pipeline_sink(source->pipeline);
        source->name = strcmp(options->traces[i], "-") == 0 ? "standard input" : options->traces[i];
        load->inputs[i] = (struct read_input){.path = options->traces[i], .sink = {push, end, source}};
    }
    return STATUS_OK;
}

static enum status read_sources(struct load *load, struct error *error) {
    const struct options *options = load->options;
    const struct read_options how = {
        .chunk_bytes = options->chunk_bytes,
        .tick = load->progress ? tick : NULL,
        .tick_self = load,
        .interval_ms = 100,
    };
    return read_inputs(load->inputs, options->trace_count, &how, error);
}

static void take_summaries(struct load *load, struct summary **summaries) {
    for (size_t i = 0; i < load->options->trace_count; i++) {
        const struct read_input *input = &load->inputs[i];
        struct summary *summary = pipeline_take_summary(load->sources[i].pipeline);
        summary->document.bytes = input->bytes;
        summary->document.compression = input->compression;
        if (input->damaged) {
            tally_add(&summary->tally, ANOMALY_READ_FAILED, input->failure.has_offset ? input->failure.offset : 0);
            say_error(&input->failure);
        }
        summary->document.complete = summary->document.complete && !tally_lost(&summary->tally);
        summaries[i] = summary;
    }
}

enum status load_traces(const struct options *options, const struct rules *rules, struct summary **summaries,
                        struct error *error) {
    struct load load = {.options = options};
    enum status status = open_sources(&load, rules, error);
    if (status == STATUS_OK)
        status = read_sources(&load, error);
    progress_free(load.progress);
    if (status == STATUS_OK)
        take_summaries(&load, summaries);
    for (size_t i = 0; i < options->trace_count; i++)
        pipeline_free(load.sources[i].pipeline);
    pool_free(load.pool);
    return status;
}

static enum status read_whole(const char *path, struct buf *content, struct error *error) {
    FILE *file = fopen(path, "rb");
    enum status status = STATUS_OK;
    char bytes[1 << 14];
    if (!file)
        return FAIL(error, STATUS_IO, "%s", strerror(errno));
    for (size_t got; status == STATUS_OK && (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        status = buf_append(content, bytes, got, error);
    if (status == STATUS_OK && ferror(file))
        status = FAIL(error, STATUS_IO, "%s", strerror(errno));
    fclose(file);
    return status;
}

enum status load_rules(const struct options *options, struct rules **rules, struct error *error) {
    struct rules *made = rules_new();
    enum status status = made ? STATUS_OK : FAIL_MEMORY(error);
    for (size_t i = 0; i < options->rule_count && status == STATUS_OK; i++) {
        struct buf content;
        buf_init(&content, LIMIT_RULE_FILE_BYTES);
        status = read_whole(options->rules[i], &content, error);
        if (status != STATUS_OK)
            error_input(error, options->rules[i]);
        else
            status = rules_add(made, (struct text){content.data, content.size}, options->rules[i], error);
        buf_fini(&content);
    }
    if (status != STATUS_OK) {
        rules_free(made);
        return status;
    }
    *rules = made;
    return STATUS_OK;
}
