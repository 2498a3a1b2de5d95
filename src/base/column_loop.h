/* COLUMN_LOOP, before a function whose loops go over columns: it is compiled twice, with all that it calls in its file,
 * for processors with AVX2 and for others; the loader takes the right one. Compilers that cannot, and sanitizers, which
 * are not up yet when the loader asks, compile it once. */
#ifndef TRACECMP_COLUMN_LOOP_H
#define TRACECMP_COLUMN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__)
#define COLUMN_LOOP __attribute__((target_clones("avx2", "default"), flatten))
#else
#define COLUMN_LOOP
#endif

/* No vector code is made of a loop that ends at the first value that is not as hoped for. So it takes COLUMN_TOGETHER
 * values a round, and asks of them all at once in an inner loop, which looks at each of them. */
enum { COLUMN_TOGETHER = 16 };

/* Before such an inner loop that is to be vector code: unrolled by itself, none is made of it. */
#define COLUMN_LOOP_TOGETHER _Pragma("GCC unroll 1")

static inline int64_t column_sum(const int64_t *values, uint32_t count) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

/* Is each time `least_ns` behind the one before, or later? Of times whose differences fit into 64 bits, the result is
 * right; of others, it is either. */
static inline bool column_ascends(const int64_t *times_ns, uint32_t count, uint64_t least_ns) {
    int64_t any = 0;
    for (uint32_t i = 1; i < count; i++)
        any |= (int64_t)((uint64_t)times_ns[i] - (uint64_t)times_ns[i - 1] - least_ns);
    return any >= 0;
}

#endif
