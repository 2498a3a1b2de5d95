#include "aggregate/layer_period.h"

enum { PERIOD_LEAST = 3, PERIOD_MOST = 512, PERIOD_TOKENS = 4096, PERIOD_REPEATS = 3 };

/* The longest range in which every token equals the one `length` after it. */
static struct layer_period longest_range(const struct layer_token *tokens, size_t count, size_t length) {
    struct layer_period best = {.length = length};
    size_t first = 0;
    for (size_t i = 0; i + length <= count; i++) {
        const bool same = i + length < count && tokens[i].word == tokens[i + length].word;
        if (same)
            continue;
        if (i > first && i + length - first > best.end - best.first) {
            best.first = first;
            best.end = i + length;
        }
        first = i + 1;
    }
    return best;
}

/* A layer is more than one kernel again and again: three kinds of them at least, a projection among them. */
static bool is_like_a_layer(const struct layer_token *tokens, const struct layer_period *period) {
    const struct layer_token *first = tokens + period->first, *other = NULL;
    bool projection = false, third = false;
    for (size_t i = 0; i < period->length; i++) {
        projection = projection || (first[i].roles & LAYER_ROLE_PROJECTION) != 0;
        if (first[i].word == first->word)
            continue;
        other = other ? other : &first[i];
        third = third || first[i].word != other->word;
    }
    return projection && third;
}

bool layer_period_find(const struct layer_token *tokens, size_t count, struct layer_period *period) {
    const size_t looked_at = count < PERIOD_TOKENS ? count : PERIOD_TOKENS;
    *period = (struct layer_period){.length = 0};
    for (size_t length = PERIOD_LEAST; length <= PERIOD_MOST && length * PERIOD_REPEATS <= looked_at; length++) {
        const struct layer_period range = longest_range(tokens, looked_at, length);
        const size_t covered = range.end - range.first;
        if (covered < PERIOD_REPEATS * length || covered * 2 < looked_at || !is_like_a_layer(tokens, &range))
            continue;
        /* A multiple of the period repeats as well; only a clearly longer range is worth a longer period. */
        if (period->length == 0 || covered * 4 > (period->end - period->first) * 5)
            *period = range;
    }
    return period->length > 0;
}
