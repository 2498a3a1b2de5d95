#include "index/origins_in.h"

#include <stdlib.h>

#include "base/limits.h"
#include "index/row_values.h"

struct reading {
    struct origins_in *origins;
    const struct names_in *names;
    const struct index_target *target;
    uint64_t path_count; /* of the index */
};

static bool is_sound(const uint64_t *row, uint64_t path_count) {
    return row[ORIGIN_KIND] < EVENT_GPU_KINDS && row[ORIGIN_PHASE] < PHASES && row[ORIGIN_STACK] <= path_count &&
           row[ORIGIN_OP_METHOD] <= OP_BY_EXTERNAL_ID && is_flag(row[ORIGIN_LAUNCHED]);
}

static enum status take_names(const struct names_in *names, const uint64_t *row, struct event *event,
                              struct error *error) {
    TRY(names_in_get(names, row[ORIGIN_NAME], &event->name_id, error));
    TRY(names_in_get(names, row[ORIGIN_DEVICE], &event->device, error));
    TRY(names_in_get(names, row[ORIGIN_ROW], &event->row, error));
    TRY(names_in_get(names, row[ORIGIN_CPU_OP], &event->cpu_op, error));
    return names_in_get(names, row[ORIGIN_TOP_OP], &event->top_op, error);
}

static void add(struct origins_in *origins, const struct event *event) {
    const uint32_t number = ++origins->count;
    origins->numbers[number] = event->origin;
    origins->devices[number] = event->device;
    if (origins->events)
        origins->events[number] = *event;
}

static enum status take_origin(void *self, const uint64_t *row, struct error *error) {
    const struct reading *reading = self;
    if (!is_sound(row, reading->path_count))
        return INDEX_DAMAGED(error, "an origin");
    struct event event = {
        .kind = (enum event_kind)row[ORIGIN_KIND],
        .class_id = UINT32_MAX,
        .launched = row[ORIGIN_LAUNCHED] != 0,
        .op_method = (enum op_method)row[ORIGIN_OP_METHOD],
        .phase = (enum phase)row[ORIGIN_PHASE],
        .stack = reading->target->skip_stacks ? PATH_ROOT : (uint32_t)row[ORIGIN_STACK],
    };
    TRY(take_names(reading->names, row, &event, error));
    TRY(stage_push(reading->target->classify, &event, error));
    TRY(origins_number(reading->target->summary->origins, &event, error));
    add(reading->origins, &event);
    return STATUS_OK;
}

static bool allocate(struct origins_in *origins, size_t count, bool with_events) {
    origins->numbers = calloc(count + 1, sizeof *origins->numbers);
    origins->devices = calloc(count + 1, sizeof *origins->devices);
    if (with_events)
        origins->events = calloc(count + 1, sizeof *origins->events);
    return origins->numbers && origins->devices && (origins->events || !with_events);
}

enum status origins_in_read(struct origins_in *origins, struct table_in *table, const struct names_in *names,
                            const struct index_target *target, struct error *error) {
    const uint64_t count = table->parts[SECTION_ORIGINS].rows;
    struct reading reading = {origins, names, target, table->parts[SECTION_PATHS].rows};
    if (count >= LIMIT_ORIGINS)
        return INDEX_DAMAGED(error, "too many origins");
    if (!allocate(origins, count, index_target_finds_steps(target)))
        return FAIL_MEMORY(error);
    return table_in_each(table, SECTION_ORIGINS, count, take_origin, &reading, error);
}

void origins_in_fini(struct origins_in *origins) {
    free(origins->numbers);
    free(origins->devices);
    free(origins->events);
    *origins = (struct origins_in){0};
}
