#include "resolve/plausible.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/names.h"
#include "resolve/periods.h"

#define PAUSE_NS (INT64_C(24) * 3600 * 1000000000)
enum {
    FAR = 100,      /* times the length of an island */
    HANDFUL = 1000, /* one of so many vouches for nothing */
    CPU_CLOCK = 0,
};

struct island {
    int64_t first_ns, last_ns;
    uint64_t cpu_count, count;
};

struct device_clock {
    uint32_t name;
    bool other;       /* not that of the trace */
    bool launched;    /* a launch is known of one of its events: */
    int64_t delay_ns; /* the least from a launch to its event, which may be negative */
    int64_t first_ns, last_ns;
};

struct plausible {
    struct periods periods;
    struct map *clocks;             /* owned; name of a device -> its clock */
    struct device_clock *devices;   /* owned; by clock, from 1 */
    size_t count, capacity;         /* of clocks */
    uint64_t cpu_count, gpu_count;  /* events */
    uint32_t last_name, last_clock; /* mostly asked for again */
    bool all_plausible;
    struct period **order;  /* owned, while it judges; by clock and time */
    struct island *islands; /* owned, likewise; in the order of time, without length */
    size_t island_count;
    size_t trace; /* the island that is the trace */
    int64_t trace_first_ns, trace_last_ns;
};

struct plausible *plausible_new(void) {
    struct error error;
    struct plausible *plausible = calloc(1, sizeof *plausible);
    if (!plausible)
        return NULL;
    void *devices = NULL;
    plausible->clocks = map_new(LIMIT_DEVICES + 1);
    if (!periods_init(&plausible->periods) || !plausible->clocks ||
        array_grow(&devices, &plausible->capacity, 1, sizeof *plausible->devices, LIMIT_DEVICES, &error) != STATUS_OK) {
        plausible_free(plausible);
        return NULL;
    }
    plausible->devices = devices;
    plausible->devices[plausible->count++] = (struct device_clock){0};
    plausible->all_plausible = true;
    return plausible;
}

static void end_judgement(struct plausible *plausible) {
    free(plausible->order);
    free(plausible->islands);
    plausible->order = NULL;
    plausible->islands = NULL;
}

void plausible_free(struct plausible *plausible) {
    if (!plausible)
        return;
    end_judgement(plausible);
    periods_fini(&plausible->periods);
    map_free(plausible->clocks);
    free(plausible->devices);
    free(plausible);
}

enum status plausible_add_cpu(struct plausible *plausible, int64_t ts_ns, struct error *error) {
    plausible->cpu_count++;
    return periods_add(&plausible->periods, CPU_CLOCK, ts_ns, 0, 0, error);
}

static enum status add_clock(struct plausible *plausible, uint32_t name, uint64_t *clock, struct error *error) {
    void *devices = plausible->devices;
    TRY(array_grow(&devices, &plausible->capacity, plausible->count + 1, sizeof *plausible->devices,
                   LIMIT_DEVICES + 2, error));
    plausible->devices = devices;
    plausible->devices[plausible->count] = (struct device_clock){.name = name};
    *clock = plausible->count++;
    return STATUS_OK;
}

/* The clock of the event's device, which is put together with others at the ceiling. */
static enum status learn_clock(struct plausible *plausible, struct event *event, struct tally *tally,
                               struct error *error) {
    uint64_t *clock = map_find(plausible->clocks, event->device);
    if (!clock && plausible->count > LIMIT_DEVICES && event->device != NAME_BEYOND) {
        tally_add_gpu(tally, ANOMALY_DEVICES_FULL, event->offset, event->dur_ns);
        event->device = NAME_BEYOND;
    }
    TRY(map_at(plausible->clocks, event->device, &clock, error));
    if (*clock == 0)
        TRY(add_clock(plausible, event->device, clock, error));
    plausible->last_name = event->device;
    plausible->last_clock = (uint32_t)*clock;
    return STATUS_OK;
}

enum status plausible_add_gpu(struct plausible *plausible, struct event *event, struct tally *tally,
                              struct error *error) {
    if (plausible->last_clock == 0 || plausible->last_name != event->device)
        TRY(learn_clock(plausible, event, tally, error));
    plausible->gpu_count++;
    return periods_add(&plausible->periods, plausible->last_clock, event->ts_ns, event->dur_ns, event->offset, error);
}

/* Islands */

static int by_time(const void *a, const void *b) {
    const struct period *left = *(struct period *const *)a, *right = *(struct period *const *)b;
    if (left->first_ns != right->first_ns)
        return left->first_ns < right->first_ns ? -1 : 1;
    return (left->clock > right->clock) - (left->clock < right->clock);
}

static int by_clock(const void *a, const void *b) {
    const struct period *left = *(struct period *const *)a, *right = *(struct period *const *)b;
    if (left->clock != right->clock)
        return left->clock < right->clock ? -1 : 1;
    return by_time(a, b);
}

/* The time between two stretches, 0 when they meet. */
static int64_t distance(int64_t first_ns, int64_t last_ns, int64_t other_first_ns, int64_t other_last_ns) {
    return first_ns > other_last_ns   ? first_ns - other_last_ns
           : other_first_ns > last_ns ? other_first_ns - last_ns
                                      : 0;
}

static void add_to_islands(struct plausible *plausible, struct period *period) {
    struct island *island = plausible->islands + plausible->island_count - 1;
    if (plausible->island_count == 0 ||
        distance(island->first_ns, island->last_ns, period->first_ns, period->last_ns) > PAUSE_NS) {
        island = &plausible->islands[plausible->island_count++];
        *island = (struct island){period->first_ns, period->last_ns, 0, 0};
    }
    if (period->last_ns > island->last_ns)
        island->last_ns = period->last_ns;
    island->count += period->count;
    island->cpu_count += period->clock == CPU_CLOCK ? period->count : 0;
    period->island = (uint32_t)(plausible->island_count - 1);
    period->outside = false;
}

static bool is_handful(uint64_t count, uint64_t of) {
    return count < of / HANDFUL + (of % HANDFUL != 0);
}

/* With most CPU events, or most events of all. */
static size_t find_trace(const struct plausible *plausible) {
    const bool by_cpu = !is_handful(plausible->cpu_count, plausible->cpu_count + plausible->gpu_count);
    uint64_t most = 0;
    size_t found = 0;
    for (size_t i = 0; i < plausible->island_count; i++) {
        const uint64_t count = by_cpu ? plausible->islands[i].cpu_count : plausible->islands[i].count;
        if (count > most) {
            most = count;
            found = i;
        }
    }
    return found;
}

static bool is_vouched_for(const struct plausible *plausible, size_t at) {
    const uint64_t cpu_count = plausible->islands[at].cpu_count;
    return at == plausible->trace || (cpu_count > 0 && !is_handful(cpu_count, plausible->cpu_count));
}

static bool is_far(const struct plausible *plausible, size_t at, size_t from) {
    const struct island *island = &plausible->islands[at], *other = &plausible->islands[from];
    const int64_t between = distance(island->first_ns, island->last_ns, other->first_ns, other->last_ns);
    return between / FAR > other->last_ns - other->first_ns;
}

/* Devices: the periods of one, in the order of time. */

struct group {
    struct period **periods;
    size_t count;
    size_t home;                             /* the island */
    uint64_t events, home_events, stray_events;
    bool other;
};

static void find_home(const struct plausible *plausible, struct group *group) {
    uint64_t here = 0;
    for (size_t i = 0; i < group->count; i++) {
        const size_t island = group->periods[i]->island;
        here = (i > 0 && group->periods[i - 1]->island == island ? here : 0) + group->periods[i]->count;
        group->events += group->periods[i]->count;
        if (here > group->home_events || (here == group->home_events && island == plausible->trace)) {
            group->home_events = here;
            group->home = island;
        }
    }
    group->other = !is_vouched_for(plausible, group->home) && is_far(plausible, group->home, plausible->trace);
}

static bool is_stray(const struct plausible *plausible, const struct group *group, const struct period *period) {
    return period->island != group->home && (group->other || !is_vouched_for(plausible, period->island)) &&
           is_far(plausible, period->island, group->home);
}

static void say(struct tally *tally, enum anomaly anomaly, const struct period *period) {
    struct tally one = {0};
    tally_add_gpu(&one, anomaly, period->first_byte, period->dur_ns);
    one.rows[anomaly].count = period->count;
    tally_merge(tally, &one);
}

static void judge_device(struct plausible *plausible, struct group *group, struct tally *tally) {
    struct device_clock *device = &plausible->devices[group->periods[0]->clock];
    find_home(plausible, group);
    for (size_t i = 0; i < group->count; i++)
        group->stray_events += is_stray(plausible, group, group->periods[i]) ? group->periods[i]->count : 0;
    const bool sure = group->stray_events < group->home_events ||
                      (group->stray_events == group->home_events && plausible->islands[group->home].cpu_count > 0);
    const bool other = group->other || (group->stray_events > 0 && !sure);
    *device = (struct device_clock){
        .name = device->name,
        .other = group->other && sure,
        .first_ns = INT64_MAX,
        .last_ns = INT64_MIN,
    };
    for (size_t i = 0; i < group->count; i++) {
        struct period *period = group->periods[i];
        period->outside = sure && is_stray(plausible, group, period);
        if (period->outside)
            say(tally, ANOMALY_OUTSIDE_SPAN, period);
        else if (other)
            say(tally, ANOMALY_CLOCKS_DIFFER, period);
        if (period->outside)
            continue;
        device->first_ns = period->first_ns < device->first_ns ? period->first_ns : device->first_ns;
        device->last_ns = period->last_ns > device->last_ns ? period->last_ns : device->last_ns;
    }
}

static void judge_devices(struct plausible *plausible, struct tally *tally) {
    const size_t count = plausible->periods.count;
    qsort(plausible->order, count, sizeof *plausible->order, by_clock);
    for (size_t i = 0, end; i < count; i = end) {
        struct group group = {.periods = plausible->order + i};
        for (end = i; end < count && plausible->order[end]->clock == plausible->order[i]->clock; end++)
            group.count++;
        if (plausible->order[i]->clock != CPU_CLOCK)
            judge_device(plausible, &group, tally);
    }
}

static void find_islands(struct plausible *plausible) {
    const size_t count = plausible->periods.count;
    for (size_t i = 0; i < count; i++)
        plausible->order[i] = &plausible->periods.items[i];
    qsort(plausible->order, count, sizeof *plausible->order, by_time);
    plausible->island_count = 0;
    for (size_t i = 0; i < count; i++)
        add_to_islands(plausible, plausible->order[i]);
}

enum status plausible_judge(struct plausible *plausible, struct tally *tally, struct error *error) {
    const size_t count = plausible->periods.count;
    plausible->order = calloc(count + 1, sizeof(struct period *));
    plausible->islands = calloc(count + 1, sizeof(struct island));
    if (!plausible->order || !plausible->islands) {
        end_judgement(plausible);
        return FAIL_MEMORY(error);
    }
    find_islands(plausible);
    plausible->all_plausible = plausible->island_count <= 1;
    if (!plausible->all_plausible) {
        plausible->trace = find_trace(plausible);
        plausible->trace_first_ns = plausible->islands[plausible->trace].first_ns;
        plausible->trace_last_ns = plausible->islands[plausible->trace].last_ns;
        judge_devices(plausible, tally);
    }
    end_judgement(plausible);
    return STATUS_OK;
}

bool plausible_is_outside(const struct plausible *plausible, uint32_t device, int64_t ts_ns) {
    if (plausible->all_plausible)
        return false;
    const uint64_t *clock = map_find(plausible->clocks, device);
    const struct period *period = clock ? periods_find(&plausible->periods, (uint32_t)*clock, ts_ns) : NULL;
    return period && period->outside;
}

static struct device_clock *other_clock(const struct plausible *plausible, uint32_t device) {
    const uint64_t *clock = plausible->all_plausible ? NULL : map_find(plausible->clocks, device);
    return clock && plausible->devices[*clock].other ? &plausible->devices[*clock] : NULL;
}

void plausible_launched(struct plausible *plausible, uint32_t device, int64_t ts_ns, int64_t launch_ns) {
    struct device_clock *clock = other_clock(plausible, device);
    if (!clock || launch_ns < plausible->trace_first_ns || launch_ns > plausible->trace_last_ns)
        return;
    const int64_t delay_ns = ts_ns - launch_ns;
    if (!clock->launched || delay_ns < clock->delay_ns)
        clock->delay_ns = delay_ns;
    clock->launched = true;
}

static bool is_within(int64_t ts_ns, int64_t less_ns) {
    int64_t moved;
    return !__builtin_sub_overflow(ts_ns, less_ns, &moved) && moved >= -LIMIT_TIME_NS && moved <= LIMIT_TIME_NS;
}

int64_t plausible_time(const struct plausible *plausible, uint32_t device, int64_t ts_ns) {
    const struct device_clock *clock = other_clock(plausible, device);
    if (!clock)
        return ts_ns;
    const int64_t ahead_ns = clock->launched ? clock->delay_ns : clock->first_ns - plausible->trace_first_ns;
    /* All of its events move, or none: their order stays. */
    return is_within(clock->first_ns, ahead_ns) && is_within(clock->last_ns, ahead_ns) ? ts_ns - ahead_ns : ts_ns;
}
