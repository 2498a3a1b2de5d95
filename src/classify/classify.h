/* The stage that gives names a meaning. In: events as tokenize/ made them. Out: the same events with their
 * class_id. Each distinct name is demangled and matched once. Annotations that say neither a phase
 * nor a step go no further. */
#ifndef TRACECMP_CLASSIFY_H
#define TRACECMP_CLASSIFY_H

#include "base/names.h"
#include "classify/rules.h"
#include "flow/classes.h"
#include "flow/stage.h"

struct classify_options {
    const struct rules *rules; /* borrowed: for the life of the stage */
    const char *step_regex;    /* POSIX extended; annotations that are steps; NULL: the known forms */
    struct stage *annotations; /* borrowed; takes every annotation, as it came; NULL: nobody */
};

/* names, classes, next: borrowed for the life of the stage. classes starts empty; the stage owns its arrays.
 * A bad step_regex is STATUS_USAGE. */
enum status classify_new(struct stage **stage, struct names *names, struct classes *classes,
                         const struct classify_options *options, struct stage *next, struct error *error) CHECKED;

#endif
