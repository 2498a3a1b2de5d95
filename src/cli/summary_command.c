#include "cli/load.h"
#include "cli/output.h"
#include "cli/run.h"

enum status write_summary(const struct options *options, const struct summary *summary, struct error *error) {
    struct output output;
    TRY(output_open(&output, options->output, error));
    const enum status status = report_summary(output.file, summary, &options->report, error);
    if (status == STATUS_OK)
        return output_commit(&output, error);
    output_abandon(&output);
    return status;
}

static enum status summarize(const struct options *options, const struct rules *rules, enum exit_status *exit_status,
                             struct error *error) {
    struct load *load;
    struct summary *summary;
    TRY(load_traces(&load, options, rules, NULL, &summary, error));
    const enum status status = write_summary(options, summary, error);
    if (status == STATUS_OK)
        *exit_status = say_losses(options->traces[0], summary);
    load_free(load);
    summary_free(summary);
    return status;
}

enum status summary_command(const struct options *options, enum exit_status *exit_status, struct error *error) {
    struct rules *rules;
    TRY(load_rules(options, &rules, error));
    const enum status status = summarize(options, rules, exit_status, error);
    rules_free(rules);
    return status;
}
