#ifndef TRACECMP_SPLIT_SEARCH_H
#define TRACECMP_SPLIT_SEARCH_H

#include "tokenize/syntax.h"

enum search_reason {
    SEARCH_BROKEN, /* behind an item that is not JSON */
    SEARCH_CUT,    /* in one with which nothing is wrong but that the input ends in it */
    SEARCH_HEAD,   /* the top-level object is none that has events: they may yet come, or it is one of many */
    SEARCH_TRAIL,  /* behind the end of the document, which may have been none */
};

/* The search for an item, from `start` on. */
struct search {
    bool on;
    enum search_reason reason;
    bool at_end;    /* the candidate is the end of the document instead */
    bool line;      /* an end of line came since then: */
    char before;    /* the last byte that is no white space */
    int64_t gpu_ns; /* what the broken item seems to have said */
    uint64_t start;
    uint64_t mark_end; /* up to here an array of traceEvents was looked for, */
    unsigned mark_letters; /* and so much of its beginning was met */
    uint64_t furthest; /* where a candidate turned out to be none */
    uint64_t cost;     /* bytes of all such */
    uint64_t long_end; /* a too long item is open up to here and goes on behind; 0: none */
    struct syntax long_syntax;
};

#endif
