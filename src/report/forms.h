/* The forms of the two reports; report.c chooses among them. A failing write is left to ferror; the status is that of
 * memory. JSON parts that both documents share are here too. */
#ifndef TRACECMP_FORMS_H
#define TRACECMP_FORMS_H

#include "report/json_writer.h"
#include "report/report.h"

enum status summary_text(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) CHECKED;
enum status summary_glance(FILE *out, const struct summary *summary, const struct report_options *options,
                           struct error *error) CHECKED;
enum status summary_json(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) CHECKED;
void summary_csv(FILE *out, const struct summary *summary, enum report_table table);

enum status summary_html(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) CHECKED;

enum status diff_text(FILE *out, const struct diff *diff, const struct report_options *options,
                      struct error *error) CHECKED;
void diff_json(FILE *out, const struct diff *diff, const struct report_options *options);
void diff_csv(FILE *out, const struct diff *diff, enum report_table table);
enum status diff_html(FILE *out, const struct diff *diff, const struct report_options *options,
                      struct error *error) CHECKED;

/* The two documents, for a writer that has written nothing. In a page, the frames of stacks are numbers. */
enum status json_summary(struct json *json, const struct summary *summary, const struct report_options *options,
                         struct error *error) CHECKED;
void json_diff(struct json *json, const struct diff *diff, const struct report_options *options);

/* By name: the number that it has as a frame in a page, which is the first node of that name, so that it depends on
 * nothing else that has a name; 0: it is no frame's. Owned by the caller; NULL: no memory. */
uint32_t *json_frame_numbers(const struct summary *summary);

/* The members trace, gpu, attribution and timeline. */
void json_outline(struct json *json, const struct summary *summary, const char *name);
/* An array of the first `count` steps. */
void json_steps(struct json *json, const char *key, const struct summary *summary, uint32_t count);
/* The members of STATS, into an open object. */
void json_stats(struct json *json, const struct stats *stats);
/* A name, null when it is NAME_NONE. */
void json_name(struct json *json, const char *key, const struct summary *summary, uint32_t name);

#endif
