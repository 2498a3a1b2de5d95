#include "cli/load.h"
#include "cli/output.h"
#include "cli/run.h"
#include "compare/gate.h"

/* Everything a comparison owns; fields are NULL until they are made. */
struct comparison {
    const struct options *options; /* borrowed */
    struct pool *pool;
    struct rules *rules;
    struct gate *gates[OPTIONS_GATES];
    struct summary *summaries[2];
    struct diff *diff;
};

static void fini(struct comparison *comparison) {
    diff_free(comparison->diff);
    for (size_t i = 0; i < comparison->options->gate_count; i++)
        gate_free(comparison->gates[i]);
    for (int side = 0; side < 2; side++)
        summary_free(comparison->summaries[side]);
    rules_free(comparison->rules);
    pool_free(comparison->pool);
}

/* Before anything is read: a gate that can never hold should not cost a long run. */
static enum status make_gates(struct comparison *comparison, struct error *error) {
    for (size_t i = 0; i < comparison->options->gate_count; i++) {
        TRY(gate_new(&comparison->gates[i], comparison->options->gates[i], error));
        const char *operation = gate_operation(comparison->gates[i]);
        if (*operation && !rules_know(comparison->rules, text_from(operation)))
            return FAIL(error, STATUS_USAGE, "--fail-on '%s': no such operation", comparison->options->gates[i]);
    }
    return STATUS_OK;
}

static enum status write_report(const struct comparison *comparison, struct error *error) {
    struct output output;
    TRY(output_open(&output, comparison->options->output, error));
    const enum status status = report_diff(output.file, comparison->diff, &comparison->options->report, error);
    if (status == STATUS_OK)
        return output_commit(&output, error);
    output_abandon(&output);
    return status;
}

static enum exit_status judge(const struct comparison *comparison) {
    enum exit_status verdict = EXIT_DONE;
    for (int side = 0; side < 2; side++)
        if (say_losses(comparison->options->traces[side], comparison->summaries[side]) != EXIT_DONE)
            verdict = EXIT_DAMAGED;
    for (size_t i = 0; i < comparison->options->gate_count; i++) {
        char explanation[512];
        const enum gate_verdict judged =
            gate_judge(comparison->gates[i], comparison->diff, explanation, sizeof explanation);
        if (judged != GATE_PASSES)
            fprintf(stderr, "tracecmp: fail-on: %s\n", explanation);
        if (judged == GATE_HOLDS)
            verdict = EXIT_GATE;
    }
    return verdict;
}

/* The comparison's tables take the place of the loads'. */
static enum status load_sides(struct comparison *comparison, struct error *error) {
    struct load *load;
    TRY(load_traces(&load, comparison->options, comparison->rules, comparison->pool, comparison->summaries, error));
    load_free(load);
    return STATUS_OK;
}

static enum status work(struct comparison *comparison, enum exit_status *exit_status, struct error *error) {
    const struct options *options = comparison->options;
    struct compare_options how = options->compare;
    TRY(load_rules(options, &comparison->rules, error));
    TRY(make_gates(comparison, error));
    how.pool = comparison->pool = load_pool(options);
    TRY(load_sides(comparison, error));
    TRY(compare_new(&comparison->diff, comparison->summaries[0], comparison->summaries[1], &how, error));
    TRY(write_report(comparison, error));
    *exit_status = judge(comparison);
    return STATUS_OK;
}

enum status compare_command(const struct options *options, enum exit_status *exit_status, struct error *error) {
    struct comparison comparison = {.options = options};
    const enum status status = work(&comparison, exit_status, error);
    fini(&comparison);
    return status;
}
