#include "cli/trace_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/run.h"

static char *make_path(const struct options *options, const char *trace) {
    char *path = NULL;
    const char *slash = strrchr(trace, '/');
    const bool elsewhere = options->index == INDEX_IN_DIRECTORY;
    const int length = elsewhere
                           ? asprintf(&path, "%s/%s.trace.idx", options->index_directory, slash ? slash + 1 : trace)
                           : asprintf(&path, "%s.trace.idx", trace);
    return length < 0 ? NULL : path;
}

enum status trace_index_init(struct trace_index *index, const struct options *options, const char *trace,
                             struct error *error) {
    *index = (struct trace_index){.options = options, .trace = trace};
    if (options->index == INDEX_OFF || strcmp(trace, "-") == 0)
        return STATUS_OK;
    if (!identity_take(&index->identity, trace)) {
        index->outcome = INDEX_FAILED;
        (void)FAIL(&index->failure, STATUS_IO, "only a regular file that can be read has an index");
        error_input(&index->failure, trace);
        return STATUS_OK;
    }
    index->path = make_path(options, trace);
    return index->path ? STATUS_OK : FAIL_MEMORY(error);
}

void trace_index_fini(struct trace_index *index) {
    free(index->path);
    index->path = NULL;
}

bool trace_index_exists(const struct trace_index *index) {
    return index->path && access(index->path, F_OK) == 0;
}

enum status trace_index_read(struct trace_index *index, const struct rules *rules, struct summary **summary,
                             struct error *error) {
    struct index_reader *reader;
    const size_t share = options_share(index->options->memory_bytes, index->options->trace_count);
    *summary = NULL;
    if (!index->path)
        return STATUS_OK;
    enum status status = index_reader_new(&reader, index->path, &index->identity, error);
    if (status == STATUS_OK && reader)
        status = pipeline_replay(reader, index->options, rules, share, summary, error);
    index_reader_free(reader);
    if (status == STATUS_BAD_INDEX)
        index->unsound = *error;
    if (status == STATUS_BAD_INDEX || status == STATUS_LIMIT)
        return STATUS_OK;
    if (*summary)
        index->outcome = INDEX_USED;
    return status;
}

void trace_index_say(const struct trace_index *index) {
    if (index->unsound.code == STATUS_BAD_INDEX)
        say_error(&index->unsound);
}

/* A load that leaves frames out, or takes other annotations for steps, does not know what others need. */
const char *trace_index_target(const struct trace_index *index) {
    return index->options->collect_stacks && !index->options->step_regex ? index->path : NULL;
}

/* True when the trace is as it was before the load. */
static bool unchanged(const struct trace_index *index) {
    struct identity now;
    return identity_take(&now, index->trace) && identity_equal(&now, &index->identity);
}

static bool pays(const struct trace_index *index, const struct summary *summary) {
    return index->options->index == INDEX_IN_DIRECTORY || index->options->command == COMMAND_INDEX ||
           summary->document.bytes_uncompressed >= LIMIT_INDEX_BYTES;
}

void trace_index_commit(struct trace_index *index, struct pipeline *pipeline, const struct summary *summary) {
    if (!trace_index_target(index) || !pays(index, summary))
        return;
    enum status status;
    if (!unchanged(index)) {
        status = FAIL(&index->failure, STATUS_BAD_INDEX, "it changed while it was read: no index is written");
        error_input(&index->failure, index->trace);
    } else {
        status = pipeline_commit_index(pipeline, &index->identity, &index->failure);
        if (status != STATUS_OK && !index->failure.input[0])
            error_input(&index->failure, index->path);
    }
    index->outcome = status == STATUS_OK ? INDEX_WRITTEN : INDEX_FAILED;
}
