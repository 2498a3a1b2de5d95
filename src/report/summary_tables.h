/* The tables of the text summary. */
#ifndef TRACECMP_SUMMARY_TABLES_H
#define TRACECMP_SUMMARY_TABLES_H

#include "report/report.h"
#include "report/screen.h"

void summary_print_devices(const struct summary *summary, const struct report_options *options, struct screen *screen);
void summary_print_operations(const struct summary *summary, const struct report_options *options,
                              struct screen *screen);
void summary_print_kernels(const struct summary *summary, const struct report_options *options, struct screen *screen);
void summary_print_phases(const struct summary *summary, const struct report_options *options, struct screen *screen);
void summary_print_steps(const struct summary *summary, const struct report_options *options, struct screen *screen);
void summary_print_layers(const struct summary *summary, const struct report_options *options, struct screen *screen);
void summary_print_cpu_ops(const struct summary *summary, const struct report_options *options, struct screen *screen);

#endif
