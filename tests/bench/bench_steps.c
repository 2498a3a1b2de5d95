/* bench_steps TRACE: how fast each step of the flow is alone, fed from memory, and the tools below them. */
#include <stdio.h>
#include <stdlib.h>

#include "aggregate/aggregate.h"
#include "base/hist.h"
#include "classify/classify.h"
#include "cli/pipeline.h"
#include "flow/discard.h"
#include "read/memory.h"
#include "resolve/resolve.h"
#include "step_input.h"
#include "timing.h"
#include "tokenize/number.h"
#include "tokenize/split.h"
#include "tokenize/tokenize.h"

enum { CHUNK_BYTES = 1 << 20, TOOL_UNITS = 1 << 20, SPILLING_BYTES = 4 << 20 };

/* The steps of the flow; self: struct step_input */

static enum status drop_item(void *self, struct text span, uint64_t offset, struct error *error) {
    (void)self;
    (void)span;
    (void)offset;
    (void)error;
    return STATUS_OK;
}

static enum status drop_head(void *self, struct text key, struct text value, struct error *error) {
    (void)self;
    (void)key;
    (void)value;
    (void)error;
    return STATUS_OK;
}

static bool want_nothing(void *self, struct text key) {
    (void)self;
    (void)key;
    return false;
}

static enum status push_to_splitter(void *self, const struct chunk *chunk, struct error *error) {
    return splitter_push(self, chunk, error);
}

static enum status end_splitter(void *self, struct error *error) {
    return splitter_end(self, error);
}

static enum status run_split(void *self, struct error *error) {
    const struct step_input *input = self;
    const struct split_sink sink = {.items.item = drop_item, .head = drop_head, .wants = want_nothing};
    struct tally tally = {0};
    struct splitter *splitter = splitter_new(&sink, &tally);
    if (!splitter)
        return FAIL_MEMORY(error);
    const struct chunk_sink chunks = {push_to_splitter, end_splitter, splitter, NULL};
    const enum status status = memory_read(input->data, input->size, CHUNK_BYTES, chunks, error);
    splitter_free(splitter);
    return status;
}

static enum status tokenize_with(const struct step_input *input, struct pool *pool, struct error *error) {
    struct summary *summary = summary_new();
    struct tokenizer *tokenizer =
        summary ? tokenizer_new(summary->names, &summary->tally, &summary->document, pool, discard_stage()) : NULL;
    const enum status status =
        tokenizer ? memory_read(input->data, input->size, CHUNK_BYTES, tokenizer_sink(tokenizer), error)
                  : FAIL_MEMORY(error);
    tokenizer_free(tokenizer);
    summary_free(summary);
    return status;
}

static enum status run_tokenize(void *self, struct error *error) {
    return tokenize_with(self, NULL, error);
}

static enum status run_tokenize_on_worker(void *self, struct error *error) {
    struct pool *pool = pool_new(1);
    const enum status status = pool ? tokenize_with(self, pool, error) : FAIL_MEMORY(error);
    pool_free(pool);
    return status;
}

static enum status run_classify(void *self, struct error *error) {
    const struct step_input *input = self;
    const struct classify_options options = {input->rules, NULL, NULL};
    struct classes classes = {0};
    struct stage *classify;
    TRY(classify_new(&classify, input->summary->names, &classes, &options, discard_stage(), error));
    const enum status status = recorder_replay(&input->tokenized, classify, error);
    stage_free(classify);
    return status;
}

static enum status run_resolve_within(const struct step_input *input, size_t budget_bytes, struct error *error) {
    struct summary *summary = summary_new();
    struct sort_space *space = sort_space_new(budget_bytes, NULL);
    struct stage *resolve = NULL;
    if (summary && space) {
        const struct resolve_context context = {
            .space = space,
            .paths = summary->paths,
            .tally = &summary->tally,
            .classes = &input->classes,
            .origins = summary->origins,
            .next = discard_stage(),
        };
        resolve = resolve_new(&context);
    }
    const enum status status = resolve ? recorder_replay(&input->classified, resolve, error) : FAIL_MEMORY(error);
    stage_free(resolve);
    sort_space_free(space);
    summary_free(summary);
    return status;
}

static enum status run_resolve(void *self, struct error *error) {
    return run_resolve_within(self, STEP_MEMORY_BYTES, error);
}

static enum status run_resolve_spilling(void *self, struct error *error) {
    return run_resolve_within(self, SPILLING_BYTES, error);
}

/* The events' ids are of the input's names and paths, which a summary of its own borrows here. */
static enum status run_aggregate(void *self, struct error *error) {
    const struct step_input *input = self;
    const struct aggregate_options options = {.one_phase = false, .phase = PHASE_NONE};
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return FAIL_MEMORY(error);
    summary->names = input->summary->names;
    summary->paths = input->summary->paths;
    summary->origins = input->summary->origins;
    struct stage *aggregate = aggregate_new(summary, &input->classes, &options);
    const enum status status = aggregate ? recorder_replay(&input->resolved, aggregate, error) : FAIL_MEMORY(error);
    stage_free(aggregate);
    summary->names = NULL;
    summary->paths = NULL;
    summary->origins = NULL;
    summary_free(summary);
    return status;
}

static enum status run_pipeline(void *self, struct error *error) {
    const struct step_input *input = self;
    char command[] = "summary", trace[] = "-";
    struct options options;
    struct pipeline *pipeline;
    TRY(options_parse(&options, 2, (char *[]){command, trace}, error));
    TRY(pipeline_new(&pipeline, &options, input->rules, NULL, options.memory_bytes, NULL, error));
    const enum status status = memory_read(input->data, input->size, CHUNK_BYTES, pipeline_sink(pipeline), error);
    pipeline_free(pipeline);
    return status;
}

static void time_steps(struct step_input *input) {
    const struct timing_work works[] = {
        {"split", run_split, input, "item", input->items, input->size},
        {"tokenize (with split)", run_tokenize, input, "item", input->items, input->size},
        {"tokenize, on a worker", run_tokenize_on_worker, input, "item", input->items, input->size},
        {"classify", run_classify, input, "event", input->tokenized.count, 0},
        {"resolve", run_resolve, input, "event", input->classified.count, 0},
        {"resolve, spilling", run_resolve_spilling, input, "event", input->classified.count, 0},
        {"aggregate", run_aggregate, input, "event", input->resolved.count, 0},
        {"all", run_pipeline, input, "item", input->items, input->size},
    };
    for (size_t i = 0; i < sizeof works / sizeof *works; i++)
        timing_run(&works[i]);
}

/* The tools below; self: struct tools */

struct tool_record {
    uint64_t key[2], payload[2];
};

struct tools {
    const struct recorder *events;
    struct names *names;          /* of the events */
    char (*texts)[32];            /* TOOL_UNITS different ones, each a time in us */
    struct tool_record *shuffled; /* TOOL_UNITS */
    struct tool_record *sorted;
};

static enum status run_known_names(void *self, struct error *error) {
    const struct tools *tools = self;
    for (size_t i = 0; i < tools->events->count; i++) {
        const struct text name = names_get(tools->names, tools->events->events[i].name_id);
        uint32_t id;
        TRY(names_intern(tools->names, name, &id, error));
    }
    return STATUS_OK;
}

static enum status run_new_names(void *self, struct error *error) {
    const struct tools *tools = self;
    struct names *names = names_new((size_t)TOOL_UNITS * sizeof *tools->texts);
    enum status status = names ? STATUS_OK : FAIL_MEMORY(error);
    for (size_t i = 0; i < TOOL_UNITS && status == STATUS_OK; i++) {
        uint32_t id;
        status = names_intern(names, text_from(tools->texts[i]), &id, error);
    }
    names_free(names);
    return status;
}

static enum status run_numbers(void *self, struct error *error) {
    const struct tools *tools = self;
    uint64_t sum = 0;
    for (size_t i = 0; i < TOOL_UNITS; i++) {
        int64_t ns;
        if (number_to_ns(text_from(tools->texts[i]), &ns) != NUMBER_EXACT)
            return FAIL(error, STATUS_USAGE, "not a number: %s", tools->texts[i]);
        sum += (uint64_t)ns;
    }
    return sum != 0 ? STATUS_OK : FAIL(error, STATUS_USAGE, "the numbers are lost");
}

static enum status run_hist(void *self, struct error *error) {
    const struct tools *tools = self;
    struct hist hist;
    enum status status = STATUS_OK;
    hist_init(&hist);
    for (size_t i = 0; i < TOOL_UNITS && status == STATUS_OK; i++) {
        const uint64_t random = tools->shuffled[i].key[0];
        status = hist_add(&hist, (random >> 40) + 1000, 1, error); /* 1 us to 17 ms */
    }
    hist_fini(&hist);
    return status;
}

static enum status sort_all(const struct tool_record *records, size_t budget_bytes, struct error *error) {
    struct sort_space *space = sort_space_new(budget_bytes, NULL);
    struct sorter *sorter = space ? sorter_new(space, sizeof *records, 2) : NULL;
    enum status status = sorter ? STATUS_OK : FAIL_MEMORY(error);
    const void *next = records;
    for (size_t i = 0; i < TOOL_UNITS && status == STATUS_OK; i++)
        status = sorter_push(sorter, &records[i], error);
    if (status == STATUS_OK)
        status = sorter_finish(sorter, error);
    while (status == STATUS_OK && next)
        status = sorter_next(sorter, &next, error);
    sorter_free(sorter);
    sort_space_free(space);
    return status;
}

static enum status run_sort_shuffled(void *self, struct error *error) {
    return sort_all(((const struct tools *)self)->shuffled, STEP_MEMORY_BYTES, error);
}

static enum status run_sort_sorted(void *self, struct error *error) {
    return sort_all(((const struct tools *)self)->sorted, STEP_MEMORY_BYTES, error);
}

static enum status run_sort_spilling(void *self, struct error *error) {
    return sort_all(((const struct tools *)self)->shuffled, SPILLING_BYTES, error);
}

static bool tools_init(struct tools *tools, const struct step_input *input) {
    uint64_t random = 1;
    *tools = (struct tools){&input->tokenized, input->summary->names, calloc(TOOL_UNITS, sizeof *tools->texts),
                            calloc(TOOL_UNITS, sizeof *tools->shuffled), calloc(TOOL_UNITS, sizeof *tools->sorted)};
    if (!tools->texts || !tools->shuffled || !tools->sorted)
        return false;
    for (uint64_t i = 0; i < TOOL_UNITS; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        tools->shuffled[i] = (struct tool_record){{random, i}, {i, i}};
        tools->sorted[i] = (struct tool_record){{i, random}, {i, i}};
        snprintf(tools->texts[i], sizeof *tools->texts, "1752499%09u.%03u", (unsigned)(i * 953), (unsigned)(i % 1000));
    }
    return true;
}

static void time_tools(const struct step_input *input) {
    struct tools tools;
    struct error error = {0};
    if (!tools_init(&tools, input))
        timing_check(FAIL_MEMORY(&error), &error);
    const struct timing_work works[] = {
        {"names_intern, known", run_known_names, &tools, "name", input->tokenized.count, 0},
        {"names_intern, new", run_new_names, &tools, "name", TOOL_UNITS, 0},
        {"number_to_ns", run_numbers, &tools, "number", TOOL_UNITS, 0},
        {"hist_add", run_hist, &tools, "value", TOOL_UNITS, 0},
        {"sorter, random", run_sort_shuffled, &tools, "record", TOOL_UNITS, 0},
        {"sorter, sorted", run_sort_sorted, &tools, "record", TOOL_UNITS, 0},
        {"sorter, random, spilling", run_sort_spilling, &tools, "record", TOOL_UNITS, 0},
    };
    for (size_t i = 0; i < sizeof works / sizeof *works; i++)
        timing_run(&works[i]);
    free(tools.texts);
    free(tools.shuffled);
    free(tools.sorted);
}

int main(int count, char **arguments) {
    struct step_input input;
    if (count != 2) {
        fprintf(stderr, "usage: bench_steps TRACE\n");
        return 2;
    }
    step_input_init(&input, arguments[1]);
    timing_head();
    time_steps(&input);
    time_tools(&input);
    step_input_fini(&input);
    return 0;
}
