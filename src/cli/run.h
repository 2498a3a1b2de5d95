/* A command line -> its exit status. */
#ifndef TRACECMP_RUN_H
#define TRACECMP_RUN_H

#include "cli/options.h"

enum exit_status { EXIT_DONE = 0, EXIT_GATE = 1, EXIT_ERROR = 2, EXIT_DAMAGED = 3 };

/* arguments: without the program's name; their order changes. Prints the report to standard output or --output, all
 * else to standard error. */
enum exit_status run(int count, char **arguments);

/* One file a command; *exit_status is set when STATUS_OK. */
enum status summary_command(const struct options *options, enum exit_status *exit_status, struct error *error) CHECKED;
enum status compare_command(const struct options *options, enum exit_status *exit_status, struct error *error) CHECKED;
enum status tail_command(const struct options *options, enum exit_status *exit_status, struct error *error) CHECKED;
enum status index_command(const struct options *options, enum exit_status *exit_status, struct error *error) CHECKED;

/* The report, to where the options say. */
enum status write_summary(const struct options *options, const struct summary *summary, struct error *error) CHECKED;

/* How a trace is called where it is spoken of. */
const char *trace_name(const char *path);

/* Says on standard error what went wrong, in one line. */
void say_error(const struct error *error);

/* Says on standard error what was lost of a trace; EXIT_DAMAGED when anything was. */
enum exit_status say_losses(const char *name, const struct summary *summary);

#endif
