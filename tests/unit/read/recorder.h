/* A sink that remembers what it was given and checks the contract of chunks while it takes them. */
#ifndef TRACECMP_RECORDER_H
#define TRACECMP_RECORDER_H

#include "flow/chunk.h"

struct recorder {
    char *data; /* owned; all chunks, one behind the other */
    size_t size, capacity;
    size_t largest; /* chunk */
    unsigned ends;
    bool broken;                 /* an empty chunk, a gap or an overlap in the offsets, or a push after end */
    size_t fail_at;              /* the push that brings the size here fails; 0: none does */
    bool fail_end;               /* end fails */
    void (*on_push)(void *self); /* called in each push when not NULL */
    void *on_push_self;
};

struct chunk_sink recorder_sink(struct recorder *recorder);
void recorder_fini(struct recorder *recorder);
/* Exactly these bytes arrived, the sink was ended once, and no contract was broken. */
bool recorder_holds(const struct recorder *recorder, const char *data, size_t size);

#endif
