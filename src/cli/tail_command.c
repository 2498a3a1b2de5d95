#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/pool.h"
#include "cli/clock.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/tail_reports.h"

enum {
    TICK_MS = 100,
    PAUSE_FACTOR = 4, /* after a report on the way comes at least so many times the time it took */
};
static const double quiet_seconds = 0.3;     /* a closed document ends when nothing came behind it for so long */
static const double stream_seconds = 5;      /* likewise, when a compressed stream still wants its own end */
static const double most_idle_seconds = 0.2; /* that a look counts for: a program that was stopped did not look */

struct tail {
    const struct options *options; /* borrowed, as rules */
    const struct rules *rules;
    const char *path;
    struct pool *pool;         /* owned, as pipeline, reports and progress; NULL: one thread */
    struct pipeline *pipeline; /* of the content that is read now */
    struct tail_reports *reports;
    struct progress *progress; /* NULL: not wanted */
    struct read_input input;
    struct tail_state state;
    double next_report;
    uint64_t told;    /* bytes of the document that the last report was of */
    bool said_nameless;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal) {
    (void)signal;
    interrupted = 1;
}

/* The first signal asks for the report of what was seen; a second one ends the program as ever. */
static void catch_signals(void) {
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void say(const struct tail *tail, const char *what) {
    tail_reports_make_way(tail->reports);
    fprintf(stderr, "tracecmp: %s: %s\n", trace_name(tail->path), what);
}

static void update_state(struct tail *tail) {
    struct tail_state *state = &tail->state;
    const struct read_input *input = &tail->input;
    const double now = clock_seconds();
    if (input->bytes != state->read || input->bytes_uncompressed != state->bytes)
        state->idle = 0;
    else
        state->idle += now - state->seconds < most_idle_seconds ? now - state->seconds : most_idle_seconds;
    state->seconds = now;
    state->read = input->bytes;
    state->bytes = input->bytes_uncompressed;
    state->events = pipeline_events(tail->pipeline);
    if (input->nameless && !tail->said_nameless)
        say(tail, "it was removed or renamed; the file that is open is followed further");
    tail->said_nameless = input->nameless;
}

static bool is_over(const struct tail *tail) {
    return interrupted || (tail->options->idle_ms > 0 && tail->state.idle * 1000 >= tail->options->idle_ms);
}

/* The figures that belong to the input and not to the document. */
static void complete_peek(const struct tail *tail, struct summary *summary) {
    summary->document.bytes = tail->input.bytes;
    summary->document.compression = tail->input.compression;
    summary->document.complete = summary->document.complete && !tally_lost(&summary->tally);
}

static enum status show_peek(struct tail *tail, struct error *error) {
    struct summary *summary;
    TRY(pipeline_peek(tail->pipeline, &summary, error));
    complete_peek(tail, summary);
    tail->told = tail->state.bytes;
    const enum status status = tail_reports_show(tail->reports, summary, &tail->state, error);
    pipeline_free_peek(summary);
    return status;
}

/* A report costs what a summary of all that was read costs behind the reading, so the pause grows with it. */
static enum status report(struct tail *tail, struct error *error) {
    const double began = tail->state.seconds, interval = tail->options->interval_ms / 1000.0;
    const bool news = tail->state.bytes != tail->told && tail->state.events > 0;
    TRY(news ? show_peek(tail, error) : tail_reports_show(tail->reports, NULL, &tail->state, error));
    const double now = clock_seconds(), earliest = now + PAUSE_FACTOR * (now - began);
    tail->next_report = began + interval > earliest ? began + interval : earliest;
    return STATUS_OK;
}

static void show_progress(const struct tail *tail) {
    const struct progress_state state = {tail->state.read, tail->state.events, 0};
    if (tail->progress)
        progress_show(tail->progress, &state);
}

static enum status look(struct tail *tail, bool *stop, struct error *error) {
    update_state(tail);
    show_progress(tail);
    *stop = is_over(tail);
    if (*stop)
        return STATUS_OK;
    const bool due = tail->state.seconds >= tail->next_report;
    const bool quiet = tail->state.idle >= quiet_seconds;
    if (due || quiet)
        TRY(pipeline_drain(tail->pipeline, error));
    tail->state.events = pipeline_events(tail->pipeline);
    *stop = quiet && pipeline_closed(tail->pipeline) && (!tail->input.in_stream || tail->state.idle >= stream_seconds);
    return due && !*stop ? report(tail, error) : STATUS_OK;
}

static enum status tick(void *self, bool *stop, struct error *error) {
    struct tail *tail = self;
    const enum status status = look(tail, stop, error);
    if (status != STATUS_OK && error->input[0] == 0)
        error_input(error, trace_name(tail->path));
    return status;
}

/* A file that is not there yet. What else may be wrong with the path shows when it is opened. */
static enum status wait_for_file(struct tail *tail, struct error *error) {
    const struct timespec pause = {.tv_nsec = TICK_MS * 1000000L};
    struct stat info;
    bool stop = false;
    while (!stop && strcmp(tail->path, "-") != 0 && stat(tail->path, &info) != 0 && errno == ENOENT) {
        TRY(tick(tail, &stop, error));
        if (!stop)
            nanosleep(&pause, NULL);
    }
    return STATUS_OK;
}

static enum status read_content(struct tail *tail, struct error *error) {
    const struct options *options = tail->options;
    const struct read_options how = {
        .chunk_bytes = options->chunk_bytes, .tick = tick, .tick_self = tail, .interval_ms = TICK_MS};
    TRY(pipeline_new(&tail->pipeline, options, tail->rules, tail->pool, options->memory_bytes, NULL, error));
    tail->input = (struct read_input){.path = tail->path, .follow = true, .sink = pipeline_sink(tail->pipeline)};
    TRY(wait_for_file(tail, error));
    tail->state.exists = true;
    const enum status status = read_inputs(&tail->input, 1, &how, error);
    update_state(tail);
    if (status != STATUS_OK && error->input[0] == 0)
        error_input(error, trace_name(tail->path));
    return status;
}

/* What was read is no more; its report is given, unless it was, and the pipeline forgets it. status: of reading it. */
static enum status begin_anew(struct tail *tail, enum status status, struct error *error) {
    static const char *const changes[] = {
        [READ_TRUNCATED] = "it was truncated: what was read before is no part of what follows",
        [READ_REWRITTEN] = "it was written anew: what was read before is no part of what follows",
        [READ_REPLACED] = "another file has its name now: what was read before is no part of what follows",
    };
    if (status == STATUS_OK && tail->state.bytes != tail->told) {
        struct summary *summary = load_take_summary(tail->pipeline, &tail->input);
        status = tail_reports_show(tail->reports, summary, &tail->state, error);
        summary_free(summary);
    }
    if (status != STATUS_OK && status != STATUS_NOT_A_TRACE)
        return status;
    say(tail, changes[tail->input.change]);
    pipeline_free(tail->pipeline);
    tail->pipeline = NULL;
    tail->told = 0;
    return STATUS_OK;
}

/* All of it, and of what may take its place. */
static enum status follow(struct tail *tail, struct error *error) {
    for (;;) {
        const enum status status = read_content(tail, error);
        if (tail->input.change == READ_UNCHANGED)
            return status;
        TRY(begin_anew(tail, status, error));
    }
}

static enum status begin(struct tail *tail, struct error *error) {
    const struct options *options = tail->options;
    tail->pool = load_pool(options);
    tail->state.seconds = clock_seconds();
    tail->reports = tail_reports_new(options, &tail->state);
    if (!tail->reports)
        return FAIL_MEMORY(error);
    if (load_shows_progress(options) && !isatty(STDOUT_FILENO))
        tail->progress = progress_new(isatty(STDERR_FILENO));
    const double first_interval = tail_reports_in_place(tail->reports) ? 0 : options->interval_ms / 1000.0;
    tail->next_report = tail->state.seconds + first_interval;
    catch_signals();
    return STATUS_OK;
}

static enum status work(struct tail *tail, enum exit_status *exit_status, struct error *error) {
    TRY(begin(tail, error));
    TRY(follow(tail, error));
    progress_free(tail->progress);
    tail->progress = NULL;
    struct summary *summary = load_take_summary(tail->pipeline, &tail->input);
    const enum status status = tail_reports_end(tail->reports, summary, &tail->state, error);
    if (status == STATUS_OK)
        *exit_status = say_losses(tail->path, summary);
    summary_free(summary);
    return status;
}

enum status tail_command(const struct options *options, enum exit_status *exit_status, struct error *error) {
    struct rules *rules;
    TRY(load_rules(options, &rules, error));
    struct tail tail = {.options = options, .rules = rules, .path = options->traces[0]};
    const enum status status = work(&tail, exit_status, error);
    if (status != STATUS_OK && tail.reports)
        tail_reports_make_way(tail.reports);
    progress_free(tail.progress);
    tail_reports_free(tail.reports);
    pipeline_free(tail.pipeline);
    pool_free(tail.pool);
    rules_free(rules);
    return status;
}
