#include "aggregate/layer_cut.h"

#include <stdlib.h>
#include <string.h>

#include "aggregate/layer_period.h"
#include "base/hash.h"
#include "base/limits.h"

enum {
    ANCHOR_REACH = 8, /* tokens between kernels of one mixer */
    CYCLE_MOST = 8,   /* layers of different kinds that take turns */
    GAP_SLACK = 3,    /* kernels that one layer may have more than any other before the next begins */
    TAILS_COMPARED = 16,
};

struct anchor {
    size_t first, last; /* tokens of the mixer */
    uint64_t hash;      /* of the layer */
};

struct layer_cutter {
    const struct layer_token *tokens; /* borrowed, during a call */
    size_t count;
    struct anchor *anchors;
    size_t anchor_count;
    struct layer_cut *cuts;
    uint32_t *seen; /* by distance: how often */
    size_t longest_gap;
    bool edges_count; /* embeddings and samplings are rare enough to tell the ends of a run */
};

struct layer_cutter *layer_cutter_new(void) {
    struct layer_cutter *cutter = calloc(1, sizeof *cutter);
    if (!cutter)
        return NULL;
    cutter->anchors = malloc(LIMIT_SEQUENCE_EVENTS * sizeof *cutter->anchors);
    cutter->cuts = malloc(LIMIT_SEQUENCE_EVENTS * sizeof *cutter->cuts);
    cutter->seen = malloc((LIMIT_SEQUENCE_EVENTS + 1) * sizeof *cutter->seen);
    if (cutter->anchors && cutter->cuts && cutter->seen)
        return cutter;
    layer_cutter_free(cutter);
    return NULL;
}

void layer_cutter_free(struct layer_cutter *cutter) {
    if (!cutter)
        return;
    free(cutter->anchors);
    free(cutter->cuts);
    free(cutter->seen);
    free(cutter);
}

static bool has_role(const struct layer_cutter *cutter, size_t token, uint32_t role) {
    return (cutter->tokens[token].roles & role) != 0;
}

static bool any_role(const struct layer_cutter *cutter, size_t first, size_t end, uint32_t role) {
    for (size_t i = first; i < end; i++)
        if (has_role(cutter, i, role))
            return true;
    return false;
}

/* Mixers with little and no projection between them are one. What stands before the first projection is no mixer of a
 * whole layer, but preparation or the rest of a layer that is cut off; `projected` leaves it out. */
static void find_anchors(struct layer_cutter *cutter, bool projected) {
    bool projection = !projected;
    struct anchor *open = NULL;
    cutter->anchor_count = 0;
    for (size_t i = 0; i < cutter->count; i++) {
        if (has_role(cutter, i, LAYER_ROLE_PROJECTION)) {
            projection = true;
            open = NULL;
        }
        if (!has_role(cutter, i, LAYER_ROLE_MIXER) || (!open && !projection))
            continue;
        if (open && i - open->last <= ANCHOR_REACH) {
            open->last = i;
            continue;
        }
        open = &cutter->anchors[cutter->anchor_count++];
        *open = (struct anchor){.first = i, .last = i};
        projection = !projected;
    }
}

/* How many tokens before two anchors are the same, not beyond the anchors before them nor into what is before a first
 * layer (two first layers have that in common); *differ: something ends it. */
static size_t common_head(const struct layer_cutter *cutter, size_t a, size_t b, bool *differ) {
    const size_t left = cutter->anchors[a].first, right = cutter->anchors[b].first;
    const size_t left_room = left - (a > 0 ? cutter->anchors[a - 1].last + 1 : 0);
    const size_t right_room = right - cutter->anchors[b - 1].last - 1;
    size_t length = 0;
    while (length < left_room && length < right_room && !has_role(cutter, left - 1 - length, LAYER_ROLE_EDGE) &&
           cutter->tokens[left - 1 - length].word == cutter->tokens[right - 1 - length].word)
        length++;
    *differ = length < left_room && length < right_room;
    return length;
}

/* The norm before the projection before the mixer; 0 when there is none. */
static size_t head_by_norm(const struct layer_cutter *cutter, size_t anchor) {
    const size_t end = cutter->anchors[anchor].first;
    const size_t least = anchor > 0 ? cutter->anchors[anchor - 1].last + 1 : 0;
    bool projection = false;
    for (size_t i = end; i > least; i--) {
        projection = projection || has_role(cutter, i - 1, LAYER_ROLE_PROJECTION);
        if (projection && has_role(cutter, i - 1, LAYER_ROLE_NORM))
            return end - (i - 1);
    }
    return 0;
}

/* A layer begins with its norm when one is near: residual additions and casts before it belong to what came before. */
static size_t head_to_norm(const struct layer_cutter *cutter, size_t anchor, size_t head) {
    const size_t end = cutter->anchors[anchor].first;
    for (size_t i = end - head; i < end && i < end - head + 3; i++)
        if (has_role(cutter, i, LAYER_ROLE_NORM))
            return end - i;
    return head;
}

static struct layer_start start_at(const struct layer_cutter *cutter, size_t anchor, size_t head) {
    const size_t end = cutter->anchors[anchor].first;
    struct layer_start start = {.head = (uint32_t)head};
    if (head == 0)
        return start;
    start.word = cutter->tokens[end - head].word;
    for (size_t i = end - head; i < end; i++)
        start.ordinal += cutter->tokens[i].word == start.word;
    return start;
}

static struct layer_start find_start(const struct layer_cutter *cutter, const struct layer_start *hint, bool *opens) {
    size_t head = 0, nearest = SIZE_MAX;
    bool differ = false;
    for (size_t i = 1; i < cutter->anchor_count; i++) {
        const size_t distance = cutter->anchors[i].first - cutter->anchors[i - 1].last;
        nearest = distance < nearest ? distance : nearest;
    }
    for (size_t q = 1; q <= CYCLE_MOST && q < cutter->anchor_count; q++) {
        bool differs;
        const size_t common = common_head(cutter, 0, q, &differs);
        if (common <= head || common >= nearest)
            continue; /* no better, or more than a layer in common */
        differ = differs;
        head = common;
    }
    const size_t mixer = cutter->anchors[0].first;
    const bool seen = head > 0 && differ && any_role(cutter, mixer - head, mixer, LAYER_ROLE_PROJECTION);
    *opens = seen;
    if (!seen && hint->certainty != LAYER_START_UNKNOWN)
        return *hint;
    const size_t anchor = cutter->anchor_count / 2;
    struct layer_start start;
    if (seen) {
        start = start_at(cutter, 0, head_to_norm(cutter, 0, head));
    } else {
        const size_t by_norm = head_by_norm(cutter, anchor);
        start = by_norm > 0 ? start_at(cutter, anchor, by_norm) : start_at(cutter, 0, head);
    }
    start.certainty = seen ? LAYER_START_SEEN : LAYER_START_GUESSED;
    return start;
}

static size_t layer_first(const struct layer_cutter *cutter, size_t anchor, const struct layer_start *start) {
    const size_t end = cutter->anchors[anchor].first;
    const size_t least = anchor > 0 ? cutter->anchors[anchor - 1].last + 1 : 0;
    const size_t usual = end - least < start->head ? least : end - start->head;
    const size_t farthest = end - least < 2 * (size_t)start->head + 8 ? least : end - 2 * (size_t)start->head - 8;
    uint32_t met = 0;
    for (size_t i = end; i > farthest && start->ordinal > 0; i--)
        if (cutter->tokens[i - 1].word == start->word && ++met == start->ordinal)
            return i - 1;
    return usual;
}

static size_t gap_after(const struct layer_cutter *cutter, size_t anchor) {
    return cutter->cuts[anchor + 1].first - cutter->anchors[anchor].last;
}

static bool edge_after(const struct layer_cutter *cutter, size_t anchor) {
    return any_role(cutter, cutter->anchors[anchor].last + 1, cutter->cuts[anchor + 1].first, LAYER_ROLE_EDGE);
}

/* The widest of the usual distances between a mixer and the next layer. */
static void measure_gaps(struct layer_cutter *cutter) {
    const size_t gaps = cutter->anchor_count - 1;
    size_t edges = 0;
    for (size_t i = 0; i < gaps; i++)
        edges += edge_after(cutter, i);
    cutter->edges_count = edges * 5 <= gaps * 3;
    memset(cutter->seen, 0, (cutter->count + 1) * sizeof *cutter->seen);
    for (size_t i = 0; i < gaps; i++)
        if (!cutter->edges_count || !edge_after(cutter, i))
            cutter->seen[gap_after(cutter, i)]++;
    cutter->longest_gap = 0;
    const size_t often = gaps / 10 > 2 ? gaps / 10 : gaps > 1 ? 2 : 1;
    for (size_t distance = 0; distance <= cutter->count; distance++)
        if (cutter->seen[distance] >= often)
            cutter->longest_gap = distance;
    if (cutter->longest_gap == 0)
        for (size_t i = 0; i < gaps; i++)
            if (gap_after(cutter, i) > cutter->longest_gap && !(cutter->edges_count && edge_after(cutter, i)))
                cutter->longest_gap = gap_after(cutter, i);
}

static bool continues_after(const struct layer_cutter *cutter, size_t anchor) {
    if (cutter->edges_count && edge_after(cutter, anchor))
        return false;
    return gap_after(cutter, anchor) <= cutter->longest_gap + GAP_SLACK;
}

/* How far the kernels after two mixers are the same; `whole`: up to the end of the layer of `model`. */
static size_t common_tail(const struct layer_cutter *cutter, size_t model, size_t anchor, bool *whole) {
    const size_t length = cutter->cuts[model].end - cutter->anchors[model].last;
    const struct layer_token *a = cutter->tokens + cutter->anchors[model].last;
    const struct layer_token *b = cutter->tokens + cutter->anchors[anchor].last;
    const size_t room = cutter->count - cutter->anchors[anchor].last;
    size_t common = 1;
    while (common < length && common < room && a[common].word == b[common].word)
        common++;
    *whole = common == length;
    return common;
}

/* Where the last layer of a run ends: as far as the layer whose kernels after the mixer are most like its own. */
static size_t last_end(const struct layer_cutter *cutter, size_t anchor) {
    size_t best = 0, compared = 0, length = 1;
    for (size_t i = 0; i + 1 < cutter->anchor_count && compared < TAILS_COMPARED; i++) {
        bool whole;
        if (!cutter->cuts[i + 1].continues)
            continue;
        compared++;
        const size_t common = common_tail(cutter, i, anchor, &whole) * 2 + whole;
        if (common > best) {
            best = common;
            length = cutter->cuts[i].end - cutter->anchors[i].last;
        }
    }
    size_t end = cutter->anchors[anchor].last + length;
    const size_t most = anchor + 1 < cutter->anchor_count ? cutter->cuts[anchor + 1].first : cutter->count;
    return end < most ? end : most;
}

static void find_ends(struct layer_cutter *cutter) {
    for (size_t i = 0; i < cutter->anchor_count; i++)
        cutter->cuts[i].continues = i > 0 && continues_after(cutter, i - 1);
    for (size_t i = 0; i + 1 < cutter->anchor_count; i++)
        cutter->cuts[i].end = cutter->cuts[i + 1].first;
    for (size_t i = 0; i < cutter->anchor_count; i++)
        if (i + 1 == cutter->anchor_count || !cutter->cuts[i + 1].continues)
            cutter->cuts[i].end = last_end(cutter, i);
}

static bool is_stable(struct layer_cutter *cutter) {
    for (size_t i = 0; i < cutter->anchor_count; i++) {
        uint64_t hash = 0;
        for (size_t k = cutter->cuts[i].first; k < cutter->cuts[i].end; k++)
            hash = hash_add(hash, cutter->tokens[k].word);
        cutter->anchors[i].hash = hash;
    }
    for (size_t q = 1; q <= CYCLE_MOST && 2 * q <= cutter->anchor_count; q++) {
        size_t alike = 0;
        for (size_t i = q; i < cutter->anchor_count; i++)
            alike += cutter->anchors[i].hash == cutter->anchors[i - q].hash;
        if (alike * 2 >= cutter->anchor_count - q)
            return true;
    }
    return false;
}

/* Without any mixer the plain period must do. */
static void cut_by_period(struct layer_cutter *cutter, struct layer_cuts *cuts) {
    struct layer_period period;
    if (!layer_period_find(cutter->tokens, cutter->count, &period))
        return;
    for (size_t first = period.first; first + period.length <= period.end; first += period.length)
        cutter->cuts[cuts->count++] = (struct layer_cut){first, first + period.length, first > period.first};
    cuts->stable = true;
}

void layer_cutter_cut(struct layer_cutter *cutter, const struct layer_token *tokens, size_t count,
                      const struct layer_start *hint, struct layer_cuts *cuts) {
    cutter->tokens = tokens;
    cutter->count = count;
    *cuts = (struct layer_cuts){.list = cutter->cuts};
    find_anchors(cutter, true);
    if (cutter->anchor_count < 2)
        find_anchors(cutter, false);
    if (cutter->anchor_count == 0) {
        cut_by_period(cutter, cuts);
        return;
    }
    if (cutter->anchor_count == 1 && hint->certainty == LAYER_START_UNKNOWN)
        return; /* nothing repeats */
    cuts->start = find_start(cutter, hint, &cuts->opens);
    for (size_t i = 0; i < cutter->anchor_count; i++)
        cutter->cuts[i] = (struct layer_cut){.first = layer_first(cutter, i, &cuts->start)};
    measure_gaps(cutter);
    find_ends(cutter);
    cuts->count = cutter->anchor_count;
    cuts->stable = is_stable(cutter);
}
