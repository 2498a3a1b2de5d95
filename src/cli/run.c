#include "cli/run.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/heap.h"

void say_error(const struct error *error) {
    flockfile(stderr); /* threads may have something to say at once */
    fputs("tracecmp: ", stderr);
    for (unsigned i = error->causes; i-- > 1;)
        fprintf(stderr, "%s: ", error->cause[i].text);
    if (error->input[0])
        fprintf(stderr, "%s: ", error->input);
    if (error->has_offset)
        fprintf(stderr, "byte %" PRIu64 ": ", error->offset);
    fprintf(stderr, "%s\n", error->causes > 0 ? error->cause[0].text : "unknown error");
    funlockfile(stderr);
}

static void print_usage_hint(const struct options *options) {
    const char *command = options_command_name(options->command);
    fprintf(stderr, "tracecmp: see 'tracecmp%s%s --help'\n", *command ? " " : "", command);
}

const char *trace_name(const char *path) {
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

enum exit_status say_losses(const char *name, const struct summary *summary) {
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        const struct anomaly_info *info = anomaly_get((enum anomaly)i);
        if (summary->tally.rows[i].count == 0 || info->severity < SEVERITY_DATA_LOSS)
            continue;
        fprintf(stderr, "tracecmp: %s: ", trace_name(name));
        if (summary->tally.rows[i].has_byte)
            fprintf(stderr, "byte %" PRIu64 ": ", summary->tally.rows[i].first_byte);
        fprintf(stderr, "%s", info->sentence);
        if (summary->tally.rows[i].count > 1)
            fprintf(stderr, " (%" PRIu64 " times)", summary->tally.rows[i].count);
        fputc('\n', stderr);
    }
    return tally_lost(&summary->tally) ? EXIT_DAMAGED : EXIT_DONE;
}

/* The terminal's columns; where there is none, $COLUMNS or 100. */
static unsigned find_width(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    const long width = columns ? strtol(columns, NULL, 10) : 0;
    return width >= 20 && width <= 1000 ? (unsigned)width : 100;
}

static bool want_color(const struct options *options) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (options->color != WHEN_AUTO)
        return options->color == WHEN_ALWAYS;
    return !options->output && isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static enum status run_command(struct options *options, enum exit_status *exit_status, struct error *error) {
    *exit_status = EXIT_DONE;
    if (options->version) {
        puts("tracecmp " TRACECMP_VERSION);
        return STATUS_OK;
    }
    if (options->help) {
        options_help(options, stdout);
        return STATUS_OK;
    }
    options->report.width = find_width();
    options->report.color = want_color(options);
    switch (options->command) {
    case COMMAND_SUMMARY:
        return summary_command(options, exit_status, error);
    case COMMAND_COMPARE:
        return compare_command(options, exit_status, error);
    case COMMAND_TAIL:
        heap_for_traces();
        return tail_command(options, exit_status, error);
    case COMMAND_INDEX:
    case COMMAND_NONE:
        break;
    }
    heap_for_traces();
    return index_command(options, exit_status, error);
}

enum exit_status run(int count, char **arguments) {
    struct options options;
    struct error error;
    enum exit_status exit_status;
    heap_at_start();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other, */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow */
    enum status status = options_parse(&options, count, arguments, &error);
    if (status == STATUS_OK)
        status = run_command(&options, &exit_status, &error);
    if (status == STATUS_OK && fflush(stdout) != 0) {
        status = FAIL(&error, STATUS_IO, "writing failed");
        error_input(&error, "standard output");
    }
    if (status == STATUS_OK)
        return exit_status;
    say_error(&error);
    if (status == STATUS_USAGE)
        print_usage_hint(&options);
    return EXIT_ERROR;
}
