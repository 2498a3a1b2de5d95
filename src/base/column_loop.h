/* COLUMN_LOOP, before a function whose loops go over columns: it is compiled twice, with all that it calls in its file,
 * for processors with AVX2 and for others; the loader takes the right one. Compilers that cannot, and sanitizers, which
 * are not up yet when the loader asks, compile it once. */
#ifndef TRACECMP_COLUMN_LOOP_H
#define TRACECMP_COLUMN_LOOP_H

#include <stdint.h>

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__)
#define COLUMN_LOOP __attribute__((target_clones("avx2", "default"), flatten))
#else
#define COLUMN_LOOP
#endif

/* Before a loop of few rounds: unrolled by itself, no vector code is made of it. */
#define COLUMN_LOOP_SHORT _Pragma("GCC unroll 1")

#endif
