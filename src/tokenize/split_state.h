/* What split.c, which knows the way from place to place, split_document.c, which knows the top-level object, and
 * split_item.c, which knows items, share; of no concern to others. */
#ifndef TRACECMP_SPLIT_STATE_H
#define TRACECMP_SPLIT_STATE_H

#include "base/buf.h"
#include "base/limits.h"
#include "tokenize/scan.h"
#include "tokenize/split.h"
#include "tokenize/split_place.h"
#include "tokenize/split_search.h"
#include "tokenize/syntax.h"

enum {
    SPLIT_QUICK_BYTES = 16 << 10, /* longer items go the careful way */
    SPLIT_BEHIND_BYTES = 4 << 10, /* white space behind an item that was found: with more it is taken as it is */
    SPLIT_HELD_BYTES = LIMIT_ITEM_BYTES + 1 + SPLIT_BEHIND_BYTES + SPLIT_PADDING,
};

struct splitter {
    struct split_sink sink;
    struct tally *tally; /* borrowed */
    enum place place;
    enum form form;
    struct scan scan;
    struct syntax syntax;
    struct search search;
    uint64_t offset;     /* of the cursor's first byte */
    unsigned mark_bytes; /* of a byte order mark seen so far */
    bool events_seen;    /* traceEvents, or an array, has begun */
    bool separated;      /* a comma, or the start of the array, came before the next element */
    bool stray;          /* inside a run of bytes that belong to nothing */
    bool kept;      /* the current key or value is wanted and fits so far */
    bool recording; /* the top-level object may turn out to be an event itself and goes to `held` */
    bool has_ph;    /* … it has the key of one */
    uint64_t items;
    uint64_t item_offset;
    size_t found_size;  /* of the item that was found; behind it `held` has what follows */
    bool found_comma;   /* a comma, namely */
    bool head_closed;   /* the top-level object had no events; or else */
    uint64_t lost_at;   /* this byte was wrong in it */
    unsigned char lost_byte;
    struct buf held; /* the unfinished item, or the recorded object */
    struct buf key, value, scratch;
};

/* The bytes at hand; at moves forward. */
struct cursor {
    const char *data;
    size_t size, at;
    size_t recorded; /* bytes before it are in `held` already */
    size_t item_at;  /* where the item began that is in work, when has_item */
    bool has_item;   /* it did so in these bytes */
};

static inline uint64_t split_offset(const struct splitter *splitter, const struct cursor *cursor) {
    return splitter->offset + cursor->at;
}

#endif
