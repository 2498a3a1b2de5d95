/* The order of records that lie in memory: by their keys, equal ones as they lie. */
#ifndef TRACECMP_SORT_ORDER_H
#define TRACECMP_SORT_ORDER_H

#include "base/sort.h"

struct sort_list {
    const uint64_t *records; /* borrowed; one behind the other; one at least */
    size_t count, words;
    unsigned key_words;
};

/* *order: which record is to come when; owned by the caller; NULL when they lie in order. */
enum status sort_order_find(const struct sort_list *list, uint32_t **order, struct error *error) CHECKED;

#endif
