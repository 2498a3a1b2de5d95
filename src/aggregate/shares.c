#include "aggregate/shares.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

enum { COUNT_CEILING = (1 << 30) - 1 };

struct sum { /* of one kernel class in one phase of the open step */
    uint64_t count;
    int64_t ns;
};

struct unions { /* of one step: those of the device whose events pass now, and the sum over the devices before */
    struct device_time device;
    struct step_parts before;
};

/* Events of a step mostly follow each other, so sums are kept for one open step and put into the list when another
 * one's events come; steps that take turns leave several entries, which compacting merges. In the list, `kernel` is
 * a class and `step` a number until shares_make. */
struct shares {
    uint32_t open;     /* step, STEP_NONE at first */
    struct sum *sums;  /* owned, as all arrays; by class * PHASES + phase */
    uint32_t *touched; /* those of the open step, and room for one more than there are */
    size_t sum_count, sum_capacity, touched_count, touched_capacity;
    struct step_share *list;
    size_t count, capacity;
    struct unions *unions; /* by step */
    size_t union_count, union_capacity;
    bool full;
};

struct shares *shares_new(bool wanted) {
    struct shares *shares = calloc(1, sizeof *shares);
    if (shares)
        *shares = (struct shares){.open = STEP_NONE, .full = !wanted};
    return shares;
}

static void drop(struct shares *shares) {
    free(shares->sums);
    free(shares->touched);
    free(shares->list);
    free(shares->unions);
    *shares = (struct shares){.open = STEP_NONE, .full = true};
}

void shares_free(struct shares *shares) {
    if (!shares)
        return;
    drop(shares);
    free(shares);
}

/* Of the shares of one kernel. */
static uint32_t place_of(const struct step_share *share) {
    return (uint32_t)share->step * PHASES + share->phase;
}

static int place_order(const void *left, const void *right) {
    const uint32_t a = place_of(left), b = place_of(right);
    return (a > b) - (a < b);
}

/* By kernel; the order within each stays. `ends`: zeros, one for each kernel; one past its last. */
static void sort_kernels(const struct step_share *list, size_t count, struct step_share *sorted, size_t *ends,
                         size_t kernels) {
    size_t begin = 0;
    for (size_t i = 0; i < count; i++)
        ends[list[i].kernel]++;
    for (size_t kernel = 0; kernel < kernels; kernel++) {
        const size_t size = ends[kernel];
        ends[kernel] = begin;
        begin += size;
    }
    for (size_t i = 0; i < count; i++)
        sorted[ends[list[i].kernel]++] = list[i];
}

/* Steps mostly come in their order, each once. */
static bool are_ascending(const struct step_share *list, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (place_of(&list[i]) <= place_of(&list[i - 1]))
            return false;
    return true;
}

/* Of one kernel: entries of the same step and phase become one; returns how many there are then. */
static size_t merge_steps(struct step_share *list, size_t count) {
    size_t kept = 0;
    if (are_ascending(list, count))
        return count;
    qsort(list, count, sizeof *list, place_order);
    for (size_t i = 0; i < count; i++) {
        struct step_share *last = &list[kept > 0 ? kept - 1 : 0];
        if (kept == 0 || place_of(last) != place_of(&list[i])) {
            list[kept++] = list[i];
            continue;
        }
        const uint32_t times = (uint32_t)last->count + list[i].count;
        last->count = (times > COUNT_CEILING ? COUNT_CEILING : times) & COUNT_CEILING;
        last->ns += list[i].ns;
    }
    return kept;
}

/* Sorts by kernel, step and phase, and merges. kernels: above all of them. */
static enum status compact(struct shares *shares, size_t kernels, struct error *error) {
    struct step_share *sorted = malloc((shares->count + 1) * sizeof *sorted);
    size_t *ends = calloc(kernels + 1, sizeof *ends);
    if (!sorted || !ends) {
        free(sorted);
        free(ends);
        return FAIL_MEMORY(error);
    }
    sort_kernels(shares->list, shares->count, sorted, ends, kernels);
    free(shares->list);
    shares->list = sorted;
    shares->capacity = shares->count + 1;
    shares->count = 0;
    for (size_t kernel = 0, begin = 0; kernel < kernels; begin = ends[kernel++]) {
        const size_t kept = merge_steps(sorted + begin, ends[kernel] - begin);
        if (shares->count < begin)
            memmove(sorted + shares->count, sorted + begin, kept * sizeof *sorted);
        shares->count += kept;
    }
    free(ends);
    return STATUS_OK;
}

static enum status close_step(struct shares *shares, struct error *error) {
    if (shares->count + shares->touched_count > LIMIT_STEP_SHARES) {
        TRY(compact(shares, shares->sum_count / PHASES, error));
        /* A list that stays nearly full would be compacted again and again. */
        if (shares->count + shares->touched_count > LIMIT_STEP_SHARES / 4 * 3) {
            drop(shares);
            return STATUS_OK;
        }
    }
    void *list = shares->list;
    TRY(array_grow(&list, &shares->capacity, shares->count + shares->touched_count, sizeof *shares->list,
                   LIMIT_STEP_SHARES, error));
    shares->list = list;
    for (size_t i = 0; i < shares->touched_count; i++) {
        const uint32_t at = shares->touched[i];
        struct sum *sum = &shares->sums[at];
        const uint64_t count = sum->count < COUNT_CEILING ? sum->count : COUNT_CEILING;
        shares->list[shares->count++] = (struct step_share){.kernel = (uint16_t)(at / PHASES),
                                                            .step = (uint16_t)shares->open,
                                                            .count = count & COUNT_CEILING,
                                                            .phase = at % PHASES & 3,
                                                            .ns = sum->ns};
        *sum = (struct sum){0};
    }
    shares->touched_count = 0;
    return STATUS_OK;
}

enum status shares_know(struct shares *shares, uint32_t class_id, struct error *error) {
    const size_t sums = (class_id + (size_t)1) * PHASES;
    if (class_id > UINT16_MAX)
        drop(shares);
    if (shares->full || sums <= shares->sum_count)
        return STATUS_OK;
    void *items = shares->sums, *touched = shares->touched;
    TRY(array_grow(&items, &shares->sum_capacity, sums, sizeof *shares->sums, UINT32_MAX, error));
    shares->sums = items;
    TRY(array_grow(&touched, &shares->touched_capacity, sums + 1, sizeof *shares->touched, UINT32_MAX, error));
    shares->touched = touched;
    while (shares->sum_count < sums)
        shares->sums[shares->sum_count++] = (struct sum){0};
    return STATUS_OK;
}

/* None of these arrays is part of another. */
static void add_to_sums(struct shares *shares, const struct gpu_run *run) {
    struct sum *restrict const sums = shares->sums;
    uint32_t *restrict const touched = shares->touched;
    const uint32_t *restrict const origins = run->batch->origin;
    const int64_t *restrict const dur_ns = run->batch->dur_ns;
    const struct origin_facts *restrict const facts = run->facts;
    size_t touched_count = shares->touched_count;
    for (size_t i = run->first, end = run->end; i < end; i++) {
        const size_t at = facts[origins[i]].share;
        touched[touched_count] = (uint32_t)at;
        touched_count += sums[at].count++ == 0;
        sums[at].ns += dur_ns[i];
    }
    shares->touched_count = touched_count;
}

static void close_device(struct unions *unions) {
    const struct timeline_row row = device_time_row(&unions->device);
    unions->before.compute_ns += row.compute_ns;
    unions->before.exposed_comm_ns += row.exposed_comm_ns;
    unions->before.exposed_copy_ns += row.exposed_copy_ns;
    unions->before.idle_ns += row.span_ns - row.busy_ns;
}

static enum status add_to_unions(struct shares *shares, const struct gpu_run *run, const struct device_time *alone,
                                 struct error *error) {
    const struct gpu_batch *batch = run->batch;
    const uint32_t step = run->step;
    void *items = shares->unions;
    TRY(array_grow(&items, &shares->union_capacity, step + (size_t)1, sizeof *shares->unions, LIMIT_STEPS_DETAILED,
                   error));
    shares->unions = items;
    while (shares->union_count <= step)
        shares->unions[shares->union_count++] = (struct unions){0};
    struct unions *unions = &shares->unions[step];
    if (unions->device.events > 0 && unions->device.device != batch->device) {
        close_device(unions);
        unions->device = (struct device_time){0};
    }
    unions->device.device = batch->device;
    device_time_join(&unions->device, alone, run);
    return STATUS_OK;
}

enum status shares_add(struct shares *shares, const struct gpu_run *run, const struct device_time *alone,
                       struct error *error) {
    if (!shares->full && run->step >= LIMIT_STEPS_DETAILED)
        drop(shares);
    if (!shares->full && run->step != shares->open)
        TRY(close_step(shares, error));
    if (shares->full)
        return STATUS_OK;
    shares->open = run->step;
    add_to_sums(shares, run);
    return add_to_unions(shares, run, alone, error);
}

static enum status make_parts(struct shares *shares, struct summary *summary, const uint32_t *step_rows,
                              struct error *error) {
    summary->step_detail.parts = calloc((size_t)summary->step_count + 1, sizeof *summary->step_detail.parts);
    if (!summary->step_detail.parts)
        return FAIL_MEMORY(error);
    for (size_t step = 0; step < shares->union_count; step++) {
        struct unions *unions = &shares->unions[step];
        if (unions->device.events == 0)
            continue;
        close_device(unions);
        summary->step_detail.parts[step_rows[step]] = unions->before;
    }
    return STATUS_OK;
}

/* Classes and numbers of steps become rows. */
static enum status make_shares(struct shares *shares, struct summary *summary, const uint32_t *kernel_rows,
                               const uint32_t *step_rows, struct error *error) {
    for (size_t i = 0; i < shares->count; i++) {
        struct step_share *share = &shares->list[i];
        share->kernel = (uint16_t)kernel_rows[share->kernel];
        share->step = (uint16_t)step_rows[share->step];
    }
    TRY(compact(shares, summary->kernel_count, error));
    summary->step_detail.shares = shares->list;
    summary->step_detail.share_count = (uint32_t)shares->count;
    shares->list = NULL;
    return STATUS_OK;
}

enum status shares_make(struct shares *shares, struct summary *summary, const uint32_t *kernel_rows,
                        const uint32_t *step_rows, struct error *error) {
    if (!shares->full && shares->open != STEP_NONE)
        TRY(close_step(shares, error));
    if (shares->full)
        return STATUS_OK;
    TRY(make_parts(shares, summary, step_rows, error));
    TRY(make_shares(shares, summary, kernel_rows, step_rows, error));
    summary->step_detail.complete = true;
    return STATUS_OK;
}
