#include "aggregate/layer_finder.h"

#include <stdlib.h>
#include <string.h>

#include "aggregate/frame_modules.h"
#include "aggregate/layer_cut.h"
#include "aggregate/layer_roles.h"
#include "aggregate/layer_table.h"
#include "aggregate/module_choice.h"
#include "aggregate/sequences.h"
#include "base/buf.h"
#include "base/limits.h"

enum { ROWS_COMPARED = 16, NO_LAYER = INT32_MAX };

struct span { /* a layer that ran once in a sequence */
    uint32_t number;
    uint8_t phase; /* of its first event */
};

struct layer_finder {
    struct summary *summary; /* borrowed, as classes */
    const struct classes *classes;
    struct frame_modules *modules;
    struct sequences *sequences;
    struct layer_table *table;
    struct layer_cutter *cutter;
    struct module_choice choice;
    struct layer_role_of *roles; /* by class */
    size_t role_count, role_capacity;
    uint32_t *numbers;        /* by module: of the chosen class around it */
    struct layer_start start; /* as most of the sequences show it */
    uint64_t start_weight;
    uint64_t *lengths; /* by layers of one run of the model: kernels in such runs */
    size_t run_length; /* the usual one; 0: none yet */
    /* Of one sequence: */
    struct layer_token *tokens;
    uint32_t *token_at; /* token -> position */
    size_t token_count;
    uint32_t *owner; /* position -> span, NO_LAYER */
    struct span *spans;
    size_t span_count;
    uint32_t *begin; /* span -> its first place in parts */
    struct layer_part *parts;
    int64_t method_ns[LAYERS_ATTENTION + 1];
    int64_t outside_ns;
};

static enum status take_pool(void *self, const struct sequence_pool *pool, struct error *error);

struct layer_finder *layer_finder_new(struct summary *summary, const struct classes *classes) {
    struct layer_finder *finder = calloc(1, sizeof *finder);
    if (!finder)
        return NULL;
    const size_t most = LIMIT_SEQUENCE_EVENTS + 1;
    *finder = (struct layer_finder){.summary = summary, .classes = classes};
    finder->modules = frame_modules_new(summary->names, summary->paths);
    finder->sequences = sequences_new(summary->names, classes, (struct sequence_taker){take_pool, finder});
    finder->table = layer_table_new();
    finder->cutter = layer_cutter_new();
    finder->lengths = calloc(LIMIT_LAYERS + 1, sizeof *finder->lengths);
    finder->tokens = malloc(most * sizeof *finder->tokens);
    finder->token_at = malloc(most * sizeof *finder->token_at);
    finder->owner = malloc(most * sizeof *finder->owner);
    finder->spans = malloc(most * sizeof *finder->spans);
    finder->begin = malloc((most + 2) * sizeof *finder->begin);
    finder->parts = malloc(most * sizeof *finder->parts);
    if (finder->modules && finder->sequences && finder->table && finder->cutter && finder->lengths && finder->tokens &&
        finder->token_at && finder->owner && finder->spans && finder->begin && finder->parts)
        return finder;
    layer_finder_free(finder);
    return NULL;
}

void layer_finder_free(struct layer_finder *finder) {
    if (!finder)
        return;
    void *const arrays[] = {finder->roles, finder->numbers, finder->lengths, finder->tokens, finder->token_at,
                            finder->owner, finder->spans,   finder->begin,   finder->parts};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    module_choice_fini(&finder->choice);
    frame_modules_free(finder->modules);
    sequences_free(finder->sequences);
    layer_table_free(finder->table);
    layer_cutter_free(finder->cutter);
    free(finder);
}

enum status layer_finder_place(struct layer_finder *finder, const struct event *event, uint32_t *place,
                               struct error *error) {
    struct position position = {
        .class_id = event->class_id,
        .row = event->row,
        .phase = (uint8_t)event->phase,
        .has_stack = event->stack != PATH_ROOT,
    };
    TRY(frame_modules_find(finder->modules, event->stack, &position.module, error));
    return sequences_place(finder->sequences, &position, place, error);
}

enum status layer_finder_push(struct layer_finder *finder, const struct gpu_run *run, struct error *error) {
    return sequences_push(finder->sequences, run, error);
}

static enum status learn_roles(struct layer_finder *finder, struct error *error) {
    const size_t count = finder->classes->kernel_count;
    void *roles = finder->roles;
    TRY(array_grow(&roles, &finder->role_capacity, count, sizeof *finder->roles, SIZE_MAX, error));
    finder->roles = roles;
    for (; finder->role_count < count; finder->role_count++)
        finder->roles[finder->role_count] =
            layer_role_of(&finder->classes->kernels[finder->role_count], finder->summary->names);
    return STATUS_OK;
}

static enum status choose_modules(struct layer_finder *finder, const struct sequence_pool *pool, struct error *error) {
    const size_t count = frame_modules_count(finder->modules);
    if (!finder->choice.mixer) {
        struct module_use *uses = calloc(count, sizeof *uses);
        if (!uses)
            return FAIL_MEMORY(error);
        for (size_t i = 0; i < pool->position_count; i++) {
            const struct position *position = &pool->positions[i];
            uses[position->module].total_ns += position->total_ns;
            uses[position->module].mixer =
                uses[position->module].mixer || (finder->roles[position->class_id].token.roles & LAYER_ROLE_MIXER) != 0;
        }
        module_choice_fini(&finder->choice);
        const enum status status = module_choice_make(finder->modules, uses, &finder->choice, error);
        free(uses);
        TRY(status);
    }
    uint32_t *numbers = realloc(finder->numbers, count * sizeof *numbers);
    if (!numbers)
        return FAIL_MEMORY(error);
    finder->numbers = numbers;
    for (uint32_t module = 0; module < count; module++)
        numbers[module] = module_choice_number(&finder->choice, finder->modules, module);
    return STATUS_OK;
}

static const struct layer_role_of *role_of(const struct layer_finder *finder, const struct position *position) {
    return &finder->roles[position->class_id];
}

/* Do modules say the layers of a part of the sequence worth it? Not so when they are parts of layers around the few
 * kernels that a graph leaves out. */
static bool is_by_module(const struct layer_finder *finder, const struct position *positions, size_t count) {
    int64_t total_ns = 0, labelled_ns = 0;
    uint32_t roles = 0;
    for (size_t i = 0; i < count; i++) {
        const bool labelled = finder->numbers[positions[i].module] != MODULE_UNNUMBERED;
        total_ns += positions[i].total_ns;
        labelled_ns += labelled ? positions[i].total_ns : 0;
        roles |= labelled ? role_of(finder, &positions[i])->token.roles : 0;
    }
    return (roles & LAYER_ROLE_PROJECTION && roles & LAYER_ROLE_MIXER) ||
           (labelled_ns > 0 && labelled_ns >= total_ns - labelled_ns);
}

struct stream { /* the kernels of one row in a sequence */
    uint32_t row;
    int64_t compute_ns;
    bool mixer;
};

/* The rows whose kernels make the layers: those with mixers, else the one with most time. At most ROWS_COMPARED. */
static size_t main_streams(const struct layer_finder *finder, const struct position *positions, size_t count,
                           struct stream *streams) {
    size_t known = 0, best = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct layer_role_of *role = role_of(finder, &positions[i]);
        size_t at = 0;
        while (at < known && streams[at].row != positions[i].row)
            at++;
        if (at == ROWS_COMPARED || role->passes || finder->owner[i] != NO_LAYER)
            continue;
        if (at == known)
            streams[known++] = (struct stream){.row = positions[i].row};
        streams[at].compute_ns += positions[i].total_ns;
        streams[at].mixer = streams[at].mixer || (role->token.roles & LAYER_ROLE_MIXER) != 0;
    }
    for (size_t i = 1; i < known; i++)
        best = streams[i].compute_ns > streams[best].compute_ns ? i : best;
    for (size_t i = 0; i < known; i++)
        if (streams[i].mixer || i == best)
            streams[kept++] = streams[i];
    return kept;
}

/* Of what has no owner yet. */
static void make_tokens(struct layer_finder *finder, const struct position *positions, size_t count) {
    struct stream streams[ROWS_COMPARED];
    const size_t kept = main_streams(finder, positions, count, streams);
    finder->token_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct layer_role_of *role = role_of(finder, &positions[i]);
        /* What ends a run of the model ends it on whatever stream. */
        bool main_stream = (role->token.roles & LAYER_ROLE_EDGE) != 0;
        for (size_t k = 0; k < kept; k++)
            main_stream = main_stream || streams[k].row == positions[i].row;
        if (role->passes || !main_stream || finder->owner[i] != NO_LAYER)
            continue;
        finder->tokens[finder->token_count] = role->token;
        finder->token_at[finder->token_count++] = (uint32_t)i;
    }
}

/* Events of a layer's module own themselves to it; what lies between two of them without a stack of its own, or is a
 * copy or collective, goes with them. Streams overlap, so the layer before may still have events to come. */
static void own_by_module(struct layer_finder *finder, const struct position *positions, size_t count) {
    uint32_t last = NO_LAYER; /* span */
    size_t last_end = 0;
    bool gap = false; /* since last_end came something that is surely no part of a layer */
    finder->span_count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t number = finder->numbers[positions[i].module];
        finder->owner[i] = NO_LAYER;
        if (number == MODULE_UNNUMBERED) {
            gap = gap || (positions[i].has_stack && !role_of(finder, &positions[i])->passes);
            continue;
        }
        const bool same = last != NO_LAYER && finder->spans[last].number == number && !gap;
        if (same) {
            for (size_t k = last_end; k < i; k++)
                finder->owner[k] = finder->owner[k] == NO_LAYER ? last : finder->owner[k];
        } else if (last != NO_LAYER && last > 0 && finder->spans[last - 1].number == number &&
                   finder->choice.number_count > 2) {
            finder->owner[i] = last - 1;
            continue;
        } else {
            last = (uint32_t)finder->span_count;
            finder->spans[finder->span_count++].number = number;
        }
        finder->owner[i] = last;
        last_end = i + 1;
        gap = false;
    }
}

/* The number of the layer at `place` in a run of `length` layers. */
static uint32_t number_in_run(const struct layer_finder *finder, size_t place, size_t length, bool cut_off_before) {
    if (length < finder->run_length && cut_off_before)
        place += finder->run_length - length; /* the window opened in the middle of the run */
    else if (length * 2 <= finder->run_length)
        place += finder->run_length; /* another, smaller model: one that drafts */
    else if (finder->run_length > 0)
        place %= finder->run_length;
    return place < finder->choice.number_count ? finder->choice.numbers[place] : (uint32_t)place;
}

static size_t run_end(const struct layer_cuts *cuts, size_t first) {
    size_t end = first + 1;
    while (end < cuts->count && cuts->list[end].continues)
        end++;
    return end;
}

/* One past the last event of a layer: up to the next layer, or to its last kernel and the collectives after it. */
static size_t cut_end(const struct layer_finder *finder, const struct layer_cuts *cuts, size_t layer,
                      const struct position *positions, size_t count) {
    const struct layer_cut *cut = &cuts->list[layer];
    const size_t next = cut->end < finder->token_count ? finder->token_at[cut->end] : count;
    size_t end = finder->token_at[cut->end - 1] + 1;
    if (layer + 1 < cuts->count && cuts->list[layer + 1].continues)
        return next;
    for (size_t i = end; i < next; i++)
        if (role_of(finder, &positions[i])->collective)
            end = i + 1;
    return end;
}

static void own_by_cuts(struct layer_finder *finder, const struct layer_cuts *cuts, const struct position *positions,
                        size_t count) {
    for (size_t first = 0, end; first < cuts->count; first = end) {
        end = run_end(cuts, first);
        const bool cut_off = first == 0 && !cuts->opens;
        for (size_t layer = first; layer < end; layer++) {
            const size_t stop = cut_end(finder, cuts, layer, positions, count);
            for (size_t i = finder->token_at[cuts->list[layer].first]; i < stop; i++)
                finder->owner[i] = finder->owner[i] == NO_LAYER ? (uint32_t)finder->span_count : finder->owner[i];
            finder->spans[finder->span_count++].number = number_in_run(finder, layer - first, end - first, cut_off);
        }
    }
}

/* Sorts the events of a sequence by layer; parts of span i are begin[i] .. begin[i + 1] - 1. */
static void sort_parts(struct layer_finder *finder, const struct position *positions, size_t count) {
    memset(finder->begin, 0, (finder->span_count + 2) * sizeof *finder->begin);
    for (size_t i = 0; i < count; i++) {
        const uint32_t span = finder->owner[i];
        if (span != NO_LAYER && finder->begin[span + 2]++ == 0)
            finder->spans[span].phase = positions[i].phase;
    }
    for (size_t span = 2; span < finder->span_count + 2; span++)
        finder->begin[span] += finder->begin[span - 1];
    for (size_t i = 0; i < count; i++)
        if (finder->owner[i] != NO_LAYER)
            finder->parts[finder->begin[finder->owner[i] + 1]++] =
                (struct layer_part){positions[i].class_id, positions[i].total_ns};
}

/* Gives the layers of a sequence to the table; what is in none is outside. Spans from `by_cuts` on were cut. */
static enum status add_spans(struct layer_finder *finder, const struct sequence *sequence,
                             const struct position *positions, size_t by_cuts, enum layer_method method,
                             struct error *error) {
    sort_parts(finder, positions, sequence->count);
    for (size_t i = 0; i < sequence->count; i++)
        finder->outside_ns += positions[i].total_ns;
    for (uint32_t i = 0; i < finder->span_count; i++) {
        const size_t begin = finder->begin[i], end = finder->begin[i + 1];
        int64_t total_ns = 0;
        bool added;
        for (size_t part = begin; part < end; part++)
            total_ns += finder->parts[part].total_ns;
        const struct layer_found found = {finder->spans[i].number,
                                          (enum phase)finder->spans[i].phase,
                                          sequence->instances,
                                          finder->parts + begin,
                                          end - begin,
                                          total_ns};
        TRY(layer_table_add(finder->table, &found, &added, error));
        finder->outside_ns -= added ? total_ns : 0;
        finder->method_ns[i < by_cuts ? LAYERS_MODULE : method] += added ? total_ns : 0;
    }
    return STATUS_OK;
}

static void learn_start(struct layer_finder *finder, const struct layer_start *start, uint64_t weight) {
    if (start->certainty == LAYER_START_SEEN && weight > finder->start_weight) {
        finder->start = *start;
        finder->start_weight = weight;
    }
}

/* Where a layer begins, as the modules have it: the one in the middle of the sequence that has a mixer. */
static void learn_from_modules(struct layer_finder *finder, uint64_t weight) {
    const size_t middle = finder->span_count / 2;
    size_t first = finder->token_count, mixer = 0;
    for (size_t t = 0; t < finder->token_count && mixer == 0; t++) {
        const uint32_t owner = finder->owner[finder->token_at[t]];
        if (owner != middle)
            continue;
        first = t < first ? t : first;
        mixer = finder->tokens[t].roles & LAYER_ROLE_MIXER ? t : 0;
    }
    if (mixer <= first)
        return;
    struct layer_start start = {LAYER_START_SEEN, finder->tokens[first].word, 0, (uint32_t)(mixer - first)};
    for (size_t t = first; t < mixer; t++)
        start.ordinal += finder->tokens[t].word == start.word;
    learn_start(finder, &start, weight);
}

static void learn_lengths(struct layer_finder *finder, const struct layer_cuts *cuts, uint64_t instances) {
    for (size_t first = 0, end; first < cuts->count; first = end) {
        end = run_end(cuts, first);
        const uint64_t kernels = cuts->list[end - 1].end - cuts->list[first].first;
        if (end - first <= LIMIT_LAYERS)
            finder->lengths[end - first] += kernels * instances;
    }
}

static void own_nothing(struct layer_finder *finder, size_t count) {
    for (size_t i = 0; i < count; i++)
        finder->owner[i] = NO_LAYER;
    finder->span_count = 0;
}

/* Learns where a layer begins (first round), then how many layers a run has (second round), from one sequence. */
static void learn_from(struct layer_finder *finder, const struct sequence *sequence, const struct position *positions,
                       bool first_round) {
    const uint64_t weight = sequence->instances * sequence->count;
    const bool by_module = is_by_module(finder, positions, sequence->count);
    struct layer_cuts cuts;
    own_nothing(finder, sequence->count);
    if (by_module && first_round) {
        make_tokens(finder, positions, sequence->count);
        own_by_module(finder, positions, sequence->count);
        learn_from_modules(finder, weight);
    }
    if (by_module)
        own_by_module(finder, positions, sequence->count);
    make_tokens(finder, positions, sequence->count);
    layer_cutter_cut(finder->cutter, finder->tokens, finder->token_count, &finder->start, &cuts);
    if (first_round)
        learn_start(finder, &cuts.start, weight);
    else
        learn_lengths(finder, &cuts, sequence->instances);
}

static void learn(struct layer_finder *finder, const struct sequence_pool *pool) {
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < pool->sequence_count; i++)
            learn_from(finder, &pool->sequences[i], pool->positions + pool->sequences[i].first, round == 0);
    finder->run_length = 0;
    for (size_t length = 1; length <= LIMIT_LAYERS; length++)
        if (finder->lengths[length] > finder->lengths[finder->run_length])
            finder->run_length = length;
    if (finder->run_length * 2 <= finder->choice.number_count)
        finder->run_length = finder->choice.number_count;
}

static enum status divide(struct layer_finder *finder, const struct sequence *sequence,
                          const struct position *positions, struct error *error) {
    struct layer_cuts cuts;
    own_nothing(finder, sequence->count);
    if (is_by_module(finder, positions, sequence->count))
        own_by_module(finder, positions, sequence->count);
    const size_t by_module = finder->span_count;
    make_tokens(finder, positions, sequence->count);
    layer_cutter_cut(finder->cutter, finder->tokens, finder->token_count, &finder->start, &cuts);
    own_by_cuts(finder, &cuts, positions, sequence->count);
    return add_spans(finder, sequence, positions, by_module, cuts.stable ? LAYERS_PERIOD : LAYERS_ATTENTION, error);
}

static enum status take_pool(void *self, const struct sequence_pool *pool, struct error *error) {
    struct layer_finder *finder = self;
    TRY(learn_roles(finder, error));
    TRY(choose_modules(finder, pool, error));
    learn(finder, pool);
    for (size_t i = 0; i < pool->sequence_count; i++)
        TRY(divide(finder, &pool->sequences[i], pool->positions + pool->sequences[i].first, error));
    return STATUS_OK;
}

enum status layer_finder_flush(struct layer_finder *finder, const uint32_t *kernel_rows, struct error *error) {
    struct layers *layers = &finder->summary->layers;
    TRY(sequences_flush(finder->sequences, error));
    TRY(layer_table_finish(finder->table, kernel_rows, layers, error));
    layers->outside_ns = finder->outside_ns + sequences_beyond_ns(finder->sequences);
    for (int method = LAYERS_MODULE; method <= LAYERS_ATTENTION; method++)
        if (finder->method_ns[method] > finder->method_ns[layers->method])
            layers->method = (enum layer_method)method;
    return STATUS_OK;
}
