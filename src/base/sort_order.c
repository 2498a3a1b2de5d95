#include "base/sort_order.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t *record_at(const struct sort_list *list, uint32_t position) {
    return list->records + position * list->words;
}

static bool ordered(const struct sort_list *list, uint32_t first, uint32_t second) {
    return sort_compare_keys(record_at(list, first), record_at(list, second), list->key_words) <= 0;
}

/* Where the ascending stretch that starts at `from` in order[] ends. */
static uint32_t stretch_end(const struct sort_list *list, const uint32_t *order, uint32_t from) {
    uint32_t end = from + 1;
    while (end < list->count && ordered(list, order[end - 1], order[end]))
        end++;
    return end;
}

static void merge_two(const struct sort_list *list, const uint32_t *from, uint32_t *to, uint32_t left, uint32_t middle,
                      uint32_t right) {
    uint32_t a = left, b = middle, out = left;
    while (a < middle && b < right)
        to[out++] = ordered(list, from[a], from[b]) ? from[a++] : from[b++];
    memcpy(to + out, from + a, (middle - a) * sizeof *to);
    out += middle - a;
    memcpy(to + out, from + b, (right - b) * sizeof *to);
}

/* One pass of a natural merge sort: pairs of ascending stretches of `from` become one each in `to`. True when
 * everything is one stretch. */
static bool merge_pass(const struct sort_list *list, const uint32_t *from, uint32_t *to) {
    bool single = true;
    for (uint32_t left = 0; left < list->count;) {
        const uint32_t middle = stretch_end(list, from, left);
        const uint32_t right = middle < list->count ? stretch_end(list, from, middle) : middle;
        merge_two(list, from, to, left, middle, right);
        single = single && left == 0 && right == list->count;
        left = right;
    }
    return single;
}

static bool is_in_order(const struct sort_list *list) {
    const uint64_t *record = list->records, *last = record + (list->count - 1) * list->words;
    for (; record < last; record += list->words)
        if (sort_compare_keys(record, record + list->words, list->key_words) > 0)
            return false;
    return true;
}

enum status sort_order_find(const struct sort_list *list, uint32_t **order, struct error *error) {
    *order = NULL;
    if (is_in_order(list))
        return STATUS_OK;
    uint32_t *from = malloc(list->count * sizeof *from), *to = malloc(list->count * sizeof *to);
    if (!from || !to) {
        free(from);
        free(to);
        return FAIL_MEMORY(error);
    }
    for (uint32_t i = 0; i < list->count; i++)
        from[i] = i;
    while (!merge_pass(list, from, to)) {
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    free(from);
    *order = to;
    return STATUS_OK;
}
