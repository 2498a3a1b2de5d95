/* Where the reports of `tail` go before the last one: a terminal is drawn over; --output is replaced; elsewhere they
 * follow each other, text with a line of its own before each. */
#ifndef TRACECMP_TAIL_REPORTS_H
#define TRACECMP_TAIL_REPORTS_H

#include "cli/options.h"
#include "flow/summary.h"

struct tail_state { /* of what is read */
    bool exists;    /* there is something to read from */
    uint64_t read;  /* bytes as they came */
    uint64_t bytes; /* of the document */
    uint64_t events;
    double seconds; /* of clock_seconds, now */
    double idle;    /* seconds that nothing came */
};

struct tail_reports;

/* options: borrowed; state: of the start. NULL: no memory. */
struct tail_reports *tail_reports_new(const struct options *options, const struct tail_state *state);
void tail_reports_free(struct tail_reports *reports);
bool tail_reports_in_place(const struct tail_reports *reports);
/* A report on the way. summary: NULL: nothing is known that was not told before. */
enum status tail_reports_show(struct tail_reports *reports, const struct summary *summary,
                              const struct tail_state *state, struct error *error) CHECKED;
/* The last one. */
enum status tail_reports_end(struct tail_reports *reports, const struct summary *summary,
                             const struct tail_state *state, struct error *error) CHECKED;
/* Makes room for something that is said on standard error. */
void tail_reports_make_way(struct tail_reports *reports);

#endif
