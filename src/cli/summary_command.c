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

enum status summary_command(const struct options *options, enum exit_status *exit_status, struct error *error) {
    struct rules *rules;
    struct summary *summary;
    TRY(load_rules(options, &rules, error));
    enum status status = load_traces(options, rules, NULL, &summary, error);
    rules_free(rules);
    TRY(status);
    status = write_summary(options, summary, error);
    if (status == STATUS_OK)
        *exit_status = say_losses(options->traces[0], summary);
    summary_free(summary);
    return status;
}
