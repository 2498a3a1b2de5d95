#include "index/steps_in.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/sort.h"
#include "flow/gpu_batch.h"
#include "index/row_values.h"

struct reading {
    struct steps_in *steps;
    const struct names_in *names;
    const struct index_target *target;
};

static enum status take_step(void *self, const uint64_t *row, struct error *error) {
    const struct reading *reading = self;
    struct steps_in *steps = reading->steps;
    struct event event = {.kind = EVENT_ANNOTATION, .class_id = UINT32_MAX};
    TRY(names_in_get(reading->names, row[STEP_NAME], &event.name_id, error));
    TRY(stage_push(reading->target->classify, &event, error));
    steps->classes[++steps->count] = event.class_id; /* UINT32_MAX is left of what is no step */
    return STATUS_OK;
}

static enum status read_steps(struct reading *reading, struct table_in *table, struct error *error) {
    struct steps_in *steps = reading->steps;
    const uint64_t count = table->parts[SECTION_STEPS].rows;
    if (count > LIMIT_STEPS)
        return INDEX_DAMAGED(error, "too many steps");
    steps->classes = calloc(count + 1, sizeof *steps->classes);
    if (!steps->classes)
        return FAIL_MEMORY(error);
    if (!index_target_finds_steps(reading->target))
        return table_in_each(table, SECTION_STEPS, count, take_step, reading, error);
    steps->count = (uint32_t)count;
    return table_in_pass_over(table, SECTION_STEPS, error);
}

static enum status take_thread(void *self, const uint64_t *row, struct error *error) {
    const struct reading *reading = self;
    struct steps_in *steps = reading->steps;
    uint32_t name = NAME_NONE, process = NAME_NONE;
    TRY(names_in_get(reading->names, row[THREAD_ROW], &name, error));
    TRY(names_in_get(reading->names, row[THREAD_PROCESS], &process, error));
    steps->threads[++steps->thread_count] = thread_of(name, process);
    return STATUS_OK;
}

static enum status read_threads(struct reading *reading, struct table_in *table, struct error *error) {
    struct steps_in *steps = reading->steps;
    const uint64_t count = table->parts[SECTION_THREADS].rows;
    if (count > LIMIT_TABLE_ROWS)
        return INDEX_DAMAGED(error, "too many threads");
    steps->threads = calloc(count + 1, sizeof *steps->threads);
    if (!steps->threads)
        return FAIL_MEMORY(error);
    return table_in_each(table, SECTION_THREADS, count, take_thread, reading, error);
}

static enum status take_annotation(void *self, const uint64_t *row, struct error *error) {
    const struct reading *reading = self;
    const struct steps_in *steps = reading->steps;
    const uint64_t thread = row[ANNOTATION_THREAD];
    struct event event = {
        .kind = row[ANNOTATION_ON_GPU] ? EVENT_GPU_ANNOTATION : EVENT_ANNOTATION,
        .class_id = UINT32_MAX,
        .ts_ns = sort_value_signed(row[ANNOTATION_TS]),
        .dur_ns = sort_value_signed(row[ANNOTATION_DUR]),
        .external_id = row[ANNOTATION_EXTERNAL_ID],
    };
    TRY(names_in_get(reading->names, row[ANNOTATION_NAME], &event.name_id, error));
    if (!is_flag(row[ANNOTATION_ON_GPU]) || thread == 0 || thread > steps->thread_count || !is_time(event.ts_ns) ||
        !is_time(event.dur_ns))
        return INDEX_DAMAGED(error, "an annotation");
    event.row = thread_row(steps->threads[thread]);
    event.process = thread_process(steps->threads[thread]);
    TRY(stage_push(reading->target->classify, &event, error));
    return event.class_id == UINT32_MAX ? STATUS_OK : stage_push(reading->target->next, &event, error);
}

enum status steps_in_read(struct steps_in *steps, struct table_in *table, const struct names_in *names,
                          const struct index_target *target, struct error *error) {
    struct reading reading = {steps, names, target};
    TRY(read_steps(&reading, table, error));
    if (index_target_finds_steps(target)) {
        TRY(read_threads(&reading, table, error));
        return table_in_each(table, SECTION_ANNOTATIONS, UINT64_MAX, take_annotation, &reading, error);
    }
    TRY(table_in_pass_over(table, SECTION_LAUNCHES, error));
    TRY(table_in_pass_over(table, SECTION_THREADS, error));
    return table_in_pass_over(table, SECTION_ANNOTATIONS, error);
}

void steps_in_fini(struct steps_in *steps) {
    free(steps->classes);
    free(steps->threads);
    *steps = (struct steps_in){0};
}
