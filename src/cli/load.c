#include "cli/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/aside.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/pool.h"
#include "cli/clock.h"
#include "cli/heap.h"
#include "cli/load_stats.h"
#include "cli/progress.h"
#include "cli/run.h"

struct source {
    struct pipeline *pipeline; /* owned */
    struct chunk_sink inner;
    const char *name;
    size_t trace;   /* which of the options' */
    uint64_t bytes; /* delivered when last looked at */
    struct load_stats stats;
    struct load *load;   /* borrowed */
    struct aside commit; /* of the index */
};

struct load {
    const struct options *options;             /* borrowed */
    struct trace_index indexes[OPTIONS_SIDES]; /* by trace */
    struct summary *summaries[OPTIONS_SIDES];  /* owned; by trace; NULL: not known yet */
    struct source sources[OPTIONS_SIDES];      /* those that no index stands for */
    struct read_input inputs[OPTIONS_SIDES];
    size_t count;              /* of sources and inputs */
    struct progress *progress; /* owned; NULL: not wanted */
    struct pool *pool;         /* borrowed; NULL: one thread */
    struct pool *own_pool;     /* owned; NULL: none was needed */
    size_t committing;         /* sources whose indexes are being written */
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
    source->stats.read = clock_seconds();
    const enum status status = source->inner.end(source->inner.self, error);
    source->stats.resolved = clock_seconds();
    return name_input(source, status, error);
}

static enum status fetch(void *self, const struct chunk_file *file, uint64_t offset, uint64_t *taken,
                         struct error *error) {
    struct source *source = self;
    return name_input(source, source->inner.fetch(source->inner.self, file, offset, taken, error), error);
}

static void show_progress(const struct load *load) {
    struct progress_state state = {0};
    bool all_known = true;
    for (size_t i = 0; i < load->count; i++) {
        state.bytes += load->inputs[i].bytes;
        state.size += load->inputs[i].size;
        state.events += pipeline_events(load->sources[i].pipeline);
        all_known = all_known && load->inputs[i].size > 0;
    }
    state.size = all_known ? state.size : 0;
    progress_show(load->progress, &state);
}

/* What an input that has fallen silent brought so far must not wait for more before it is looked at. */
static enum status drain_idle(struct source *source, uint64_t bytes, struct error *error) {
    const bool idle = bytes == source->bytes;
    source->bytes = bytes;
    return idle ? name_input(source, pipeline_drain(source->pipeline, error), error) : STATUS_OK;
}

static enum status tick(void *self, bool *stop, struct error *error) {
    struct load *load = self;
    (void)stop;
    for (size_t i = 0; i < load->count; i++)
        TRY(drain_idle(&load->sources[i], load->inputs[i].bytes_uncompressed, error));
    if (load->progress)
        show_progress(load);
    return STATUS_OK;
}

unsigned load_threads(const struct options *options) {
    enum { ENOUGH_WORKERS = 4 }; /* more are faster than what comes behind them */
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned usual = online < 1 ? 1 : online > ENOUGH_WORKERS ? ENOUGH_WORKERS : (unsigned)online;
    return options->threads > 0 ? options->threads : usual;
}

/* One worker alone would only add the way to it. */
struct pool *load_pool(const struct options *options) {
    const unsigned threads = load_threads(options);
    return threads > 1 ? pool_new_apart(threads) : NULL;
}

bool load_shows_progress(const struct options *options) {
    return options->progress == WHEN_ALWAYS || (options->progress == WHEN_AUTO && isatty(STDERR_FILENO));
}

static enum status open_source(struct load *load, size_t trace, const struct rules *rules, struct error *error) {
    const struct options *options = load->options;
    struct source *source = &load->sources[load->count];
    source->load = load;
    source->trace = trace;
    const size_t share = options_share(options->memory_bytes, options->trace_count);
    TRY(pipeline_new(&source->pipeline, options, rules, load->pool, share, trace_index_target(&load->indexes[trace]),
                     error));
    source->stats.opened = clock_seconds();
    source->inner = pipeline_sink(source->pipeline);
    source->name = trace_name(options->traces[trace]);
    const struct chunk_sink sink = {push, end, source, fetch};
    load->inputs[load->count++] = (struct read_input){.path = options->traces[trace], .sink = sink};
    return STATUS_OK;
}

static enum status open_sources(struct load *load, const struct rules *rules, struct error *error) {
    const struct options *options = load->options;
    if (load_shows_progress(options))
        load->progress = progress_new(isatty(STDERR_FILENO));
    if (!load->pool)
        load->pool = load->own_pool = load_pool(options);
    for (size_t i = 0; i < options->trace_count; i++)
        if (!load->summaries[i])
            TRY(open_source(load, i, rules, error));
    return STATUS_OK;
}

struct reading { /* of one index */
    struct aside aside;
    struct load *load;
    const struct rules *rules;
    size_t trace;
};

static enum status read_index(void *self, struct error *error) {
    const struct reading *reading = self;
    struct load *load = reading->load;
    const size_t trace = reading->trace;
    return trace_index_read(&load->indexes[trace], reading->rules, &load->summaries[trace], error);
}

static size_t existing_indexes(const struct load *load) {
    size_t existing = 0;
    for (size_t i = 0; i < load->options->trace_count; i++)
        existing += trace_index_exists(&load->indexes[i]);
    return existing;
}

static enum status read_indexes(struct load *load, const struct rules *rules, bool *all, struct error *error) {
    const struct options *options = load->options;
    const size_t count = options->trace_count;
    struct reading readings[OPTIONS_SIDES];
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++)
        TRY(trace_index_init(&load->indexes[i], options, options->traces[i], error));
    if (existing_indexes(load) == count)
        heap_for_indexes();
    for (size_t i = 0; i < count; i++) {
        readings[i] = (struct reading){.load = load, .rules = rules, .trace = i};
        aside_begin(&readings[i].aside, load->pool, read_index, &readings[i]);
    }
    for (size_t i = 0; i < count; i++)
        status = aside_end(&readings[i].aside, status, error);
    *all = true;
    for (size_t i = 0; i < count; i++) {
        trace_index_say(&load->indexes[i]);
        *all = *all && load->summaries[i];
    }
    return status;
}

static enum status read_sources(struct load *load, struct error *error) {
    const struct read_options how = {
        .chunk_bytes = load->options->chunk_bytes,
        .tick = tick,
        .tick_self = load,
        .interval_ms = 100,
    };
    return read_inputs(load->inputs, load->count, &how, error);
}

struct summary *load_take_summary(struct pipeline *pipeline, const struct read_input *input) {
    struct summary *summary = pipeline_take_summary(pipeline);
    summary->document.bytes = input->bytes;
    summary->document.compression = input->compression;
    if (input->damaged) {
        tally_add(&summary->tally, ANOMALY_READ_FAILED, input->failure.has_offset ? input->failure.offset : 0);
        say_error(&input->failure);
    }
    summary->document.complete = summary->document.complete && !tally_lost(&summary->tally);
    return summary;
}

static enum status commit_index(void *self, struct error *error) {
    struct source *source = self;
    struct load *load = source->load;
    (void)error;
    trace_index_commit(&load->indexes[source->trace], source->pipeline, load->summaries[source->trace]);
    return STATUS_OK;
}

static void take_summary(struct load *load, size_t i) {
    struct source *source = &load->sources[i];
    load->summaries[source->trace] = load_take_summary(source->pipeline, &load->inputs[i]);
    load_stats_take(&source->stats, pipeline_space(source->pipeline));
    aside_begin(&source->commit, load->pool, commit_index, source);
    load->committing++;
    pipeline_release(source->pipeline);
}

static void say_stats(const struct load *load) {
    for (size_t i = 0; i < load->count; i++)
        load_stats_say(load->sources[i].name, &load->sources[i].stats, load->summaries[load->sources[i].trace]);
    load_stats_say_memory(load->options);
}

static enum status read_traces(struct load *load, const struct rules *rules, struct error *error) {
    TRY(open_sources(load, rules, error));
    TRY(read_sources(load, error));
    progress_free(load->progress);
    load->progress = NULL;
    for (size_t i = 0; i < load->count; i++)
        take_summary(load, i);
    return STATUS_OK;
}

static enum status run_load(struct load *load, const struct rules *rules, struct error *error) {
    bool all;
    TRY(read_indexes(load, rules, &all, error));
    if (all)
        return STATUS_OK;
    heap_for_traces();
    return read_traces(load, rules, error);
}

static void say_index(const struct load *load, const struct trace_index *index) {
    const struct options *options = load->options;
    if (index->outcome == INDEX_FAILED && options->command != COMMAND_INDEX && options->progress == WHEN_ALWAYS)
        say_error(&index->failure);
}

const struct trace_index *load_finish(struct load *load) {
    const bool finishes = load->committing > 0;
    struct error none;
    for (; load->committing > 0; load->committing--) {
        struct source *source = &load->sources[load->count - load->committing];
        (void)!aside_end(&source->commit, STATUS_OK, &none);
        say_index(load, &load->indexes[source->trace]);
    }
    if (finishes && load->options->stats)
        say_stats(load);
    return load->indexes;
}

void load_free(struct load *load) {
    if (!load)
        return;
    load_finish(load);
    progress_free(load->progress);
    for (size_t i = 0; i < load->count; i++)
        pipeline_free(load->sources[i].pipeline);
    pool_free(load->own_pool);
    for (size_t i = 0; i < load->options->trace_count; i++)
        trace_index_fini(&load->indexes[i]);
    free(load);
}

enum status load_traces(struct load **load, const struct options *options, const struct rules *rules,
                        struct pool *pool, struct summary **summaries, struct error *error) {
    struct load *made = calloc(1, sizeof *made);
    if (!made)
        return FAIL_MEMORY(error);
    made->options = options;
    made->pool = pool;
    const enum status status = run_load(made, rules, error);
    for (size_t i = 0; i < options->trace_count; i++)
        if (status == STATUS_OK)
            summaries[i] = made->summaries[i];
        else
            summary_free(made->summaries[i]);
    if (status == STATUS_OK)
        *load = made;
    else
        load_free(made);
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
