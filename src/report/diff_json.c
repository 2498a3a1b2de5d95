#include "report/forms.h"
#include "report/wording.h"

static void write_times(struct json *json, const struct amount *amount) {
    json_us(json, "base_us", amount->base_ns);
    json_us(json, "test_us", amount->test_ns);
    json_us(json, "gap_us", amount->gap_ns);
}

static void write_amount(struct json *json, const struct amount *amount) {
    write_times(json, amount);
    json_number(json, "ratio", ratio_of(amount));
}

static void write_interval(struct json *json, const char *key, const struct interval *interval) {
    if (!interval->known) {
        json_null(json, key);
        return;
    }
    json_array(json, key, JSON_INLINE);
    json_us(json, NULL, interval->low_ns);
    json_us(json, NULL, interval->high_ns);
    json_close(json);
}

static void write_side(struct json *json, const char *key, const struct summary *summary, const char *name) {
    json_object(json, key, JSON_LINES);
    json_outline(json, summary, name);
    json_object(json, "layers", JSON_INLINE);
    json_string(json, "method", wording_layer_method(summary->layers.method));
    json_count(json, "count", summary->layers.row_count);
    json_close(json);
    json_close(json);
}

static void write_span(struct json *json, const struct diff *diff) {
    json_object(json, "span", JSON_INLINE);
    write_times(json, &diff->span);
    json_us(json, "gap_compute_us", diff->compute.gap_ns);
    json_us(json, "gap_exposed_comm_us", diff->exposed_comm.gap_ns);
    json_us(json, "gap_exposed_copy_us", diff->exposed_copy.gap_ns);
    json_us(json, "gap_idle_us", diff->idle.gap_ns);
    json_close(json);
}

static void write_stats(struct json *json, const char *key, const struct stats *stats) {
    if (!stats) {
        json_null(json, key);
        return;
    }
    json_object(json, key, JSON_INLINE);
    json_stats(json, stats);
    json_close(json);
}

static void write_phases(struct json *json, const struct diff_phase *phases, uint32_t count, enum json_layout layout) {
    json_array(json, "phases", layout);
    for (uint32_t i = 0; i < count; i++) {
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "phase", phase_name(phases[i].phase));
        write_amount(json, &phases[i].amount);
        json_close(json);
    }
    json_close(json);
}

static void write_operation(struct json *json, const struct diff *diff, const struct diff_operation *row) {
    json_object(json, NULL, JSON_INLINE);
    json_text(json, "operation", row->name);
    write_stats(json, "base", row->base ? &row->base->stats : NULL);
    write_stats(json, "test", row->test ? &row->test->stats : NULL);
    write_amount(json, &row->amount);
    json_number(json, "share_of_gap", row->share_of_gap);
    json_us(json, "gap_count_us", row->gap_count_ns);
    json_us(json, "gap_speed_us", row->gap_speed_ns);
    write_interval(json, "ci95_us", &row->interval);
    json_string(json, "status", wording_status(row->status));
    write_phases(json, row->phases, row->phase_count, JSON_INLINE);
    json_array(json, "kernels", JSON_INLINE);
    for (uint32_t i = 0; i < row->kernel_count; i++)
        json_text(json, NULL, diff->kernels[row->kernels[i]].name);
    json_close(json);
    json_name(json, "base_cpu_op", diff->base, row->base ? row->base->cpu_op : NAME_NONE);
    json_name(json, "test_cpu_op", diff->test, row->test ? row->test->cpu_op : NAME_NONE);
    json_close(json);
}

static void write_operations(struct json *json, const struct diff *diff) {
    json_array(json, "operations", JSON_LINES);
    for (uint32_t i = 0; i < diff->operation_count; i++)
        write_operation(json, diff, &diff->operations[i]);
    json_close(json);
}

static void write_kernels(struct json *json, const struct diff *diff) {
    json_array(json, "kernels", JSON_LINES);
    for (uint32_t i = 0; i < diff->kernel_count; i++) {
        const struct diff_kernel *row = &diff->kernels[i];
        json_object(json, NULL, JSON_INLINE);
        json_text(json, "name", row->name);
        if (!text_equal(row->name, row->readable))
            json_text(json, "readable", row->readable);
        json_text(json, "operation", row->operation);
        write_stats(json, "base", row->base ? &row->base->stats : NULL);
        write_stats(json, "test", row->test ? &row->test->stats : NULL);
        write_amount(json, &row->amount);
        write_interval(json, "ci95_us", &row->interval);
        json_string(json, "status", wording_status(row->status));
        json_close(json);
    }
    json_close(json);
}

static void write_names(struct json *json, const char *key, const struct summary *summary, const uint32_t *kernels,
                        uint32_t count) {
    json_array(json, key, JSON_INLINE);
    for (uint32_t i = 0; i < count; i++)
        json_text(json, NULL, summary_name(summary, summary->kernels[kernels[i]].name));
    json_close(json);
}

static void write_pair(struct json *json, const struct diff *diff, const struct diff_pair *pair) {
    json_object(json, NULL, JSON_INLINE);
    json_text(json, "operation", pair->operation);
    json_string(json, "base_phase", phase_name(pair->base_phase));
    json_string(json, "test_phase", phase_name(pair->test_phase));
    write_names(json, "base_kernels", diff->base, pair->base_kernels, pair->base_count);
    write_names(json, "test_kernels", diff->test, pair->test_kernels, pair->test_count);
    write_times(json, &pair->amount);
    json_string(json, "kind", wording_pair(pair->kind));
    json_close(json);
}

static void write_layers(struct json *json, const struct diff *diff) {
    json_array(json, "layers", JSON_LINES);
    for (uint32_t i = 0; i < diff->layer_count; i++) {
        const struct diff_layer *layer = &diff->layers[i];
        json_object(json, NULL, JSON_INLINE);
        json_count(json, "layer", layer->layer);
        write_amount(json, &layer->amount);
        json_string(json, "status", wording_status(layer->status));
        json_array(json, "pairs", JSON_LINES);
        for (uint32_t k = 0; k < layer->pair_count; k++)
            write_pair(json, diff, &layer->pairs[k]);
        json_close(json);
        json_close(json);
    }
    json_close(json);
}

static void write_fusions(struct json *json, const struct diff *diff) {
    json_array(json, "fusion", JSON_LINES);
    for (uint32_t i = 0; i < diff->fusion_count; i++) {
        const struct diff_fusion *fusion = &diff->fusions[i];
        const struct summary *fuses = fusion->test_fuses ? diff->test : diff->base;
        const struct summary *separates = fusion->test_fuses ? diff->base : diff->test;
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "side", fusion->test_fuses ? "test" : "base");
        write_names(json, "fused", fuses, fusion->fused, fusion->fused_count);
        write_names(json, "separate", separates, fusion->separate, fusion->separate_count);
        json_count(json, "occurrences", fusion->occurrences);
        json_number(json, "confidence", fusion->confidence);
        json_us(json, "gap_us", fusion->gap_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_same(struct json *json, const struct diff *diff) {
    json_array(json, "same_kernels", JSON_LINES);
    for (uint32_t i = 0; i < diff->same_count; i++) {
        const struct diff_same *same = &diff->same[i];
        const struct amount means = {.base_ns = same->base_mean_ns, .test_ns = same->test_mean_ns};
        json_object(json, NULL, JSON_INLINE);
        json_text(json, "name", same->name);
        json_us(json, "base_mean_us", same->base_mean_ns);
        json_us(json, "test_mean_us", same->test_mean_ns);
        json_number(json, "ratio", ratio_of(&means));
        json_us(json, "gap_us", same->gap_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_warnings(struct json *json, const struct diff *diff) {
    json_array(json, "warnings", JSON_LINES);
    for (uint32_t i = 0; i < diff->warning_count; i++) {
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "code", diff->warnings[i].code);
        json_string(json, "message", diff->warnings[i].message);
        json_close(json);
    }
    json_close(json);
}

static void write_left_out(struct json *json, const char *key, const struct diff_steps *steps) {
    json_object(json, key, JSON_INLINE);
    json_count(json, "warm_up", steps->warm_up);
    json_count(json, "clipped", steps->clipped);
    json_count(json, "unmatched", steps->unmatched);
    json_close(json);
}

/* Numbers that a stratum's annotations say: [least, most], null when they say none or it is not by size. */
static void write_range(struct json *json, const char *key, bool by_size, uint32_t least, uint32_t most) {
    if (!by_size || most == 0) {
        json_null(json, key);
        return;
    }
    json_array(json, key, JSON_INLINE);
    json_count(json, NULL, least);
    json_count(json, NULL, most);
    json_close(json);
}

static void write_strata(struct json *json, const struct diff *diff) {
    json_array(json, "strata", JSON_INLINE);
    for (uint32_t i = 0; i < diff->stratum_count; i++) {
        const struct diff_stratum *row = &diff->strata[i];
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "phase", row->by_phase ? phase_name(row->phase) : "all");
        write_range(json, "requests", row->by_size, row->least_requests, row->most_requests);
        write_range(json, "tokens", row->by_size, row->least_tokens, row->most_tokens);
        json_count(json, "base", row->base_steps);
        json_count(json, "test", row->test_steps);
        json_close(json);
    }
    json_close(json);
}

static void write_steps(struct json *json, const struct diff *diff) {
    json_object(json, "steps", JSON_INLINE);
    json_count(json, "base", diff->base->step_count);
    json_count(json, "test", diff->test->step_count);
    if (diff->stratum_count > 0) {
        json_count(json, "base_used", diff->base_steps.used);
        json_count(json, "test_used", diff->test_steps.used);
        write_left_out(json, "base_left_out", &diff->base_steps);
        write_left_out(json, "test_left_out", &diff->test_steps);
        write_strata(json, diff);
        json_object(json, "mean", JSON_INLINE);
        write_amount(json, &diff->step);
        write_interval(json, "ci95_us", &diff->step_interval);
        json_close(json);
    }
    json_close(json);
}

static void write_totals(struct json *json, const struct diff *diff) {
    json_string(json, "per", diff->per_step ? "step" : "total");
    write_steps(json, diff);
    json_object(json, "total", JSON_INLINE);
    write_amount(json, &diff->total);
    write_interval(json, "ci95_us", &diff->total_interval);
    json_close(json);
    write_span(json, diff);
}

void json_diff(struct json *json, const struct diff *diff, const struct report_options *options) {
    json_object(json, NULL, JSON_LINES);
    json_string(json, "schema", "tracecmp.compare/1");
    json_string(json, "version", options->version);
    write_side(json, "base", diff->base, options->base_name);
    write_side(json, "test", diff->test, options->test_name);
    write_totals(json, diff);
    write_operations(json, diff);
    write_kernels(json, diff);
    write_phases(json, diff->phases, diff->phase_count, JSON_LINES);
    write_layers(json, diff);
    write_fusions(json, diff);
    write_same(json, diff);
    write_warnings(json, diff);
    json_close(json);
}

void diff_json(FILE *out, const struct diff *diff, const struct report_options *options) {
    struct json json;
    json_init(&json, out);
    json_diff(&json, diff, options);
}
