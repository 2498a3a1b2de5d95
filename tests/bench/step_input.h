/* What each step of the flow takes in, of one trace: made by running the steps before it once. */
#ifndef TRACECMP_STEP_INPUT_H
#define TRACECMP_STEP_INPUT_H

#include "base/sort.h"
#include "classify/rules.h"
#include "flow/classes.h"
#include "flow/stage.h"
#include "flow/summary.h"

/* A stage that keeps a copy of each event. */
struct recorder {
    struct stage stage; /* first */
    struct event *events; /* owned */
    size_t count, capacity;
};

struct step_input {
    char *data; /* owned: the trace's bytes */
    size_t size;
    struct summary *summary; /* owned; the names and paths that all ids below are of */
    struct rules *rules;     /* owned */
    struct classes classes;  /* owned by `classify` */
    struct stage *classify;  /* owned */
    struct recorder tokenized, classified, resolved;
    uint64_t items;
};

void step_input_init(struct step_input *input, const char *path); /* ends the program when it cannot */
void step_input_fini(struct step_input *input);

enum { STEP_MEMORY_BYTES = 1 << 30 }; /* a budget that no step has to spill for */

/* Gives each event to the stage, then flushes it. */
enum status recorder_replay(const struct recorder *recorder, struct stage *stage, struct error *error) CHECKED;

#endif
