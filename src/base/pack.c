#include "base/pack.h"

const struct pack *pack_get(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return &pack_avx2;
    if (__builtin_cpu_supports("ssse3"))
        return &pack_ssse3;
#endif
    return &pack_portable;
}
