#include "tokenize/batch.h"

#include <stdlib.h>

#include "base/buf.h"

void batch_fini(struct batch *batch) {
    free(batch->events);
    free(batch->names);
    names_free(batch->retired);
    *batch = (struct batch){0};
}

void batch_clear(struct batch *batch) {
    names_free(batch->retired);
    *batch = (struct batch){
        .events = batch->events,
        .capacity = batch->capacity,
        .names = batch->names,
        .name_capacity = batch->name_capacity,
    };
}

enum status batch_add_event(struct batch *batch, const struct event *event, struct error *error) {
    if (batch->count == batch->capacity) {
        void *events = batch->events;
        TRY(array_grow(&events, &batch->capacity, batch->count + 1, sizeof *batch->events, INT32_MAX, error));
        batch->events = events;
    }
    batch->events[batch->count++] = (struct batch_event){
        .ts_ns = event->ts_ns,
        .dur_ns = event->dur_ns,
        .correlation = event->correlation,
        .external_id = event->external_id,
        .offset = event->offset,
        .name = event->name_id,
        .row = event->row,
        .process = event->process,
        .device = event->device,
        .kind = (uint8_t)event->kind,
    };
    return STATUS_OK;
}

enum status batch_add_names(struct batch *batch, const struct names *names, uint32_t known, struct error *error) {
    const size_t count = names_count(names) - known;
    void *texts = batch->names;
    TRY(array_grow(&texts, &batch->name_capacity, count, sizeof *batch->names, INT32_MAX, error));
    batch->names = texts;
    for (size_t i = 0; i < count; i++)
        batch->names[i] = names_get(names, known + (uint32_t)i);
    batch->name_count = count;
    return STATUS_OK;
}

void batch_map_fini(struct batch_map *map) {
    free(map->texts);
    free(map->ids);
    *map = (struct batch_map){0};
}

enum status batch_map_learn(struct batch_map *map, struct batch *batch, struct error *error) {
    if (batch->fresh)
        map->count = 0;
    const size_t count = map->count + batch->name_count;
    void *texts = map->texts, *ids = map->ids;
    TRY(array_grow(&texts, &map->capacity, count, sizeof *map->texts, INT32_MAX, error));
    map->texts = texts;
    TRY(array_grow(&ids, &map->id_capacity, count, sizeof *map->ids, INT32_MAX, error));
    map->ids = ids;
    for (size_t i = 0; i < batch->name_count; i++) {
        map->texts[map->count] = batch->names[i];
        map->ids[map->count++] = NAME_NONE;
    }
    names_free(batch->retired);
    batch->retired = NULL;
    return STATUS_OK;
}

static inline enum status map_name(struct batch_map *map, uint32_t number, struct names *names, uint32_t *id,
                                   struct error *error) {
    if (map->ids[number] < NAME_FIRST && number != NAME_NONE) /* not asked for yet, or beyond: that is counted */
        TRY(names_intern(names, map->texts[number], &map->ids[number], error));
    *id = map->ids[number];
    return STATUS_OK;
}

static enum status map_row(struct batch_map *map, const struct batch_event *from, struct names *names,
                           struct event *event, struct error *error) {
    uint32_t *id = &map->ids[from->row];
    if (*id < NAME_FIRST)
        TRY(names_intern_row(names, map->texts[from->row], id, error));
    event->row = *id;
    event->process = NAME_BEYOND; /* as its row is */
    return *id == NAME_BEYOND ? STATUS_OK : map_name(map, from->process, names, &event->process, error);
}

enum status batch_map_event(struct batch_map *map, const struct batch_event *from, struct names *names,
                            struct event *event, struct error *error) {
    event->kind = (enum event_kind)from->kind;
    event->offset = from->offset;
    event->ts_ns = from->ts_ns;
    event->dur_ns = from->dur_ns;
    event->correlation = from->correlation;
    event->external_id = from->external_id;
    TRY(map_name(map, from->name, names, &event->name_id, error));
    TRY(map_row(map, from, names, event, error));
    return map_name(map, from->device, names, &event->device, error);
}
