/* Hand-made things to report on, and reports caught as strings. What gets no memory crashes its test. */
#ifndef TRACECMP_REPORT_FIXTURE_H
#define TRACECMP_REPORT_FIXTURE_H

#include "report/report.h"

/* Two operations (GEMM with two kernels, Copy with one), two steps, a stack of three frames, two diagnostics. */
struct summary *fixture_summary(void);
/* The same with the first kernel, its readable form, its operation, cpu_op and a frame all renamed. */
struct summary *fixture_summary_named(struct text name);

/* GEMM is slower, Copy is only in base, Norm only in test. Borrows the summaries. */
struct diff *fixture_diff(const struct summary *base, const struct summary *test);

struct report_options fixture_options(enum report_format format);

/* The whole report; the caller frees it. */
char *fixture_report_summary(const struct summary *summary, const struct report_options *options);
char *fixture_report_diff(const struct diff *diff, const struct report_options *options);

/* The line is in the text, as a whole but for blanks before it. */
void fixture_expect_line(const char *text, const char *line);
/* The document has these keys at its top, in this order, each at the start of a line; it ends with the end of one. */
void fixture_expect_keys(const char *document, const char *const *keys, size_t count);

#endif
