#include "compare/fusion.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "compare/side.h"

struct numbered_sight {
    struct fusion_sight sight;
    size_t number; /* in the order they were seen, so that sums do not rest on how qsort treats equal keys */
};

struct fusion_finder {
    struct numbered_sight *sights; /* owned; fused and split pairs only */
    size_t count, capacity;
    struct map *base_runs, *test_runs; /* by (phase, kernel): how many times layers ran it, in pairs of any kind */
};

struct fusion_finder *fusion_new(void) {
    struct fusion_finder *finder = calloc(1, sizeof *finder);
    if (!finder)
        return NULL;
    finder->base_runs = map_new(LIMIT_TABLE_ROWS);
    finder->test_runs = map_new(LIMIT_TABLE_ROWS);
    if (!finder->base_runs || !finder->test_runs) {
        fusion_free(finder);
        return NULL;
    }
    return finder;
}

void fusion_free(struct fusion_finder *finder) {
    if (!finder)
        return;
    free(finder->sights);
    map_free(finder->base_runs);
    map_free(finder->test_runs);
    free(finder);
}

static uint64_t run_key(enum phase phase, uint32_t kernel) {
    return (uint64_t)phase << 32 | kernel;
}

static enum status count_runs(struct map *runs, enum phase phase, const uint32_t *kernels, uint32_t count,
                              uint64_t times, struct error *error) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *seen;
        TRY(map_at(runs, run_key(phase, kernels[i]), &seen, error));
        if (seen)
            *seen += times;
    }
    return STATUS_OK;
}

enum status fusion_see(struct fusion_finder *finder, const struct fusion_sight *sight, struct error *error) {
    const struct diff_pair *pair = &sight->pair;
    TRY(count_runs(finder->base_runs, pair->base_phase, pair->base_kernels, pair->base_count, sight->base_runs, error));
    TRY(count_runs(finder->test_runs, pair->test_phase, pair->test_kernels, pair->test_count, sight->test_runs, error));
    if (pair->kind != PAIR_FUSED && pair->kind != PAIR_SPLIT)
        return STATUS_OK;
    void *sights = finder->sights;
    TRY(array_grow(&sights, &finder->capacity, finder->count + 1, sizeof *finder->sights,
                   LIMIT_LAYER_PAIRS + 2 * LIMIT_LAYER_POSITIONS, error));
    finder->sights = sights;
    finder->sights[finder->count] = (struct numbered_sight){*sight, finder->count};
    finder->count++;
    return STATUS_OK;
}

static int list_order(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count) {
    int order = (a_count > b_count) - (a_count < b_count);
    for (uint32_t i = 0; order == 0 && i < a_count; i++)
        order = (a[i] > b[i]) - (a[i] < b[i]);
    return order;
}

/* 0: the same kernels fused into the same. */
static int kernels_order(const struct diff_pair *a, const struct diff_pair *b) {
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    const int order = list_order(a->base_kernels, a->base_count, b->base_kernels, b->base_count);
    return order != 0 ? order : list_order(a->test_kernels, a->test_count, b->test_kernels, b->test_count);
}

static int sight_order(const void *left, const void *right) {
    const struct numbered_sight *a = left, *b = right;
    const int order = kernels_order(&a->sight.pair, &b->sight.pair);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static uint32_t *copy_list(const uint32_t *kernels, uint32_t count) {
    uint32_t *copy = calloc((size_t)count + 1, sizeof *copy);
    if (copy && count > 0)
        memcpy(copy, kernels, count * sizeof *copy);
    return copy;
}

/* Of all the times that layers run the fused kernels in phases where they are seen to fuse these, how many do. */
static double consistency(const struct fusion_finder *finder, const struct diff_fusion *fusion,
                          const bool phases[PHASES]) {
    const struct map *runs = fusion->test_fuses ? finder->test_runs : finder->base_runs;
    uint64_t most = fusion->occurrences;
    for (uint32_t i = 0; i < fusion->fused_count; i++) {
        uint64_t times = 0;
        for (int phase = 0; phase < PHASES; phase++) {
            const uint64_t *seen = phases[phase] ? map_find(runs, run_key((enum phase)phase, fusion->fused[i])) : NULL;
            times += seen ? *seen : 0;
        }
        most = times > most ? times : most;
    }
    return most == 0 ? 0 : (double)fusion->occurrences / (double)most;
}

/* Names that say the work of every kernel (700) make a fusion all but certain; guesses (400) do not. */
static double certainty(double evidence) {
    const double sure = (evidence - 300) / 420;
    return sure < 0 ? 0 : sure > 1 ? 1 : sure;
}

/* The sights at `from` up to `to` show one fusion. */
static enum status make_fusion(struct diff_fusion *fusion, const struct fusion_finder *finder, size_t from, size_t to,
                               struct error *error) {
    const struct diff_pair *pair = &finder->sights[from].sight.pair;
    const bool test_fuses = pair->kind == PAIR_FUSED;
    fusion->test_fuses = test_fuses;
    fusion->fused_count = test_fuses ? pair->test_count : pair->base_count;
    fusion->separate_count = test_fuses ? pair->base_count : pair->test_count;
    fusion->fused = copy_list(test_fuses ? pair->test_kernels : pair->base_kernels, fusion->fused_count);
    fusion->separate = copy_list(test_fuses ? pair->base_kernels : pair->test_kernels, fusion->separate_count);
    if (!fusion->fused || !fusion->separate)
        return FAIL_MEMORY(error);
    long double gap_ns = 0, evidence = 0;
    bool phases[PHASES] = {false};
    for (size_t i = from; i < to; i++) {
        const struct fusion_sight *sight = &finder->sights[i].sight;
        const uint64_t runs = test_fuses ? sight->test_runs : sight->base_runs;
        fusion->occurrences += runs;
        phases[test_fuses ? sight->pair.test_phase : sight->pair.base_phase] = true;
        gap_ns += (sight->test_ns - sight->base_ns) * (long double)runs;
        evidence += (long double)sight->evidence * (long double)runs;
    }
    const long double occurrences = (long double)fusion->occurrences;
    fusion->gap_ns = side_round(gap_ns);
    if (fusion->occurrences > 0) {
        const double sure = certainty((double)(evidence / occurrences)) * consistency(finder, fusion, phases) *
                            (double)(occurrences / (occurrences + 1));
        fusion->confidence = round(sure * 100) / 100;
    }
    return STATUS_OK;
}

static int names_order(const struct summary *a_side, const uint32_t *a, uint32_t a_count, const struct summary *b_side,
                       const uint32_t *b, uint32_t b_count) {
    int order = (a_count > b_count) - (a_count < b_count);
    for (uint32_t i = 0; order == 0 && i < a_count; i++)
        order = text_compare(names_get(a_side->names, a_side->kernels[a[i]].name),
                             names_get(b_side->names, b_side->kernels[b[i]].name));
    return order;
}

/* Widest gap first, then most often seen, then by names: nothing that swapped sides would change. */
static int fusion_order(const void *left, const void *right, void *context) {
    const struct diff_fusion *a = left, *b = right;
    const struct diff *diff = context;
    const struct summary *const sides[] = {diff->base, diff->test};
    const int64_t a_ns = side_width(a->gap_ns), b_ns = side_width(b->gap_ns);
    if (a_ns != b_ns)
        return a_ns < b_ns ? 1 : -1;
    if (a->occurrences != b->occurrences)
        return a->occurrences < b->occurrences ? 1 : -1;
    const int by_fused =
        names_order(sides[a->test_fuses], a->fused, a->fused_count, sides[b->test_fuses], b->fused, b->fused_count);
    return by_fused != 0 ? by_fused
                         : names_order(sides[!a->test_fuses], a->separate, a->separate_count, sides[!b->test_fuses],
                                       b->separate, b->separate_count);
}

enum status fusion_finish(struct fusion_finder *finder, struct diff *diff, struct error *error) {
    diff->fusions = calloc(finder->count + 1, sizeof *diff->fusions);
    if (!diff->fusions)
        return FAIL_MEMORY(error);
    if (finder->count > 0)
        qsort(finder->sights, finder->count, sizeof *finder->sights, sight_order);
    for (size_t from = 0, to; from < finder->count; from = to) {
        to = from + 1;
        while (to < finder->count &&
               kernels_order(&finder->sights[from].sight.pair, &finder->sights[to].sight.pair) == 0)
            to++;
        TRY(make_fusion(&diff->fusions[diff->fusion_count++], finder, from, to, error));
    }
    qsort_r(diff->fusions, diff->fusion_count, sizeof *diff->fusions, fusion_order, diff);
    return STATUS_OK;
}
