#ifndef TRACECMP_SPLIT_SEARCH_H
#define TRACECMP_SPLIT_SEARCH_H

#include "tokenize/syntax.h"

/* The search for an item behind a broken one, from `start` on. */
struct search {
    bool on;
    bool by_end;    /* nothing is wrong with the item but that the input ends in it */
    bool line;      /* an end of line came since then: */
    char before;    /* the last byte that is no white space */
    int64_t gpu_ns; /* what the broken item seems to have said */
    uint64_t start;
    uint64_t furthest; /* where a candidate turned out to be none */
    uint64_t cost;     /* bytes of all such */
    uint64_t long_end; /* a too long item is open up to here and goes on behind; 0: none */
    struct syntax long_syntax;
};

#endif
