/* The part of the text comparison that is about layers: fusions, the alignment of one layer, the list of them all. */
#ifndef TRACECMP_DIFF_LAYERS_H
#define TRACECMP_DIFF_LAYERS_H

#include "report/report.h"
#include "report/screen.h"

void diff_layers_text(const struct diff *diff, const struct report_options *options, struct screen *screen);

#endif
