#include <stdlib.h>

#include "base/limits.h"
#include "base/pool.h"
#include "cli/load.h"
#include "cli/run.h"

/* Traces are handed out one after the other to a few jobs, which all share the budget. */
struct indexing {
    const struct options *options; /* borrowed, as rules */
    const struct rules *rules;
    unsigned jobs;
    bool shows_progress;
    size_t next, done; /* traces; counted atomically */
    enum exit_status verdict;
};

struct index_job {
    struct job job; /* first */
    struct indexing *indexing;
};

static void worsen(struct indexing *indexing, enum exit_status verdict) {
    flockfile(stderr);
    const bool worse = indexing->verdict == EXIT_DONE || verdict == EXIT_ERROR;
    indexing->verdict = worse ? verdict : indexing->verdict;
    funlockfile(stderr);
}

static void show(struct indexing *indexing, const char *trace, const char *what) {
    const size_t done = __atomic_add_fetch(&indexing->done, 1, __ATOMIC_RELAXED);
    if (indexing->shows_progress)
        fprintf(stderr, "tracecmp: %zu of %zu: %s: %s\n", done, indexing->options->trace_count, trace, what);
}

static void judge(struct indexing *indexing, const char *trace, const struct trace_index *index,
                  const struct summary *summary) {
    const enum exit_status damaged = say_losses(trace, summary);
    if (damaged != EXIT_DONE)
        worsen(indexing, damaged);
    if (index->outcome != INDEX_FAILED) {
        show(indexing, trace, index->outcome == INDEX_USED ? "its index is up to date" : "indexed");
        return;
    }
    show(indexing, trace, "no index");
    if (damaged != EXIT_DONE)
        return;
    say_error(&index->failure);
    worsen(indexing, EXIT_ERROR);
}

static enum status load_one(struct indexing *indexing, const struct options *options, struct error *error) {
    struct load *load;
    struct summary *summary;
    TRY(load_traces(&load, options, indexing->rules, NULL, &summary, error));
    judge(indexing, options->traces[0], load_finish(load), summary);
    load_free(load);
    summary_free(summary);
    return STATUS_OK;
}

static void index_trace(struct indexing *indexing, char *trace) {
    struct options options = *indexing->options;
    struct error error = {0};
    options.traces = &trace;
    options.trace_count = 1;
    options.memory_bytes = options_share(options.memory_bytes, indexing->jobs);
    options.threads = indexing->jobs > 1 ? 1 : options.threads;
    options.progress = indexing->jobs > 1 ? WHEN_NEVER : options.progress;
    if (load_one(indexing, &options, &error) == STATUS_OK)
        return;
    show(indexing, trace, "no index");
    say_error(&error);
    worsen(indexing, EXIT_ERROR);
}

static void run_job(struct job *job, unsigned worker) {
    struct indexing *indexing = ((struct index_job *)job)->indexing;
    (void)worker;
    for (;;) {
        const size_t trace = __atomic_fetch_add(&indexing->next, 1, __ATOMIC_RELAXED);
        if (trace >= indexing->options->trace_count)
            return;
        index_trace(indexing, indexing->options->traces[trace]);
    }
}

static void run_jobs(struct indexing *indexing) {
    struct index_job jobs[LIMIT_THREADS];
    struct pool *pool = indexing->jobs > 1 ? pool_new(indexing->jobs) : NULL;
    indexing->jobs = pool ? indexing->jobs : 1;
    for (unsigned i = 0; i < indexing->jobs; i++)
        jobs[i] = (struct index_job){{.run = run_job}, indexing};
    for (unsigned i = 0; pool && i < indexing->jobs; i++)
        pool_submit(pool, &jobs[i].job);
    for (unsigned i = 0; pool && i < indexing->jobs; i++)
        pool_wait(pool, &jobs[i].job);
    if (!pool)
        run_job(&jobs[0].job, 0);
    pool_free(pool);
}

enum status index_command(const struct options *options, enum exit_status *exit_status, struct error *error) {
    struct rules *rules;
    TRY(load_rules(options, &rules, error));
    const unsigned threads = load_threads(options);
    struct indexing indexing = {
        .options = options,
        .rules = rules,
        .jobs = threads < options->trace_count ? threads : (unsigned)options->trace_count,
        .shows_progress = load_shows_progress(options),
    };
    run_jobs(&indexing);
    rules_free(rules);
    *exit_status = indexing.verdict;
    return STATUS_OK;
}
