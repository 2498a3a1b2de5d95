#include "compare/layer_pairs.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "compare/align.h"
#include "compare/fusion.h"
#include "compare/side.h"

/* Kernels of one side as the alignment looks at them. */
struct kernel_traits {
    const struct summary *summary; /* borrowed */
    struct traits **rows;          /* owned array; by row of summary.kernels, NULL until first used; in the arena */
};

/* How two shapes align; found once, however many layers have them. */
struct match {
    struct align_block *blocks; /* owned */
    uint32_t count;
};

struct aligner {
    struct diff *diff;
    struct arena *arena;
    struct kernel_traits base, test;
    struct map *known; /* (base shape, test shape) -> number in `matches`, from 1 */
    struct match *matches;
    size_t match_count, match_capacity;
    struct align_budget budget;
    struct fusion_finder *fusions;
    uint32_t pairs; /* of all layers so far */
};

/* One side of the layer in one phase. */
struct part {
    const struct summary *summary;
    const struct layer_shape *shape; /* NULL: none was kept, or the side has no such layer */
    uint32_t shape_number;
    enum phase phase;
    uint64_t runs;
    long double run_ns; /* mean of a run */
    int64_t amount_ns;  /* its part of the layer's amount */
};

/* An amount shared out in proportion to the kernels of a shape; rounded so that the shares sum to it. */
struct shares {
    const struct part *part;
    uint32_t next; /* kernel of the shape */
    long double whole_ns, taken_ns;
    int64_t given_ns;
};

static enum status traits_at(struct aligner *aligner, struct kernel_traits *side, uint32_t row,
                             const struct traits **traits, struct error *error) {
    if (!side->rows[row]) {
        side->rows[row] = arena_take(aligner->arena, sizeof **side->rows);
        if (!side->rows[row])
            return FAIL_MEMORY(error);
        traits_init(side->rows[row], side->summary, &side->summary->kernels[row]);
    }
    *traits = side->rows[row];
    return STATUS_OK;
}

static enum status make_items(struct aligner *aligner, struct kernel_traits *side, const struct layer_shape *shape,
                              struct align_item **items, struct error *error) {
    const uint32_t count = shape ? shape->kernel_count : 0;
    *items = calloc((size_t)count + 1, sizeof **items);
    if (!*items)
        return FAIL_MEMORY(error);
    for (uint32_t i = 0; i < count; i++) {
        (*items)[i].ns = shape->kernels[i].total_ns;
        TRY(traits_at(aligner, side, shape->kernels[i].kernel, &(*items)[i].traits, error));
    }
    return STATUS_OK;
}

static enum status align_shapes(struct aligner *aligner, const struct part *base, const struct part *test,
                                struct match *match, struct error *error) {
    struct align_item *base_items = NULL, *test_items = NULL;
    enum status status = make_items(aligner, &aligner->base, base->shape, &base_items, error);
    if (status == STATUS_OK)
        status = make_items(aligner, &aligner->test, test->shape, &test_items, error);
    if (status == STATUS_OK)
        status = align_sequences(&match->blocks, &match->count, base_items, base->shape ? base->shape->kernel_count : 0,
                                 test_items, test->shape ? test->shape->kernel_count : 0, &aligner->budget, error);
    free(base_items);
    free(test_items);
    return status;
}

static enum status find_match(struct aligner *aligner, const struct part *base, const struct part *test,
                              const struct match **match, struct error *error) {
    const uint64_t base_key = base->shape ? base->shape_number : LAYER_NO_SHAPE;
    const uint64_t test_key = test->shape ? test->shape_number : LAYER_NO_SHAPE;
    uint64_t *number;
    TRY(map_at(aligner->known, base_key << 32 | test_key, &number, error));
    if (!number)
        return FAIL(error, STATUS_LIMIT, "more than %d pairs of layer shapes", LIMIT_TABLE_ROWS);
    if (*number == 0) {
        void *matches = aligner->matches;
        TRY(array_grow(&matches, &aligner->match_capacity, aligner->match_count + 1, sizeof *aligner->matches,
                       LIMIT_TABLE_ROWS, error));
        aligner->matches = matches;
        TRY(align_shapes(aligner, base, test, &aligner->matches[aligner->match_count], error));
        *number = ++aligner->match_count;
    }
    *match = &aligner->matches[*number - 1];
    return STATUS_OK;
}

/* When all kernels took 0 ns they share alike. */
static long double kernel_weight(const struct shares *shares, uint32_t kernel) {
    return shares->part->shape->total_ns > 0 ? (long double)shares->part->shape->kernels[kernel].total_ns : 1;
}

static struct shares shares_of(const struct part *part) {
    struct shares shares = {.part = part};
    for (uint32_t i = 0; part->shape && i < part->shape->kernel_count; i++)
        shares.whole_ns += kernel_weight(&shares, i);
    return shares;
}

/* The next kernels of a side: their rows, what they amount to, and what they take in a run. */
static enum status take_kernels(struct shares *shares, uint32_t count, uint32_t **rows, int64_t *amount_ns,
                                long double *run_ns, struct error *error) {
    *rows = calloc((size_t)count + 1, sizeof **rows);
    if (!*rows)
        return FAIL_MEMORY(error);
    const long double before = shares->taken_ns;
    for (uint32_t i = 0; i < count; i++) {
        (*rows)[i] = shares->part->shape->kernels[shares->next].kernel;
        shares->taken_ns += kernel_weight(shares, shares->next++);
    }
    if (count == 0)
        return STATUS_OK;
    const bool all = shares->next == shares->part->shape->kernel_count;
    const long double share = all ? 1 : shares->taken_ns / shares->whole_ns;
    const int64_t up_to_here = all ? shares->part->amount_ns : side_round((long double)shares->part->amount_ns * share);
    *amount_ns = up_to_here - shares->given_ns;
    *run_ns = shares->part->run_ns * (shares->taken_ns - before) / shares->whole_ns;
    shares->given_ns = up_to_here;
    return STATUS_OK;
}

static enum pair_kind kind_of(const struct align_block *block) {
    if (block->test_count == 0)
        return PAIR_BASE_ONLY;
    if (block->base_count == 0)
        return PAIR_TEST_ONLY;
    if (block->base_count != block->test_count)
        return block->base_count > block->test_count ? PAIR_FUSED : PAIR_SPLIT;
    return block->identical ? PAIR_SAME : PAIR_REPLACED;
}

/* Of the kernel with the most time in a run; of equals, the first by name of its operation, whichever side it is on. */
static void widest(struct text *operation, long double *most, const struct part *part, uint32_t first, uint32_t count) {
    for (uint32_t i = first; i < first + count; i++) {
        const struct layer_kernel *kernel = &part->shape->kernels[i];
        const long double ns = (long double)kernel->total_ns / (long double)part->shape->instances;
        const struct text name = names_get(part->summary->names, part->summary->kernels[kernel->kernel].operation);
        if (ns > *most || (ns == *most && text_compare(name, *operation) < 0)) {
            *most = ns;
            *operation = name;
        }
    }
}

static enum status add_pair(struct diff_layer *layer, struct shares *base, struct shares *test,
                            const struct align_block *block, struct fusion_sight *sight, struct error *error) {
    struct diff_pair *pair = &layer->pairs[layer->pair_count++];
    *pair = (struct diff_pair){.base_count = block->base_count,
                               .test_count = block->test_count,
                               .base_phase = base->part->phase,
                               .test_phase = test->part->phase,
                               .kind = kind_of(block)};
    long double most = -1;
    widest(&pair->operation, &most, base->part, base->next, block->base_count);
    widest(&pair->operation, &most, test->part, test->next, block->test_count);
    *sight = (struct fusion_sight){
        .base_runs = base->part->runs, .test_runs = test->part->runs, .evidence = block->evidence};
    TRY(take_kernels(base, block->base_count, &pair->base_kernels, &pair->amount.base_ns, &sight->base_ns, error));
    TRY(take_kernels(test, block->test_count, &pair->test_kernels, &pair->amount.test_ns, &sight->test_ns, error));
    pair->amount.gap_ns = pair->amount.test_ns - pair->amount.base_ns;
    sight->pair = *pair;
    return STATUS_OK;
}

static enum status add_pairs(struct aligner *aligner, struct diff_layer *layer, const struct part *base,
                             const struct part *test, const struct match *match, struct error *error) {
    struct diff_pair *pairs =
        realloc(layer->pairs, ((size_t)layer->pair_count + match->count + 1) * sizeof *layer->pairs);
    if (!pairs)
        return FAIL_MEMORY(error);
    layer->pairs = pairs;
    struct shares base_shares = shares_of(base), test_shares = shares_of(test);
    for (uint32_t i = 0; i < match->count; i++) {
        struct fusion_sight sight;
        TRY(add_pair(layer, &base_shares, &test_shares, &match->blocks[i], &sight, error));
        TRY(fusion_see(aligner->fusions, &sight, error));
    }
    aligner->pairs += match->count;
    return STATUS_OK;
}

/* The two sides of the layer in one phase. */
static enum status compare_parts(struct aligner *aligner, struct diff_layer *layer, const struct part *base,
                                 const struct part *test, bool aligned, struct error *error) {
    layer->amount.base_ns += base->amount_ns;
    layer->amount.test_ns += test->amount_ns;
    if (!aligned)
        return STATUS_OK;
    const struct match *match = NULL;
    TRY(find_match(aligner, base, test, &match, error));
    return add_pairs(aligner, layer, base, test, match, error);
}

/* The layer's most frequent shape in the phase, else the one with the most time of any layer. */
static const struct layer_shape *shape_of(const struct summary *summary, const struct phase_share *share,
                                          enum phase phase, uint32_t *number) {
    const struct layers *layers = &summary->layers;
    *number = share->shape;
    if (*number >= layers->shape_count)
        for (*number = 0; *number < layers->shape_count && layers->shapes[*number].phase != phase;)
            ++*number;
    return *number < layers->shape_count ? &layers->shapes[*number] : NULL;
}

/* share: what the phase weighs in the layer. */
static struct part part_of(const struct summary *summary, const struct layer_row *row, enum phase phase,
                           long double share) {
    struct part part = {.summary = summary, .phase = phase};
    if (!row)
        return part;
    const struct phase_share *here = &row->phases[phase];
    part.shape = shape_of(summary, here, phase, &part.shape_number);
    part.runs = here->count;
    part.run_ns = here->count == 0 ? 0 : (long double)here->total_ns / (long double)here->count;
    part.amount_ns = side_round(part.run_ns * share);
    return part;
}

static enum phase most_time(const struct layer_row *row) {
    enum phase most = PHASE_NONE;
    for (int phase = 0; phase < PHASES; phase++)
        if (row->phases[phase].total_ns > row->phases[most].total_ns || row->phases[most].count == 0)
            most = (enum phase)phase;
    return most;
}

/* How many runs of both sides together weigh a phase; 0: it is not compared. */
static uint64_t phase_weight(const struct layer_row *base, const struct layer_row *test, int phase) {
    const uint64_t base_runs = base ? base->phases[phase].count : 0, test_runs = test ? test->phases[phase].count : 0;
    return base && test && (base_runs == 0 || test_runs == 0) ? 0 : base_runs + test_runs;
}

static enum status compare_layer(struct aligner *aligner, struct diff_layer *layer, const struct layer_row *base,
                                 const struct layer_row *test, struct error *error) {
    const struct diff *diff = aligner->diff;
    layer->layer = base && (!test || base->layer < test->layer) ? base->layer : test->layer;
    layer->in_base = base != NULL;
    layer->in_test = test != NULL;
    const bool aligned = aligner->pairs < LIMIT_LAYER_PAIRS;
    uint64_t runs = 0;
    for (int phase = 0; phase < PHASES; phase++)
        runs += phase_weight(base, test, phase);
    for (int phase = 0; phase < PHASES; phase++) {
        const uint64_t weight = phase_weight(base, test, phase);
        if (weight == 0)
            continue;
        const long double share = (long double)weight / (long double)runs;
        const struct part base_part = part_of(diff->base, base, (enum phase)phase, share);
        const struct part test_part = part_of(diff->test, test, (enum phase)phase, share);
        TRY(compare_parts(aligner, layer, &base_part, &test_part, aligned, error));
    }
    if (runs == 0 && base && test) {
        const struct part base_part = part_of(diff->base, base, most_time(base), 1);
        const struct part test_part = part_of(diff->test, test, most_time(test), 1);
        TRY(compare_parts(aligner, layer, &base_part, &test_part, aligned, error));
    }
    layer->amount.gap_ns = layer->amount.test_ns - layer->amount.base_ns;
    return STATUS_OK;
}

/* The one that takes most time. */
static const struct layer_row *typical_row(const struct layers *layers) {
    const struct layer_row *typical = &layers->rows[0];
    for (uint32_t i = 1; i < layers->row_count; i++)
        if (layers->rows[i].total_ns > typical->total_ns)
            typical = &layers->rows[i];
    return typical;
}

/* Numbers that modules have mean the same on both sides; counted ones only when there are as many. */
static bool numbers_agree(const struct layers *base, const struct layers *test) {
    return base->row_count == test->row_count || base->row_count == 0 || test->row_count == 0 ||
           (base->method == LAYERS_MODULE && test->method == LAYERS_MODULE);
}

/* Both tables are ascending by layer. */
static enum status compare_rows(struct aligner *aligner, struct error *error) {
    struct diff *diff = aligner->diff;
    const struct layers *base = &diff->base->layers, *test = &diff->test->layers;
    diff->layers = calloc((size_t)base->row_count + test->row_count + 1, sizeof *diff->layers);
    if (!diff->layers)
        return FAIL_MEMORY(error);
    if (!numbers_agree(base, test))
        return compare_layer(aligner, &diff->layers[diff->layer_count++], typical_row(base), typical_row(test), error);
    for (uint32_t b = 0, t = 0; b < base->row_count || t < test->row_count;) {
        const struct layer_row *base_row = b < base->row_count ? &base->rows[b] : NULL;
        const struct layer_row *test_row = t < test->row_count ? &test->rows[t] : NULL;
        const bool both = base_row && test_row;
        const bool take_base = base_row && (!both || base_row->layer <= test_row->layer);
        const bool take_test = test_row && (!both || test_row->layer <= base_row->layer);
        TRY(compare_layer(aligner, &diff->layers[diff->layer_count++], take_base ? base_row : NULL,
                          take_test ? test_row : NULL, error));
        b += take_base;
        t += take_test;
    }
    return STATUS_OK;
}

static enum status aligner_init(struct aligner *aligner, struct diff *diff, struct error *error) {
    *aligner = (struct aligner){.diff = diff,
                                .arena = arena_new(),
                                .base = {diff->base, calloc((size_t)diff->base->kernel_count + 1, sizeof(void *))},
                                .test = {diff->test, calloc((size_t)diff->test->kernel_count + 1, sizeof(void *))},
                                .known = map_new(LIMIT_TABLE_ROWS),
                                .budget = {LIMIT_ALIGN_CELLS},
                                .fusions = fusion_new()};
    const bool whole = aligner->arena && aligner->base.rows && aligner->test.rows && aligner->known && aligner->fusions;
    return whole ? STATUS_OK : FAIL_MEMORY(error);
}

static void aligner_fini(struct aligner *aligner) {
    for (size_t i = 0; i < aligner->match_count; i++)
        free(aligner->matches[i].blocks);
    free(aligner->matches);
    free(aligner->base.rows);
    free(aligner->test.rows);
    map_free(aligner->known);
    arena_free(aligner->arena);
    fusion_free(aligner->fusions);
}

enum status layer_pairs_find(struct diff *diff, struct error *error) {
    struct aligner aligner;
    enum status status = aligner_init(&aligner, diff, error);
    if (status == STATUS_OK)
        status = compare_rows(&aligner, error);
    if (status == STATUS_OK)
        status = fusion_finish(aligner.fusions, diff, error);
    aligner_fini(&aligner);
    return status;
}
