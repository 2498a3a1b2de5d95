#include "gen_options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option_row {
    const char *name, *argument; /* argument NULL: a truth value */
    const char *help;
    bool (*set)(struct options *options, const struct option_row *row, const char *value);
    size_t offset; /* of the field */
    int64_t least, most;
    const char *const *words; /* the value is the index of one */
};

static int64_t *field_of(struct options *options, const struct option_row *row) {
    return (int64_t *)(void *)((char *)options + row->offset);
}

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *value) {
    char *end;
    long long number = strtoll(text, &end, 10);
    *value = number;
    return end != text && *end == '\0' && number >= least && number <= most;
}

static bool set_true(struct options *options, const struct option_row *row, const char *value) {
    (void)value;
    *field_of(options, row) = 1;
    return true;
}

static bool set_false(struct options *options, const struct option_row *row, const char *value) {
    (void)value;
    *field_of(options, row) = 0;
    return true;
}

static bool set_number(struct options *options, const struct option_row *row, const char *value) {
    return read_number(value, row->least, row->most, field_of(options, row));
}

static bool set_word(struct options *options, const struct option_row *row, const char *value) {
    for (int64_t i = 0; row->words[i]; i++) {
        if (strcmp(row->words[i], value) == 0) {
            *field_of(options, row) = i;
            return true;
        }
    }
    return false;
}

/* A decimal number and the power of ten that the letters after it stand for; at most three decimals. */
static bool read_scaled(const char *text, int64_t unit, const char **rest, int64_t *value) {
    int64_t whole = 0, thousandths = 0, place = 100;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && whole < 1000000000; at++)
        whole = whole * 10 + (*at - '0');
    if (at == text)
        return false;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++, place /= 10)
            thousandths += place * (*at - '0');
    *rest = at;
    *value = whole * unit + thousandths * unit / 1000;
    return true;
}

static bool set_size(struct options *options, const struct option_row *row, const char *value) {
    static const char letters[] = "KMGT";
    const char *last = value + strlen(value), *rest;
    const char *letter = last > value ? strchr(letters, last[-1]) : NULL;
    int64_t unit = 1;
    for (ptrdiff_t i = 0; letter && i <= letter - letters; i++)
        unit *= 1000;
    return read_scaled(value, unit, &rest, field_of(options, row)) && rest + (letter ? 1 : 0) == last &&
           *field_of(options, row) > 0;
}

static bool set_milliseconds(struct options *options, const struct option_row *row, const char *value) {
    const char *rest;
    return read_scaled(value, 1000000, &rest, field_of(options, row)) && *rest == '\0';
}

static bool find_family(const char *name, size_t size, int *family) {
    for (*family = 0; *family < FAMILIES; ++*family)
        if (strncmp(family_names[*family], name, size) == 0 && family_names[*family][size] == '\0')
            return true;
    return false;
}

static bool set_slow(struct options *options, const struct option_row *row, const char *value) {
    int family;
    size_t size = strcspn(value, "=");
    return value[size] == '=' && find_family(value, size, &family) &&
           read_number(value + size + 1, row->least, row->most, &options->slow[family]);
}

static bool set_drop(struct options *options, const struct option_row *row, const char *value) {
    int family;
    (void)row;
    if (!find_family(value, strlen(value), &family))
        return false;
    options->drop[family] = 1;
    return true;
}

/* KIND[*TIMES],… */
static bool set_pattern(struct options *options, const struct option_row *row, const char *value) {
    options->pattern_count = 0;
    for (const char *at = value;; at++) {
        size_t size = strcspn(at, "*,");
        int64_t kind = 0;
        long times = 1;
        while (row->words[kind] && (strncmp(row->words[kind], at, size) != 0 || row->words[kind][size] != '\0'))
            kind++;
        if (!row->words[kind])
            return false;
        at += size;
        if (*at == '*') {
            char *end;
            times = strtol(at + 1, &end, 10);
            at = end;
        }
        if (times < 1 || times > OPTION_PATTERN - options->pattern_count || (*at != ',' && *at != '\0'))
            return false;
        while (times-- > 0)
            options->pattern[options->pattern_count++] = (enum phase)kind;
        if (*at == '\0')
            return true;
    }
}

static const char *const vendors[] = {"nvidia", "amd", NULL};
static const char *const kinds[] = {"prefill", "mixed", "decode", NULL};
static const char *const notes[] = {"vllm", "vllm-detailed", "sglang", "atom", "profiler", "none", NULL};
static const char *const forms[] = {"object", "array", "array-open", "lines", NULL};
static const char *const fusions[] = {"none", "norm-gemm", NULL};

#define FIELD(name) offsetof(struct options, name)
#define COUNT(name, least, most) set_number, FIELD(name), least, most, NULL
#define SWITCH(name) set_true, FIELD(name), 0, 0, NULL
#define WORD(name, words) set_word, FIELD(name), 0, 0, words

static const struct option_row rows[] = {
    {"--seed", "N", "numbers the jitter, not the requests; same seed, same bytes (1)", COUNT(seed, 0, 1 << 30)},
    {"--vendor", "NAME", "nvidia or amd (nvidia)", WORD(vendor, vendors)},
    {"--steps", "N", "serving steps (8)", COUNT(steps, 1, 100000000)},
    {"--bytes", "SIZE", "instead of --steps: as many as it takes to pass SIZE (919M, 1.1G, 200G; powers of 1000)",
     set_size, FIELD(bytes), 0, 0, NULL},
    {"--phases", "LIST", "the kinds of steps, repeated: prefill,mixed,decode*6", set_pattern, 0, 0, 0, kinds},
    {"--annotations", "STYLE", "vllm, vllm-detailed, sglang, atom, profiler or none (vllm)", WORD(annotations, notes)},
    {"--layers", "N", "decoder layers (24)", COUNT(layers, 1, 10000)},
    {"--moe", NULL, "mixture-of-experts layers", SWITCH(moe)},
    {"--tp", "N", "tensor-parallel ranks; above 1 adds collectives on a second stream (1)", COUNT(tp, 1, 1024)},
    {"--devices", "N", "GPUs in the one file, each with its own threads (1)", COUNT(devices, 1, 64)},
    {"--rows", "N", "CPU threads per GPU that the steps take turns on (1)", COUNT(rows, 1, 100000)},
    {"--noise", "PERCENT", "most that a kernel's time differs from its usual one (2)", COUNT(noise, 0, 90)},
    {"--slow", "FAMILY=PERCENT", "makes these kernels slower, or faster when negative; may repeat", set_slow, 0, -99,
     100000, NULL},
    {"--warm-up", "PERCENT", "makes all kernels of the first step so much slower (0)", COUNT(warm_up, 0, 100000)},
    {"--drop", "FAMILY", "leaves these kernels out; may repeat", set_drop, 0, 0, 0, NULL},
    {"--add-kernel", "N", "more elementwise kernels per layer (0)", COUNT(add_kernel, 0, 1000)},
    {"--fuse", "norm-gemm", "each norm and the GEMM after it in one kernel: their time less 40 % of the norm's",
     WORD(fuse, fusions)},
    {"--drop-layer", "N", "leaves out layer N", COUNT(drop_layer, 0, 10000)},
    {"--clip-start", "MS", "no events that start before (0)", set_milliseconds, FIELD(clip_start_ns), 0, 0, NULL},
    {"--clip-end", "MS", "no events that start after", set_milliseconds, FIELD(clip_end_ns), 0, 0, NULL},
    {"--no-stacks", NULL, "no Python frames", SWITCH(no_stacks)},
    {"--no-shapes", NULL, "no input shapes", SWITCH(no_shapes)},
    {"--no-flows", NULL, "no arrows from calls to GPU events", SWITCH(no_flows)},
    {"--stack-depth", "N", "more Python frames around each step (0)", COUNT(stack_depth, 0, OPTION_STACK_DEPTH)},
    {"--distinct-frames", "N", "a Python frame around each launch, by N names in turn (0)",
     COUNT(distinct_frames, 0, 1000000000)},
    {"--distinct-kernels", "N", "one more kernel per layer, by N names in turn (0)",
     COUNT(distinct_kernels, 0, 1000000000)},
    {"--form", "FORM", "object, array, array-open (never closed) or lines (object)", WORD(form, forms)},
    {"--compact", NULL, "one line, as json.dumps writes", SWITCH(compact)},
    {"--pretty", NULL, "several lines an event, as Kineto writes (default)", set_false, FIELD(compact), 0, 0, NULL},
    {"--reverse", NULL, "each class of events from the last to the first", SWITCH(reverse)},
};

enum { ROWS = sizeof rows / sizeof *rows };

static void print_help(void) {
    printf("usage: tracegen [options] > TRACE.json\n\n"
           "Writes a GPU serving trace in the form of PyTorch/Kineto to standard output.\n\n");
    for (int i = 0; i < ROWS; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s%s", rows[i].name, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        printf("  %-24s %s\n", name, rows[i].help);
    }
    printf("\nFAMILY is one of:");
    for (int i = 0; i < FAMILIES; i++)
        printf(" %s", family_names[i]);
    printf("\n");
}

static void set_defaults(struct options *options) {
    *options = (struct options){.seed = 1,
                                .steps = 8,
                                .layers = 24,
                                .tp = 1,
                                .devices = 1,
                                .rows = 1,
                                .noise = 2,
                                .drop_layer = -1,
                                .clip_end_ns = -1,
                                .pattern = {PHASE_PREFILL, PHASE_MIXED},
                                .pattern_count = 8};
    for (int i = 2; i < 8; i++)
        options->pattern[i] = PHASE_DECODE;
}

/* The value of --NAME=VALUE or --NAME; NULL: not this option. */
static const char *match_option(const struct option_row *row, const char *text) {
    size_t size = strlen(row->name);
    if (strncmp(text, row->name, size) != 0 || (text[size] != '\0' && (text[size] != '=' || !row->argument)))
        return NULL;
    return text + size;
}

static enum options_outcome bad(const char *what, const char *text) {
    fprintf(stderr, "tracegen: %s: %s\n", what, text);
    return OPTIONS_BAD;
}

enum options_outcome options_parse(struct options *options, int count, char **arguments) {
    set_defaults(options);
    for (int i = 1; i < count; i++) {
        const char *value = NULL;
        int row = 0;
        if (strcmp(arguments[i], "--help") == 0) {
            print_help();
            return OPTIONS_HELP;
        }
        while (row < ROWS && !(value = match_option(&rows[row], arguments[i])))
            row++;
        if (row == ROWS)
            return bad("no such option", arguments[i]);
        if (*value == '=')
            value++;
        else if (rows[row].argument && ++i == count)
            return bad("value missing after", arguments[i - 1]);
        else if (rows[row].argument)
            value = arguments[i];
        if (!rows[row].set(options, &rows[row], value)) {
            fprintf(stderr, "tracegen: bad value for %s: %s\n", rows[row].name, value);
            return OPTIONS_BAD;
        }
    }
    if (options->bytes > 0 && (options->clip_start_ns > 0 || options->clip_end_ns >= 0))
        return bad("--bytes does not go with", options->clip_end_ns >= 0 ? "--clip-end" : "--clip-start");
    options->compact |= options->form == FORM_LINES;
    return OPTIONS_RUN;
}
