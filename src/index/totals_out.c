#include "index/totals_out.h"

#include "base/limits.h"
#include "index/index_tables.h"
#include "index/table_out.h"

struct totals_out {
    struct table_out totals, buckets;
};

/* Where most origins have few events, it is as well to add up events. */
static bool pay(const struct index_facts *facts) {
    enum { ENOUGH_EVENTS = 4 };
    const uint32_t end = origins_count(facts->summary->origins);
    return end <= LIMIT_DURATION_ORIGINS && facts->event_count / ENOUGH_EVENTS >= end;
}

static enum status add_total(struct table_out *totals, const struct origin_total *total, struct error *error) {
    const struct stats *durations = &total->durations;
    const uint64_t row[TOTAL_COLUMNS] = {
        [TOTAL_COUNT] = durations->count,
        [TOTAL_TIME] = (uint64_t)durations->total_ns,
        [TOTAL_STEP_COUNT] = total->step_count,
        [TOTAL_STEP_TIME] = (uint64_t)total->step_ns,
        [TOTAL_MIN] = (uint64_t)durations->min_ns,
        [TOTAL_MAX] = (uint64_t)durations->max_ns,
        [TOTAL_SQUARES_LOW] = (uint64_t)durations->squares,
        [TOTAL_SQUARES_HIGH] = (uint64_t)(durations->squares >> 64),
        [TOTAL_BUCKETS] = durations->hist.used,
    };
    return table_out_add(totals, row, error);
}

static enum status add_buckets(struct table_out *buckets, const struct origin_total *total, struct error *error) {
    const struct hist *hist = &total->durations.hist;
    for (uint32_t i = 0; i < hist->used; i++) {
        const uint64_t row[BUCKET_COLUMNS] = {
            [BUCKET_INDEX] = hist->buckets[i].index, [BUCKET_TIMES] = hist->buckets[i].count};
        TRY(table_out_add(buckets, row, error));
    }
    return STATUS_OK;
}

static enum status add_origin(struct totals_out *out, const struct index_facts *facts, uint32_t origin,
                              struct error *error) {
    struct origin_total total = {.step_count = 0};
    enum status status = facts->total(facts->aggregate, origin, &total, error);
    if (status == STATUS_OK)
        status = add_total(&out->totals, &total, error);
    if (status == STATUS_OK)
        status = add_buckets(&out->buckets, &total, error);
    stats_fini(&total.durations);
    return status;
}

/* Buckets come as totals do, and wait until these are all written. */
static enum status write_both(struct totals_out *out, const struct index_facts *facts, struct index_file *file,
                              struct error *error) {
    const uint32_t end = pay(facts) ? origins_count(facts->summary->origins) : 0;
    TRY(table_out_begin(&out->totals, file, SECTION_TOTALS, error));
    table_out_begin_aside(&out->buckets, file, SECTION_BUCKETS);
    for (uint32_t origin = 1; origin < end; origin++)
        TRY(add_origin(out, facts, origin, error));
    TRY(table_out_end(&out->totals, error));
    return table_out_end(&out->buckets, error);
}

enum status totals_out_write(const struct index_facts *facts, struct index_file *file, struct error *error) {
    struct totals_out out = {0};
    const bool ready = table_out_init(&out.totals, TOTAL_COLUMNS) && table_out_init(&out.buckets, BUCKET_COLUMNS);
    const enum status status = ready ? write_both(&out, facts, file, error) : FAIL_MEMORY(error);
    table_out_fini(&out.totals);
    table_out_fini(&out.buckets);
    return status;
}
