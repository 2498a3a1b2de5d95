#include "cli/tail_reports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "cli/terminal.h"
#include "report/number_text.h"

enum { STATE_BYTES = 200, IDLE_SECONDS = 2 };

struct tail_reports {
    const struct options *options; /* borrowed */
    bool in_place;
    struct terminal terminal;
    char *glance;             /* owned; what the terminal shows above the line of state; NULL: nothing yet */
    struct tail_state before; /* when the last report was made */
    bool separate;            /* something was written that the next report must be told apart from */
};

struct tail_reports *tail_reports_new(const struct options *options, const struct tail_state *state) {
    struct tail_reports *reports = calloc(1, sizeof *reports);
    if (!reports)
        return NULL;
    *reports = (struct tail_reports){.options = options, .before = *state};
    reports->in_place = options->report.format == REPORT_TEXT && !options->output && isatty(STDOUT_FILENO);
    return reports;
}

void tail_reports_free(struct tail_reports *reports) {
    if (!reports)
        return;
    free(reports->glance);
    free(reports);
}

bool tail_reports_in_place(const struct tail_reports *reports) {
    return reports->in_place;
}

void tail_reports_make_way(struct tail_reports *reports) {
    if (!reports->in_place)
        return;
    terminal_erase(&reports->terminal);
    fflush(stdout);
}

static int describe_size(const struct tail_state *state, char text[STATE_BYTES]) {
    char bytes[NUMBER_BYTES], events[NUMBER_BYTES];
    number_bytes(bytes, state->read);
    number_grouped(events, state->events);
    return snprintf(text, STATE_BYTES, "%s, %s events", bytes, events);
}

/* What was read may have begun anew. */
static double rate(uint64_t now, uint64_t before, double seconds) {
    return (double)(now < before ? now : now - before) / seconds;
}

/* The rate is that since the last report. */
static void describe(const struct tail_reports *reports, const struct tail_state *state, char text[STATE_BYTES]) {
    const struct tail_state *before = &reports->before;
    const double seconds = state->seconds - before->seconds;
    if (!state->exists) {
        snprintf(text, STATE_BYTES, "waiting for it to appear");
        return;
    }
    const int used = describe_size(state, text);
    if (state->idle >= IDLE_SECONDS) {
        snprintf(text + used, STATE_BYTES - (size_t)used, "; nothing new for %.0f s", state->idle);
    } else if (seconds > 0) {
        char events[NUMBER_BYTES];
        number_grouped(events, (uint64_t)rate(state->events, before->events, seconds));
        snprintf(text + used, STATE_BYTES - (size_t)used, "; %.1f MB/s, %s events/s",
                 rate(state->read, before->read, seconds) / 1e6, events);
    }
}

static enum status flush(struct error *error) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    const enum status status = FAIL(error, STATUS_IO, "%s", strerror(errno));
    error_input(error, "standard output");
    return status;
}

static enum status render(const struct tail_reports *reports, const struct summary *summary, uint32_t top, char **text,
                          struct error *error) {
    struct report_options options = reports->options->report;
    size_t size;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return FAIL_MEMORY(error);
    options.top = top;
    options.width = reports->terminal.columns;
    enum status status = report_glance(out, summary, &options, error);
    if (fclose(out) != 0 && status == STATUS_OK)
        status = FAIL_MEMORY(error);
    if (status != STATUS_OK)
        free(*text);
    return status;
}

static size_t count_lines(const char *text) {
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* With as many rows in its tables as there is room for, below which are the line of state and the cursor. */
static enum status make_glance(struct tail_reports *reports, const struct summary *summary, struct error *error) {
    const size_t room = reports->terminal.rows > 3 ? reports->terminal.rows - 3 : 1;
    uint32_t top = reports->options->report.top < room ? reports->options->report.top : (uint32_t)room;
    char *text;
    TRY(render(reports, summary, top, &text, error));
    while (count_lines(text) > room && top > 1) {
        free(text);
        top--;
        TRY(render(reports, summary, top, &text, error));
    }
    free(reports->glance);
    reports->glance = text;
    return STATUS_OK;
}

/* The line of state last, whatever there is no room for. */
static enum status draw(struct tail_reports *reports, const struct tail_state *state, struct error *error) {
    char line[STATE_BYTES], *text = NULL;
    const char *glance = reports->glance ? reports->glance : "";
    describe(reports, state, line);
    const size_t lines = count_lines(glance), room = reports->terminal.rows > 3 ? reports->terminal.rows - 3 : 0;
    size_t used = 0;
    for (size_t i = 0; i < lines && i < room; i++)
        used += strcspn(glance + used, "\n") + 1;
    if (asprintf(&text, "%.*s%s%.*s\n", (int)used, glance, used > 0 ? "\n" : "", (int)reports->terminal.columns, line) <
        0)
        return FAIL_MEMORY(error);
    terminal_draw(&reports->terminal, text);
    free(text);
    return flush(error);
}

static enum status show_in_place(struct tail_reports *reports, const struct summary *summary,
                                 const struct tail_state *state, struct error *error) {
    if (terminal_measure(&reports->terminal, reports->options->report.width) && reports->terminal.drawn > 0) {
        fputs("\033[H\033[2J", stdout); /* lines were wrapped anew: how many there are is not known */
        reports->terminal.drawn = 0;
    }
    if (summary)
        TRY(make_glance(reports, summary, error));
    return draw(reports, state, error);
}

/* A line that tells one report from the next, where the form does not do so itself. */
static void separate(const struct tail_reports *reports, const struct tail_state *state, bool last) {
    char line[STATE_BYTES];
    if (last)
        describe_size(state, line);
    else
        describe(reports, state, line);
    if (reports->options->report.format == REPORT_TEXT)
        printf("%s== %s: %s ==\n\n", reports->separate ? "\n" : "", last ? "the end" : "so far", line);
    else if (reports->options->report.format == REPORT_CSV && reports->separate)
        putchar('\n');
}

enum status tail_reports_show(struct tail_reports *reports, const struct summary *summary,
                              const struct tail_state *state, struct error *error) {
    const struct options *options = reports->options;
    enum status status = STATUS_OK;
    if (reports->in_place) {
        status = show_in_place(reports, summary, state, error);
    } else if (summary && (options->output || options->report.format != REPORT_HTML)) {
        if (!options->output)
            separate(reports, state, false);
        status = write_summary(options, summary, error);
        reports->separate = !options->output;
    }
    reports->before = *state;
    return status;
}

enum status tail_reports_end(struct tail_reports *reports, const struct summary *summary,
                             const struct tail_state *state, struct error *error) {
    tail_reports_make_way(reports);
    if (reports->separate)
        separate(reports, state, true);
    return write_summary(reports->options, summary, error);
}
