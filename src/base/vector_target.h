/* VECTOR_TARGET_BEGIN("avx2") … VECTOR_TARGET_END: functions defined between them are compiled for processors with
 * these instructions, whatever the rest is compiled for. Who calls them has asked the processor. */
#ifndef TRACECMP_VECTOR_TARGET_H
#define TRACECMP_VECTOR_TARGET_H

#define VECTOR_TARGET_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define VECTOR_TARGET_BEGIN(instructions)                                                                              \
    VECTOR_TARGET_PRAGMA(clang attribute push(__attribute__((target(instructions))), apply_to = function))
#define VECTOR_TARGET_END _Pragma("clang attribute pop")
#else
#define VECTOR_TARGET_BEGIN(instructions) _Pragma("GCC push_options") VECTOR_TARGET_PRAGMA(GCC target(instructions))
#define VECTOR_TARGET_END _Pragma("GCC pop_options")
#endif

#endif
