#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum {
    FOR_SUMMARY = 1 << COMMAND_SUMMARY,
    FOR_COMPARE = 1 << COMMAND_COMPARE,
    FOR_TAIL = 1 << COMMAND_TAIL,
    FOR_INDEX = 1 << COMMAND_INDEX,
    FOR_ONE = FOR_SUMMARY | FOR_TAIL,
    FOR_REPORTS = FOR_ONE | FOR_COMPARE,
    FOR_INDEXES = FOR_SUMMARY | FOR_COMPARE | FOR_INDEX,
    FOR_ALL = FOR_REPORTS | FOR_INDEX,
};

struct option {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* its name in the help; NULL: takes none */
    unsigned commands;
    const char *help;
    enum status (*set)(struct options *options, const char *value, struct error *error);
};

struct choice {
    const char *word;
    int value;
};

static enum status choose(const struct choice *choices, const char *value, const char *what, int *chosen,
                          struct error *error) {
    for (; choices->word; choices++) {
        if (strcmp(choices->word, value) == 0) {
            *chosen = choices->value;
            return STATUS_OK;
        }
    }
    return FAIL(error, STATUS_USAGE, "no such %s: '%s'", what, value);
}

static enum status parse_number(const char *value, uint64_t least, uint64_t most, uint64_t *number, const char **rest,
                                struct error *error) {
    char *end;
    errno = 0;
    *number = strtoull(value, &end, 10);
    if (end == value || value[0] < '0' || value[0] > '9' || errno != 0 || *number < least || *number > most)
        return FAIL(error, STATUS_USAGE, "'%s' is not a number from %" PRIu64 " to %" PRIu64, value, least, most);
    *rest = end;
    return STATUS_OK;
}

static enum status parse_count(const char *value, uint64_t least, uint64_t most, uint64_t *number,
                               struct error *error) {
    const char *rest;
    TRY(parse_number(value, least, most, number, &rest, error));
    return *rest ? FAIL(error, STATUS_USAGE, "'%s' is not a whole number", value) : STATUS_OK;
}

/* Bytes, with K, M or G for powers of 1024. */
static enum status parse_size(const char *value, size_t *bytes, struct error *error) {
    static const char units[] = "KMG";
    uint64_t number;
    const char *rest;
    TRY(parse_number(value, 1, UINT64_C(1) << 33, &number, &rest, error));
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    if (*rest && (!unit || rest[1]))
        return FAIL(error, STATUS_USAGE, "'%s' is not a size such as 64M", value);
    *bytes = (size_t)number << (unit ? 10 * (unit - units + 1) : 0);
    return STATUS_OK;
}

static enum status set_format(struct options *options, const char *value, struct error *error) {
    static const struct choice choices[] = {
        {"text", REPORT_TEXT}, {"json", REPORT_JSON}, {"csv", REPORT_CSV}, {"html", REPORT_HTML}, {0}};
    int chosen = 0;
    TRY(choose(choices, value, "format", &chosen, error));
    options->report.format = (enum report_format)chosen;
    return STATUS_OK;
}

static enum status set_table(struct options *options, const char *value, struct error *error) {
    static const struct choice choices[] = {{"operations", REPORT_OPERATIONS}, {"kernels", REPORT_KERNELS},
                                            {"cpu_ops", REPORT_CPU_OPS},       {"phases", REPORT_PHASES},
                                            {"steps", REPORT_STEPS},           {"layers", REPORT_LAYERS},
                                            {"timeline", REPORT_TIMELINE},     {0}};
    int chosen = 0;
    TRY(choose(choices, value, "table", &chosen, error));
    options->report.table = (enum report_table)chosen;
    return STATUS_OK;
}

static enum status set_phase(struct options *options, const char *value, struct error *error) {
    options->aggregate.one_phase = strcmp(value, "all") != 0;
    if (!options->aggregate.one_phase)
        return STATUS_OK;
    for (int phase = 0; phase < PHASES; phase++) {
        options->aggregate.phase = (enum phase)phase;
        if (strcmp(phase_name(options->aggregate.phase), value) == 0)
            return STATUS_OK;
    }
    return FAIL(error, STATUS_USAGE, "no such phase: '%s'", value);
}

static enum status set_per(struct options *options, const char *value, struct error *error) {
    static const struct choice choices[] = {{"step", COMPARE_PER_STEP}, {"total", COMPARE_PER_TOTAL}, {0}};
    int chosen = 0;
    TRY(choose(choices, value, "way to compare (step or total)", &chosen, error));
    options->compare.per = (enum compare_per)chosen;
    return STATUS_OK;
}

/* A share or a time; the other one stays. */
static enum status set_similar(struct options *options, const char *value, struct error *error) {
    struct threshold limit;
    size_t at;
    const char *reason = threshold_parse(&limit, text_from(value), &at);
    if (reason)
        return FAIL(error, STATUS_USAGE, "%s: '%s'", reason, value);
    if (limit.digits < 0)
        return FAIL(error, STATUS_USAGE, "it cannot be negative: '%s'", value);
    if (limit.unit_ns == 0)
        options->compare.similar_share = limit;
    else
        options->compare.similar_time = limit;
    return STATUS_OK;
}

static enum status parse_when(const char *value, enum when *when, struct error *error) {
    static const struct choice choices[] = {{"auto", WHEN_AUTO}, {"always", WHEN_ALWAYS}, {"never", WHEN_NEVER}, {0}};
    int chosen = 0;
    TRY(choose(choices, value, "choice (auto, always, never)", &chosen, error));
    *when = (enum when)chosen;
    return STATUS_OK;
}

static enum status set_color(struct options *options, const char *value, struct error *error) {
    return parse_when(value, &options->color, error);
}

static enum status set_progress(struct options *options, const char *value, struct error *error) {
    return parse_when(value, &options->progress, error);
}

static enum status set_index(struct options *options, const char *value, struct error *error) {
    if (!*value)
        return FAIL(error, STATUS_USAGE, "the directory's name is empty");
    options->index = strcmp(value, "auto") == 0  ? INDEX_AUTO
                     : strcmp(value, "off") == 0 ? INDEX_OFF
                                                 : INDEX_IN_DIRECTORY;
    options->index_directory = value;
    return STATUS_OK;
}

static enum status set_top(struct options *options, const char *value, struct error *error) {
    uint64_t number;
    TRY(parse_count(value, 1, UINT32_MAX, &number, error));
    options->report.top = (uint32_t)number;
    return STATUS_OK;
}

static enum status set_threads(struct options *options, const char *value, struct error *error) {
    uint64_t number;
    TRY(parse_count(value, 1, LIMIT_THREADS, &number, error));
    options->threads = (unsigned)number;
    return STATUS_OK;
}

static enum status set_memory(struct options *options, const char *value, struct error *error) {
    return parse_size(value, &options->memory_bytes, error);
}

static enum status set_chunk(struct options *options, const char *value, struct error *error) {
    return parse_size(value, &options->chunk_bytes, error);
}

/* Seconds, with at most three decimals. */
static enum status parse_seconds(const char *value, unsigned *milliseconds, struct error *error) {
    enum { LEAST_MS = 100, MOST_SECONDS = 1000000 };
    const size_t whole = strspn(value, "0123456789");
    const bool has_point = value[whole] == '.';
    const size_t decimals = has_point ? strspn(value + whole + 1, "0123456789") : 0;
    const double seconds = strtod(value, NULL);
    if (whole + decimals == 0 || decimals > 3 || value[whole + has_point + decimals] != '\0' ||
        seconds > MOST_SECONDS || seconds * 1000 < LEAST_MS)
        return FAIL(error, STATUS_USAGE, "'%s' is not a number of seconds from 0.1 to %d", value, MOST_SECONDS);
    *milliseconds = (unsigned)(seconds * 1000 + 0.5);
    return STATUS_OK;
}

static enum status set_interval(struct options *options, const char *value, struct error *error) {
    return parse_seconds(value, &options->interval_ms, error);
}

static enum status set_idle(struct options *options, const char *value, struct error *error) {
    return parse_seconds(value, &options->idle_ms, error);
}

static enum status set_output(struct options *options, const char *value, struct error *error) {
    if (!*value)
        return FAIL(error, STATUS_USAGE, "the output's name is empty");
    options->output = value;
    return STATUS_OK;
}

static enum status set_step(struct options *options, const char *value, struct error *error) {
    (void)error;
    options->step_regex = value;
    return STATUS_OK;
}

static enum status set_rules(struct options *options, const char *value, struct error *error) {
    if (options->rule_count == OPTIONS_RULES)
        return FAIL(error, STATUS_USAGE, "more than %d --rules", OPTIONS_RULES);
    options->rules[options->rule_count++] = value;
    return STATUS_OK;
}

static enum status set_gate(struct options *options, const char *value, struct error *error) {
    if (options->gate_count == OPTIONS_GATES)
        return FAIL(error, STATUS_USAGE, "more than %d --fail-on", OPTIONS_GATES);
    options->gates[options->gate_count++] = value;
    return STATUS_OK;
}

#define FLAG(function, statement)                                                                                      \
    static enum status function(struct options *options, const char *value, struct error *error) {                     \
        (void)value;                                                                                                   \
        (void)error;                                                                                                   \
        statement;                                                                                                     \
        return STATUS_OK;                                                                                              \
    }
FLAG(set_all, options->report.top = UINT32_MAX)
FLAG(set_layers, options->report.layers = true)
FLAG(set_stacks, options->report.stacks = true)
FLAG(set_no_stacks, options->collect_stacks = false)
FLAG(set_stats, options->stats = true)
FLAG(set_help, options->help = true)
FLAG(set_version, options->version = true)

static const struct option table[] = {
    {"format", 'f', "FORM", FOR_REPORTS, "text, json, csv or html (default text)", set_format},
    {"output", 'o', "FILE", FOR_REPORTS, "write the report there instead of standard output", set_output},
    {"table", 0, "NAME", FOR_REPORTS,
     "the table for csv: operations, kernels, cpu_ops, phases, steps, layers, timeline", set_table},
    {"top", 0, "N", FOR_REPORTS, "rows per table in text (default 10)", set_top},
    {"all", 0, NULL, FOR_REPORTS, "all rows of every table in text", set_all},
    {"phase", 0, "PHASE", FOR_REPORTS, "only GPU events of that phase: all, prefill, decode, mixed or none", set_phase},
    {"stacks", 0, NULL, FOR_ONE, "print the most frequent Python stack of each kernel", set_stacks},
    {"no-stacks", 0, NULL, FOR_REPORTS, "do not even collect Python stacks", set_no_stacks},
    {"layers", 0, NULL, FOR_REPORTS, "print the layer table", set_layers},
    {"per", 0, "UNIT", FOR_COMPARE, "compare per step or in total (default: step when the step counts differ)",
     set_per},
    {"similar", 0, "LIMIT", FOR_COMPARE, "gaps up to this are similar: a share or a time; may repeat (1% and 50us)",
     set_similar},
    {"step", 0, "REGEX", FOR_REPORTS, "annotations that are steps, POSIX extended (default: the known forms)",
     set_step},
    {"rules", 0, "FILE", FOR_REPORTS, "operation rules put before the built-in ones; may repeat", set_rules},
    {"fail-on", 0, "EXPR", FOR_COMPARE, "exit 1 when it holds, such as 'total>5%'; may repeat", set_gate},
    {"memory", 0, "SIZE", FOR_ALL, "budget for records, beyond which they go to $TMPDIR (default 256M)", set_memory},
    {"threads", 0, "N", FOR_ALL, "worker threads, 1 to 16 (default: online CPUs, at most 4)", set_threads},
    {"chunk", 0, "SIZE", FOR_ALL, "largest piece of input handled at once; the report does not depend on it",
     set_chunk},
    {"index", 0, "WHERE", FOR_INDEXES,
     "TRACE.trace.idx for instant re-loads: auto (beside the trace), off, or a directory", set_index},
    {"interval", 0, "SECONDS", FOR_TAIL, "time between two reports (default 1)", set_interval},
    {"until-idle", 0, "SECONDS", FOR_TAIL, "end when nothing was written for so long (default: never)", set_idle},
    {"progress", 0, "WHEN", FOR_ALL, "progress on standard error: auto, always or never", set_progress},
    {"stats", 0, NULL, FOR_SUMMARY | FOR_COMPARE,
     "what loading took, on standard error: time, memory, temporary files", set_stats},
    {"color", 0, "WHEN", FOR_REPORTS, "colour: auto, always or never (default auto; NO_COLOR is honoured)", set_color},
    {"help", 'h', NULL, FOR_ALL, "print this help", set_help},
    {"version", 0, NULL, FOR_ALL, "print the version", set_version},
};

static const struct {
    const char *name, *arguments, *help;
    enum command command;
    size_t traces;
} commands[] = {
    {"summary", "TRACE", "one trace: where the GPU time goes", COMMAND_SUMMARY, 1},
    {"compare", "BASE TEST", "two traces: what got slower or faster, and why", COMMAND_COMPARE, 2},
    {"tail", "TRACE", "one trace while it is written: reports on the way, and one at its end", COMMAND_TAIL, 1},
    {"index", "TRACE...", "write TRACE.trace.idx for instant re-loads", COMMAND_INDEX, 0},
};
enum { COMMANDS = sizeof commands / sizeof *commands, OPTION_ROWS = sizeof table / sizeof *table };

static void print_options(unsigned command_bit, FILE *out) {
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option *option = &table[i];
        if (!(option->commands & command_bit))
            continue;
        char left[40];
        const char letter[] = {'-', option->letter, ',', ' ', 0};
        snprintf(left, sizeof left, "%s--%s %s", option->letter ? letter : "    ", option->name,
                 option->argument ? option->argument : "");
        fprintf(out, "  %-24s %s\n", left, option->help);
    }
}

static const char exit_help[] = "\nExit status: 0 done; 1 a --fail-on condition holds; 2 error, no report;\n"
                                "3 report made, but the input was damaged or incomplete.\n";

void options_help(const struct options *options, FILE *out) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].command != options->command)
            continue;
        fprintf(out, "tracecmp %s [options] %s\n\n%s\n", commands[i].name, commands[i].arguments, commands[i].help);
        fputs(options->command == COMMAND_INDEX ? "A trace is the path of a file.\n"
                                                : "A trace is a path, or - for standard input.\n",
              out);
        print_options(1u << options->command, out);
        fputs(exit_help, out);
        return;
    }
    fputs("tracecmp: where the GPU time of a profiler trace goes, and what differs between two\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++) {
        char left[40];
        snprintf(left, sizeof left, "tracecmp %s [options] %s", commands[i].name, commands[i].arguments);
        fprintf(out, "  %-37s %s\n", left, commands[i].help);
    }
    fputs("  tracecmp COMMAND --help               the options of a command\n"
          "  tracecmp --version                    the version\n",
          out);
    fputs(exit_help, out);
}

const char *options_command_name(enum command command) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].command == command)
            return commands[i].name;
    return "";
}

static const struct option *find_option(const char *name, size_t length) {
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return &table[i];
    return NULL;
}

static const struct option *find_letter(char letter) {
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (letter && table[i].letter == letter)
            return &table[i];
    return NULL;
}

/* The arguments not yet looked at. */
struct rest {
    char **arguments;
    int count;
};

static char *take(struct rest *rest) {
    rest->count--;
    return *rest->arguments++;
}

static enum status apply(struct options *options, const struct option *option, const char *attached, struct rest *rest,
                         struct error *error) {
    if (options->command != COMMAND_NONE && !(option->commands & 1u << options->command))
        return FAIL(error, STATUS_USAGE, "--%s does not belong to this command", option->name);
    if (!option->argument && attached)
        return FAIL(error, STATUS_USAGE, "--%s takes no value", option->name);
    if (option->argument && !attached && rest->count == 0)
        return FAIL(error, STATUS_USAGE, "--%s needs a value", option->name);
    const char *value = option->argument && !attached ? take(rest) : attached;
    const enum status status = option->set(options, value, error);
    if (status != STATUS_OK)
        error_add(error, __FILE__, __LINE__, "--%s", option->name);
    return status;
}

static enum status take_option(struct options *options, const char *argument, struct rest *rest, struct error *error) {
    if (argument[1] != '-') {
        const struct option *option = find_letter(argument[1]);
        if (!option)
            return FAIL(error, STATUS_USAGE, "unknown option %s", argument);
        return apply(options, option, argument[2] ? argument + 2 : NULL, rest, error);
    }
    const char *name = argument + 2, *equals = strchr(name, '=');
    const struct option *option = find_option(name, equals ? (size_t)(equals - name) : strlen(name));
    if (!option)
        return FAIL(error, STATUS_USAGE, "unknown option %s", argument);
    return apply(options, option, equals ? equals + 1 : NULL, rest, error);
}

static enum status take_word(struct options *options, char *word, struct error *error) {
    if (options->command == COMMAND_NONE) {
        for (size_t i = 0; i < COMMANDS; i++)
            if (strcmp(commands[i].name, word) == 0)
                options->command = commands[i].command;
        return options->command == COMMAND_NONE ? FAIL(error, STATUS_USAGE, "unknown command '%s'", word) : STATUS_OK;
    }
    if (!*word)
        return FAIL(error, STATUS_USAGE, "the trace's name is empty");
    if (options->trace_count == OPTIONS_SIDES && options->command != COMMAND_INDEX)
        return FAIL(error, STATUS_USAGE, "too many traces: '%s'", word);
    options->traces[options->trace_count++] = word;
    return STATUS_OK;
}

static enum status check_index(const struct options *options, struct error *error) {
    if (options->trace_count == 0)
        return FAIL(error, STATUS_USAGE, "index takes one trace or more");
    if (options->index == INDEX_OFF)
        return FAIL(error, STATUS_USAGE, "--index off leaves nothing to do");
    for (size_t i = 0; i < options->trace_count; i++)
        if (strcmp(options->traces[i], "-") == 0)
            return FAIL(error, STATUS_USAGE, "standard input has no index");
    return STATUS_OK;
}

static enum status check(const struct options *options, struct error *error) {
    if (options->help || options->version)
        return STATUS_OK;
    if (options->command == COMMAND_NONE)
        return FAIL(error, STATUS_USAGE, "no command given");
    if (options->command == COMMAND_INDEX)
        return check_index(options, error);
    const size_t wanted = options->command == COMMAND_COMPARE ? 2 : 1;
    if (options->trace_count != wanted)
        return FAIL(error, STATUS_USAGE, "%s takes %s", options_command_name(options->command),
                    wanted == 1 ? "one trace" : "two traces");
    if (wanted == 2 && strcmp(options->traces[0], "-") == 0 && strcmp(options->traces[1], "-") == 0)
        return FAIL(error, STATUS_USAGE, "standard input can be only one of the two traces");
    return STATUS_OK;
}

/* What takes time and no report of these options tells. */
static void leave_out_unused(struct options *options) {
    const struct report_options *report = &options->report;
    const bool shows_layers = report->format == REPORT_TEXT  ? report->layers
                              : report->format == REPORT_CSV ? report->table == REPORT_LAYERS
                                                             : true;
    const bool compares = options->command == COMMAND_COMPARE;
    options->aggregate.skip_step_detail = !compares;
    options->aggregate.skip_layers = !compares && (options->command == COMMAND_INDEX || !shows_layers);
}

enum status options_parse(struct options *options, int count, char **arguments, struct error *error) {
    *options = (struct options){.collect_stacks = true, .memory_bytes = (size_t)256 << 20, .interval_ms = 1000};
    options->traces = arguments;
    options->report.top = 10;
    options->report.version = TRACECMP_VERSION;
    struct rest rest = {arguments, count};
    bool words_only = false;
    while (rest.count > 0) {
        char *argument = take(&rest);
        if (!words_only && strcmp(argument, "--") == 0)
            words_only = true;
        else if (!words_only && argument[0] == '-' && argument[1])
            TRY(take_option(options, argument, &rest, error));
        else
            TRY(take_word(options, argument, error));
    }
    options->report.base_name = options->trace_count > 0 ? options->traces[0] : NULL;
    options->report.test_name = options->trace_count > 1 ? options->traces[1] : NULL;
    leave_out_unused(options);
    return check(options, error);
}

size_t options_share(size_t memory_bytes, size_t traces) {
    enum { LEAST_SHARE = 4 << 20 };
    const size_t even = memory_bytes / traces, least = even < LEAST_SHARE ? even : LEAST_SHARE;
    const size_t tables = (traces - 1) * LIMIT_TABLES_BYTES;
    const size_t share = memory_bytes > tables ? (memory_bytes - tables) / traces : 0;
    return share > least ? share : least;
}
