/* The first screen of a comparison: what got slower, by how much and why, in sentences made from the numbers. */
#ifndef TRACECMP_DIFF_ANSWER_H
#define TRACECMP_DIFF_ANSWER_H

#include "flow/diff.h"
#include "report/screen.h"

void diff_answer_print(const struct diff *diff, struct screen *screen);

#endif
