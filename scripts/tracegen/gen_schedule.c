#include "gen_schedule.h"

enum { FIRST_STEP_NS = 120000, BETWEEN_STEPS_NS = 45000 };

static struct unit_counts add_counts(struct unit_counts to, struct unit_counts each, uint64_t times) {
    to.operators += each.operators * times;
    to.frames += each.frames * times;
    to.calls += each.calls * times;
    to.memory_events += each.memory_events * times;
    return to;
}

static struct unit_counts count_unit(const struct unit *unit) {
    struct unit_counts counts = {unit->operator_count, unit->frame_count, unit->call_count, 0};
    for (uint32_t i = 0; i < unit->call_count; i++)
        counts.memory_events += call_has_memory_event(&unit->calls[i]);
    return counts;
}

bool schedule_init(struct schedule *schedule, const struct options *options, struct walker *walker, struct unit *unit) {
    *schedule = (struct schedule){.options = options, .start_ns = 4203669600000123};
    schedule->rows = (uint64_t)(options->rows * options->devices);
    for (int64_t i = 0; i < options->pattern_count; i++) {
        unit->step = (uint64_t)i;
        unit->device = 0;
        unit->start = 0;
        unit->first = (struct unit_counts){0};
        if (!walker_run(walker, unit, true))
            return false;
        schedule->count[i] = count_unit(unit);
        schedule->before[i + 1] = add_counts(schedule->before[i], schedule->count[i], (uint64_t)options->devices);
        int64_t longest = unit->cpu_end > unit->gpu_end ? unit->cpu_end : unit->gpu_end;
        schedule->begin_ns[i + 1] = schedule->begin_ns[i] + longest + BETWEEN_STEPS_NS;
    }
    return true;
}

void schedule_set_steps(struct schedule *schedule, uint64_t steps) {
    schedule->steps = steps;
    schedule->units = steps * (uint64_t)schedule->options->devices;
}

struct unit_counts schedule_counts_before(const struct schedule *schedule, uint64_t step) {
    uint64_t pattern = (uint64_t)schedule->options->pattern_count;
    return add_counts(schedule->before[step % pattern], schedule->before[pattern], step / pattern);
}

int64_t schedule_step_start(const struct schedule *schedule, uint64_t step) {
    uint64_t pattern = (uint64_t)schedule->options->pattern_count;
    return schedule->start_ns + FIRST_STEP_NS + (int64_t)(step / pattern) * schedule->begin_ns[pattern] +
           schedule->begin_ns[step % pattern];
}

void schedule_place(const struct schedule *schedule, uint64_t index, struct unit *unit) {
    uint64_t devices = (uint64_t)schedule->options->devices;
    unit->step = index / devices;
    unit->device = index % devices;
    unit->start = schedule_step_start(schedule, unit->step);
    struct unit_counts each = schedule->count[unit->step % (uint64_t)schedule->options->pattern_count];
    unit->first = add_counts(schedule_counts_before(schedule, unit->step), each, unit->device);
}

uint64_t schedule_row(const struct schedule *schedule, const struct unit *unit) {
    uint64_t devices = (uint64_t)schedule->options->devices;
    return unit->step % (uint64_t)schedule->options->rows * devices + unit->device;
}
