/* One step of a hash over 64-bit words: of whatever is found again by it in this process, never stored. */
#ifndef TRACECMP_HASH_H
#define TRACECMP_HASH_H

#include <stdint.h>

static inline uint64_t hash_add(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 / the golden ratio */
    return hash ^ hash >> 32;
}

#endif
