#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "report/forms.h"
#include "report/wording.h"

/* The frames of one stack, innermost first; reused from row to row. */
struct frames {
    uint32_t *names; /* owned */
    size_t capacity;
    uint32_t *numbers; /* owned; json_frame_numbers; NULL outside of pages */
};

uint32_t *json_frame_numbers(const struct summary *summary) {
    uint32_t *numbers = calloc(names_count(summary->names), sizeof *numbers);
    for (uint32_t node = paths_count(summary->paths) - 1; numbers && node != PATH_ROOT; node--)
        numbers[paths_name(summary->paths, node)] = node;
    return numbers;
}

static enum status frames_collect(struct frames *frames, const struct paths *paths, uint32_t node,
                                  struct error *error) {
    void *names = frames->names;
    TRY(array_grow(&names, &frames->capacity, paths_depth(paths, node), sizeof *frames->names, LIMIT_PATHS, error));
    frames->names = names;
    for (size_t i = 0; node != PATH_ROOT; node = paths_caller(paths, node))
        frames->names[i++] = paths_name(paths, node);
    return STATUS_OK;
}

static void write_phase_cells(struct json *json, const struct phase_cell cells[PHASES]) {
    bool written[PHASES] = {false};
    json_object(json, "phases", JSON_INLINE);
    for (;;) {
        unsigned best = PHASES;
        for (unsigned i = 0; i < PHASES; i++)
            if (!written[i] && cells[i].count > 0 && (best == PHASES || cells[i].total_ns > cells[best].total_ns))
                best = i;
        if (best == PHASES)
            break;
        written[best] = true;
        json_object(json, phase_name((enum phase)best), JSON_INLINE);
        json_count(json, "count", cells[best].count);
        json_us(json, "total_us", cells[best].total_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_operation(struct json *json, const struct summary *summary, const struct operation_row *row) {
    json_object(json, NULL, JSON_INLINE);
    json_text(json, "operation", summary_name(summary, row->operation));
    json_stats(json, &row->stats);
    json_number(json, "share", share_of(row->stats.total_ns, summary->gpu_all.total_ns));
    write_phase_cells(json, row->phases);
    json_name(json, "cpu_op", summary, row->cpu_op);
    json_array(json, "kernels", JSON_INLINE);
    for (uint32_t i = 0; i < row->kernel_count; i++)
        json_text(json, NULL, summary_name(summary, summary->kernels[row->kernels[i]].name));
    json_close(json);
    json_close(json);
}

static void write_operations(struct json *json, const struct summary *summary) {
    json_array(json, "operations", JSON_LINES);
    for (uint32_t i = 0; i < summary->operation_count; i++)
        write_operation(json, summary, &summary->operations[i]);
    json_close(json);
}

/* A page has the text of each frame once, in its own data. */
static void write_frame(struct json *json, const struct summary *summary, const struct frames *frames, uint32_t name) {
    if (frames->numbers)
        json_count(json, NULL, frames->numbers[name]);
    else
        json_text(json, NULL, summary_name(summary, name));
}

static enum status write_stacks(struct json *json, const struct summary *summary, const struct kernel_row *row,
                                struct frames *frames, struct error *error) {
    json_object(json, "stacks", JSON_INLINE);
    json_count(json, "distinct", row->stacks_distinct);
    if (row->stack_top == PATH_ROOT) {
        json_null(json, "top");
    } else {
        TRY(frames_collect(frames, summary->paths, row->stack_top, error));
        json_object(json, "top", JSON_INLINE);
        json_count(json, "count", row->stack_top_count);
        json_array(json, "frames", JSON_INLINE);
        for (uint32_t i = paths_depth(summary->paths, row->stack_top); i > 0; i--)
            write_frame(json, summary, frames, frames->names[i - 1]);
        json_close(json);
        json_close(json);
    }
    json_close(json);
    return STATUS_OK;
}

static enum status write_kernel(struct json *json, const struct summary *summary, const struct kernel_row *row,
                                struct frames *frames, struct error *error) {
    json_object(json, NULL, JSON_INLINE);
    json_text(json, "name", summary_name(summary, row->name));
    if (row->readable != row->name)
        json_text(json, "readable", summary_name(summary, row->readable));
    json_string(json, "category", wording_category(row->kind));
    json_text(json, "operation", summary_name(summary, row->operation));
    json_text(json, "rule", summary_name(summary, row->rule));
    json_stats(json, &row->stats);
    json_name(json, "cpu_op", summary, row->cpu_op);
    TRY(write_stacks(json, summary, row, frames, error));
    json_close(json);
    return STATUS_OK;
}

static enum status write_kernels(struct json *json, const struct summary *summary, struct error *error) {
    struct frames frames = {.names = NULL};
    enum status status = STATUS_OK;
    if (json->in_page && !(frames.numbers = json_frame_numbers(summary)))
        return FAIL_MEMORY(error);
    json_array(json, "kernels", JSON_LINES);
    for (uint32_t i = 0; i < summary->kernel_count && status == STATUS_OK; i++)
        status = write_kernel(json, summary, &summary->kernels[i], &frames, error);
    free(frames.names);
    free(frames.numbers);
    if (status == STATUS_OK)
        json_close(json);
    return status;
}

static void write_cpu_ops(struct json *json, const struct summary *summary) {
    json_array(json, "cpu_ops", JSON_LINES);
    for (uint32_t i = 0; i < summary->cpu_op_count; i++) {
        const struct cpu_op_row *row = &summary->cpu_ops[i];
        json_object(json, NULL, JSON_INLINE);
        json_text(json, "name", summary_op(summary, row->name));
        json_count(json, "calls", row->calls);
        json_us(json, "cpu_total_us", row->cpu_total_ns);
        json_count(json, "gpu_count", row->gpu_count);
        json_us(json, "gpu_total_us", row->gpu_total_ns);
        json_close(json);
    }
    json_close(json);
    json_array(json, "top_ops", JSON_LINES);
    for (uint32_t i = 0; i < summary->top_op_count; i++) {
        const struct cpu_op_row *row = &summary->top_ops[i];
        json_object(json, NULL, JSON_INLINE);
        json_text(json, "name", summary_op(summary, row->name));
        json_count(json, "gpu_count", row->gpu_count);
        json_us(json, "gpu_total_us", row->gpu_total_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_phases(struct json *json, const struct summary *summary) {
    json_array(json, "phases", JSON_LINES);
    for (uint32_t i = 0; i < summary->phase_count; i++) {
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "phase", phase_name(summary->phases[i].phase));
        json_count(json, "count", summary->phases[i].cell.count);
        json_us(json, "total_us", summary->phases[i].cell.total_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_stats_object(struct json *json, const char *key, const struct stats *stats) {
    json_object(json, key, JSON_INLINE);
    json_stats(json, stats);
    json_close(json);
}

void json_steps(struct json *json, const char *key, const struct summary *summary, uint32_t count) {
    json_array(json, key, JSON_LINES);
    for (uint32_t i = 0; i < count; i++) {
        const struct step_row *row = &summary->steps[i];
        json_object(json, NULL, JSON_INLINE);
        json_text(json, "name", summary_name(summary, row->name));
        json_string(json, "phase", phase_name(row->phase));
        json_us(json, "start_us", row->start_ns);
        json_us(json, "span_us", row->span_ns);
        json_us(json, "gpu_us", row->gpu_ns);
        json_count(json, "gpu_events", row->gpu_events);
        json_count(json, "requests", row->requests);
        json_count(json, "tokens", row->tokens);
        json_string(json, "left_out", wording_left_out(row->use));
        json_close(json);
    }
    json_close(json);
}

static void write_steps(struct json *json, const struct summary *summary) {
    json_object(json, "steps", JSON_LINES);
    json_count(json, "count", summary->step_count);
    json_string(json, "kind", summary->step_kind);
    write_stats_object(json, "span_us", &summary->step_span);
    write_stats_object(json, "gpu_us", &summary->step_gpu);
    json_steps(json, "list", summary, summary->step_count);
    json_close(json);
}

static void write_layers(struct json *json, const struct layers *layers) {
    json_object(json, "layers", JSON_LINES);
    json_string(json, "method", wording_layer_method(layers->method));
    json_count(json, "count", layers->row_count);
    json_us(json, "outside_us", layers->outside_ns);
    json_array(json, "list", JSON_LINES);
    for (uint32_t i = 0; i < layers->row_count; i++) {
        const struct layer_row *row = &layers->rows[i];
        json_object(json, NULL, JSON_INLINE);
        json_count(json, "layer", row->layer);
        json_count(json, "count", row->count);
        json_us(json, "total_us", row->total_ns);
        json_us(json, "mean_us", layer_mean(row));
        json_close(json);
    }
    json_close(json);
    json_close(json);
}

static void write_diagnostics(struct json *json, const struct tally *tally) {
    json_array(json, "diagnostics", JSON_LINES);
    for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
        if (tally->rows[i].count == 0)
            continue;
        const struct anomaly_info *info = anomaly_get((enum anomaly)i);
        json_object(json, NULL, JSON_INLINE);
        json_string(json, "code", info->code);
        json_string(json, "severity", severity_name(info->severity));
        json_count(json, "count", tally->rows[i].count);
        json_string(json, "message", info->sentence);
        if (tally->rows[i].has_byte)
            json_count(json, "first_byte", tally->rows[i].first_byte);
        else
            json_null(json, "first_byte");
        json_us(json, "gpu_us", tally->rows[i].gpu_ns);
        json_close(json);
    }
    json_close(json);
}

enum status json_summary(struct json *json, const struct summary *summary, const struct report_options *options,
                         struct error *error) {
    json_object(json, NULL, JSON_LINES);
    json_string(json, "schema", "tracecmp.summary/1");
    json_string(json, "version", options->version);
    json_outline(json, summary, options->base_name);
    write_operations(json, summary);
    TRY(write_kernels(json, summary, error));
    write_cpu_ops(json, summary);
    write_phases(json, summary);
    write_steps(json, summary);
    write_layers(json, &summary->layers);
    write_diagnostics(json, &summary->tally);
    json_close(json);
    return STATUS_OK;
}

enum status summary_json(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) {
    struct json json;
    json_init(&json, out);
    return json_summary(&json, summary, options, error);
}
