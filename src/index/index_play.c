#include "index/index_play.h"

#include "base/limits.h"
#include "index/document_in.h"
#include "index/gpu_events.h"
#include "index/names_in.h"
#include "index/origin_totals.h"
#include "index/origins_in.h"
#include "index/steps_in.h"
#include "index/table_in.h"

struct play {
    const struct index_target *target;
    struct table_in table;
    struct names_in names;
    struct steps_in steps;
    struct origins_in origins;
    struct origin_totals totals;
};

static enum status take_path(void *self, const uint64_t *row, struct error *error) {
    const struct play *play = self;
    struct paths *paths = play->target->summary->paths;
    const uint32_t wanted = paths_count(paths);
    uint32_t name = NAME_NONE, node;
    TRY(names_in_get(&play->names, row[PATH_NAME], &name, error));
    if (row[PATH_CALLER] >= wanted)
        return INDEX_DAMAGED(error, "a call path");
    TRY(paths_child(paths, (uint32_t)row[PATH_CALLER], name, &node, error));
    return node == wanted ? STATUS_OK : INDEX_DAMAGED(error, "a call path");
}

static enum status play_paths(struct play *play, struct error *error) {
    return play->target->skip_stacks
               ? table_in_pass_over(&play->table, SECTION_PATHS, error)
               : table_in_each(&play->table, SECTION_PATHS, LIMIT_PATHS - 1, take_path, play, error);
}

static enum status take_total(void *self, const uint64_t *row, struct error *error) {
    struct play *play = self;
    return origin_totals_add(&play->totals, row, error);
}

static enum status take_bucket(void *self, const uint64_t *row, struct error *error) {
    struct play *play = self;
    const struct origin_total *complete;
    TRY(origin_totals_bucket(&play->totals, row, &complete, error));
    if (!complete)
        return STATUS_OK;
    return play->target->push_total(play->target->next, play->origins.numbers[play->totals.at + 1], complete, error);
}

static enum status play_totals(struct play *play, struct error *error) {
    struct table_in *table = &play->table;
    const uint64_t buckets = table->parts[SECTION_BUCKETS].rows;
    if (!play->target->push_total || table->parts[SECTION_TOTALS].rows == 0) {
        TRY(table_in_pass_over(table, SECTION_TOTALS, error));
        return table_in_pass_over(table, SECTION_BUCKETS, error);
    }
    if (table->parts[SECTION_TOTALS].rows != play->origins.count)
        return INDEX_DAMAGED(error, "totals");
    TRY(origin_totals_init(&play->totals, play->origins.count, table->parts[SECTION_EVENTS].rows, buckets, error));
    TRY(table_in_each(table, SECTION_TOTALS, LIMIT_DURATION_ORIGINS - 1, take_total, play, error));
    TRY(origin_totals_check(&play->totals, error));
    return table_in_each(table, SECTION_BUCKETS, buckets, take_bucket, play, error);
}

static enum status take_op(void *self, const uint64_t *row, struct error *error) {
    const struct play *play = self;
    struct event event = {
        .kind = EVENT_CPU_OP, .calls = row[OP_CALLS], .dur_ns = (int64_t)row[OP_TOTAL], .step = STEP_NONE};
    TRY(names_in_get(&play->names, row[OP_NAME], &event.name_id, error));
    if (event.calls == 0 || event.dur_ns < 0)
        return INDEX_DAMAGED(error, "a cpu_op");
    return stage_push(play->target->next, &event, error);
}

static enum status play_events(struct play *play, struct error *error) {
    const struct gpu_tables tables = {&play->origins, &play->steps};
    const struct origin_totals *totals = &play->totals;
    struct gpu_sums sums;
    TRY(gpu_events_play(&play->table, &tables, play->target, &sums, error));
    if (totals->count > 0 &&
        (totals->ns != sums.ns || totals->step_events != sums.step_events || totals->step_ns != sums.step_ns))
        return INDEX_DAMAGED(error, "totals");
    return STATUS_OK;
}

/* Each section after those that its numbers are of; what the target gets, in the order that it expects. */
static enum status play_all(struct play *play, struct error *error) {
    const struct index_target *target = play->target;
    struct table_in *table = &play->table;
    TRY(document_in_check_names(table, target->summary->names, error));
    TRY(names_in_read(&play->names, table, target->summary->names, error));
    TRY(document_in_read(table, &play->names, target, error));
    TRY(play_paths(play, error));
    TRY(steps_in_read(&play->steps, table, &play->names, target, error));
    TRY(origins_in_read(&play->origins, table, &play->names, target, error));
    TRY(play_totals(play, error));
    TRY(table_in_each(table, SECTION_CPU_OPS, play->names.count, take_op, play, error));
    TRY(play_events(play, error));
    return stage_flush(target->next, error);
}

enum status index_play(const struct index_part *parts, int descriptor, const struct index_target *target,
                       struct error *error) {
    struct play play = {.target = target};
    const bool ready = table_in_init(&play.table, descriptor, parts, target->check_all);
    const enum status status = ready ? play_all(&play, error) : FAIL_MEMORY(error);
    table_in_fini(&play.table);
    names_in_fini(&play.names);
    steps_in_fini(&play.steps);
    origins_in_fini(&play.origins);
    origin_totals_fini(&play.totals);
    return status;
}
