#include "step_input.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "classify/classify.h"
#include "read/memory.h"
#include "resolve/resolve.h"
#include "timing.h"
#include "tokenize/tokenize.h"

enum status recorder_replay(const struct recorder *recorder, struct stage *stage, struct error *error) {
    for (size_t i = 0; i < recorder->count; i++) {
        struct event event = recorder->events[i]; /* stages write into what they take */
        TRY(stage_push(stage, &event, error));
    }
    return stage_flush(stage, error);
}

static enum status record(struct stage *stage, struct event *event, struct error *error) {
    struct recorder *recorder = (struct recorder *)stage;
    void *events = recorder->events;
    TRY(array_grow(&events, &recorder->capacity, recorder->count + 1, sizeof *event, SIZE_MAX / sizeof *event, error));
    recorder->events = events;
    recorder->events[recorder->count++] = *event;
    return STATUS_OK;
}

static enum status keep(struct stage *stage, struct error *error) {
    (void)stage;
    (void)error;
    return STATUS_OK;
}

static const struct stage_ops recorder_ops = {"record", record, NULL, keep, NULL};

static void read_all(struct step_input *input, const char *path) {
    FILE *file = fopen(path, "rb");
    const bool seekable = file && fseek(file, 0, SEEK_END) == 0;
    const long size = seekable ? ftell(file) : -1;
    if (size >= 0) {
        rewind(file);
        input->data = malloc((size_t)size + 1);
        input->size = input->data ? fread(input->data, 1, (size_t)size, file) : 0;
    }
    if (file)
        fclose(file);
    if (input->size == 0) {
        fprintf(stderr, "bench_steps: cannot read %s\n", path);
        exit(1);
    }
}

static enum status tokenize_once(struct step_input *input, struct error *error) {
    struct summary *summary = input->summary;
    struct tokenizer *tokenizer =
        tokenizer_new(summary->names, &summary->tally, &summary->document, NULL, &input->tokenized.stage);
    if (!tokenizer)
        return FAIL_MEMORY(error);
    const enum status status = memory_read(input->data, input->size, 0, tokenizer_sink(tokenizer), error);
    tokenizer_free(tokenizer);
    input->items = summary->document.items;
    return status;
}

static enum status classify_once(struct step_input *input, struct error *error) {
    const struct classify_options options = {input->rules, NULL, NULL};
    TRY(classify_new(&input->classify, input->summary->names, &input->classes, &options, &input->classified.stage,
                     error));
    return recorder_replay(&input->tokenized, input->classify, error);
}

static enum status resolve_once(struct step_input *input, struct error *error) {
    struct sort_space *space = sort_space_new(STEP_MEMORY_BYTES, NULL);
    const struct resolve_context context = {
        .space = space,
        .paths = input->summary->paths,
        .tally = &input->summary->tally,
        .classes = &input->classes,
        .origins = input->summary->origins,
        .next = &input->resolved.stage,
    };
    struct stage *resolve = space ? resolve_new(&context) : NULL;
    const enum status status = resolve ? recorder_replay(&input->classified, resolve, error) : FAIL_MEMORY(error);
    stage_free(resolve);
    sort_space_free(space);
    return status;
}

void step_input_init(struct step_input *input, const char *path) {
    struct error error = {0};
    const struct recorder recorder = {.stage = {&recorder_ops, NULL}};
    *input = (struct step_input){.summary = summary_new(), .rules = rules_new()};
    input->tokenized = input->classified = input->resolved = recorder;
    if (!input->summary || !input->rules)
        timing_check(FAIL_MEMORY(&error), &error);
    read_all(input, path);
    timing_check(tokenize_once(input, &error), &error);
    timing_check(classify_once(input, &error), &error);
    timing_check(resolve_once(input, &error), &error);
}

void step_input_fini(struct step_input *input) {
    free(input->tokenized.events);
    free(input->classified.events);
    free(input->resolved.events);
    stage_free(input->classify);
    rules_free(input->rules);
    summary_free(input->summary);
    free(input->data);
}
