#include "aggregate/origin_durations.h"

static enum status add_to_class(const struct origin_durations *durations, struct cells *cells, uint32_t origin,
                                struct error *error) {
    struct stats stats = {0};
    enum status status = durations_stats(&durations->each, origin, &stats, error);
    if (status == STATUS_OK)
        status = durations_merge(&cells->durations, cells->facts[origin].class_id, &stats, error);
    stats_fini(&stats);
    return status;
}

enum status origin_durations_add_up(const struct origin_durations *durations, struct cells *cells,
                                    struct error *error) {
    for (uint32_t origin = 0; origin < durations->each.cell_count; origin++)
        if (cells_knows_origin(cells, origin))
            TRY(add_to_class(durations, cells, origin, error));
    return STATUS_OK;
}

enum status origin_durations_give_up(struct origin_durations *durations, struct cells *cells, struct error *error) {
    TRY(origin_durations_add_up(durations, cells, error));
    durations_fini(&durations->each);
    durations->given_up = true;
    return STATUS_OK;
}

enum status origin_durations_add(struct origin_durations *durations, struct cells *cells, const struct gpu_run *run,
                                 struct error *error) {
    const struct gpu_batch *const batch = run->batch;
    struct durations *by_origin = &durations->each, *by_class = &cells->durations;
    uint32_t i = run->first;
    while ((i = durations_add(by_origin, batch->dur_ns, batch->origin, i, run->end)) < run->end) {
        const uint32_t origin = batch->origin[i], class_id = gpu_run_facts(run, i)->class_id;
        if (origin_durations_has(durations, origin))
            TRY(durations_add_one(by_origin, origin, batch->dur_ns[i], error));
        else
            TRY(durations_add_one(by_class, class_id, batch->dur_ns[i], error));
        i++;
    }
    return STATUS_OK;
}
