#include "aggregate/step_table.h"

#include <stdlib.h>

#include "base/limits.h"

static const char *step_kind_name(enum step_kind kind) {
    static const char *const names[STEP_KINDS] = {"none", "profiler", "diffusion", "atom", "sglang", "vllm", "user"};
    return names[kind];
}

struct order_context {
    const struct summary *summary;
    const struct cells *cells;
    const struct classes *classes;
};

static int compare_steps(const void *a, const void *b, void *context) {
    const struct order_context *by = context;
    const uint32_t left_number = *(const uint32_t *)a, right_number = *(const uint32_t *)b;
    const struct step_cell *left = &by->cells->steps[left_number], *right = &by->cells->steps[right_number];
    const int64_t keys[][2] = {{left->start_ns, right->start_ns},
                               {left->end_ns - left->start_ns, right->end_ns - right->start_ns},
                               {left->gpu_ns, right->gpu_ns}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    const struct names *names = by->summary->names;
    const int by_name = text_compare(names_get(names, by->classes->annotations[left->class_id].name),
                                     names_get(names, by->classes->annotations[right->class_id].name));
    return by_name != 0 ? by_name : (left_number > right_number) - (left_number < right_number);
}

/* Steps are mostly met in their order. */
static bool are_in_order(const uint32_t *numbers, uint32_t count, struct order_context *by) {
    for (uint32_t i = 1; i < count; i++)
        if (compare_steps(&numbers[i - 1], &numbers[i], by) > 0)
            return false;
    return true;
}

/* Fills `numbers` with those of the steps that have GPU events, in the order of the table. Returns how many. */
static uint32_t order_steps(const struct order_context *context, uint32_t *numbers) {
    uint32_t count = 0;
    for (uint32_t number = 0; number < context->cells->step_count; number++)
        if (context->cells->steps[number].count > 0)
            numbers[count++] = number;
    struct order_context by = *context;
    if (!are_in_order(numbers, count, &by))
        qsort_r(numbers, count, sizeof *numbers, compare_steps, &by);
    return count;
}

static enum status add_step(struct summary *summary, const struct step_cell *cell, const struct annotation_class *class,
                            struct error *error) {
    const int64_t span_ns = cell->end_ns - cell->start_ns;
    summary->step_kind = step_kind_name(class->step);
    summary->steps[summary->step_count++] = (struct step_row){.name = class->name,
                                                              .phase = class->phase,
                                                              .requests = class->requests,
                                                              .tokens = class->tokens,
                                                              .start_ns = cell->start_ns,
                                                              .span_ns = span_ns,
                                                              .gpu_ns = cell->gpu_ns,
                                                              .gpu_events = cell->count};
    TRY(stats_add(&summary->step_span, span_ns, error));
    return stats_add(&summary->step_gpu, cell->gpu_ns, error);
}

static enum status fill(struct summary *summary, const struct cells *cells, const struct classes *classes,
                        const uint32_t *kernel_rows, uint32_t *numbers, uint32_t *rows, struct error *error) {
    const struct order_context context = {summary, cells, classes};
    const uint32_t count = order_steps(&context, numbers);
    for (uint32_t row = 0; row < count; row++) {
        const struct step_cell *cell = &cells->steps[numbers[row]];
        rows[numbers[row]] = row;
        TRY(add_step(summary, cell, &classes->annotations[cell->class_id], error));
    }
    step_table_mark(summary->steps, summary->step_count);
    return shares_make(cells->shares, summary, kernel_rows, rows, error);
}

enum status step_table_make(struct summary *summary, const struct cells *cells, const struct classes *classes,
                            const uint32_t *kernel_rows, struct error *error) {
    const size_t room = cells->step_count + 1;
    summary->steps = calloc(room, sizeof *summary->steps);
    uint32_t *numbers = calloc(room, sizeof *numbers), *rows = calloc(room, sizeof *rows);
    enum status status = summary->steps && numbers && rows ? STATUS_OK : FAIL_MEMORY(error);
    if (status == STATUS_OK)
        status = fill(summary, cells, classes, kernel_rows, numbers, rows, error);
    free(numbers);
    free(rows);
    return status;
}
