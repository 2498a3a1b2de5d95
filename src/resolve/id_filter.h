/* A set of ids that may say yes too often, never no to one that was added: keeps records that nobody asks for out of
 * the sorters. Ids are mostly numbers in a row, which do not get in each other's way here. */
#ifndef TRACECMP_ID_FILTER_H
#define TRACECMP_ID_FILTER_H

#include <stdbool.h>
#include <stdint.h>

enum { ID_FILTER_BITS = 1 << 23 };

struct id_filter {
    unsigned char bits[ID_FILTER_BITS / 8]; /* all 0 to begin with */
};

/* 0 is no id. */
static inline void id_filter_add(struct id_filter *filter, uint64_t id) {
    filter->bits[id % ID_FILTER_BITS / 8] |= (unsigned char)(1u << id % 8);
}
static inline bool id_filter_has(const struct id_filter *filter, uint64_t id) {
    return id != 0 && filter->bits[id % ID_FILTER_BITS / 8] >> id % 8 & 1;
}

#endif
