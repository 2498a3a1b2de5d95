/* Numbers that look random but depend only on what is asked: a hash of a key. */
#ifndef TRACEGEN_RANDOM_H
#define TRACEGEN_RANDOM_H

#include <stdint.h>

static inline uint64_t random_mix(uint64_t key) {
    key += 0x9e3779b97f4a7c15u;
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9u;
    key = (key ^ (key >> 27)) * 0x94d049bb133111ebu;
    return key ^ (key >> 31);
}

static inline int64_t random_below(uint64_t key, int64_t limit) {
    return (int64_t)(random_mix(key) >> 33) % limit;
}

#endif
