#include "index/checksum.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif

#define XXH_INLINE_ALL
#define XXH_VECTOR 2 /* XXH_AVX2 */
#include <xxhash.h>

void checksum_add_avx2(void *state, const void *bytes, size_t size) {
    XXH3_64bits_update(state, bytes, size);
}

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
