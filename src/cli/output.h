/* Where the report goes: standard output, or a file that appears only when it is whole. */
#ifndef TRACECMP_OUTPUT_H
#define TRACECMP_OUTPUT_H

#include <stdio.h>

#include "base/error.h"

struct output {
    FILE *file;
    const char *path; /* borrowed; NULL: standard output */
    char *temporary;  /* owned; NULL: the path is written directly (a device or FIFO) */
};

enum status output_open(struct output *output, const char *path, struct error *error) CHECKED;
/* Closes, and puts the file in its place. */
enum status output_commit(struct output *output, struct error *error) CHECKED;
/* Closes, and leaves no trace of it. */
void output_abandon(struct output *output);

#endif
