/* Why test takes longer or less: the operations, and the fusions, that make the gap, in sentences. */
#ifndef TRACECMP_DIFF_REASONS_H
#define TRACECMP_DIFF_REASONS_H

#include "flow/diff.h"
#include "report/screen.h"

void diff_reasons_print(const struct diff *diff, struct screen *screen);

#endif
