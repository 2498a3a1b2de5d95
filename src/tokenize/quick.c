#include "tokenize/quick.h"

const struct quick *quick_get(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul"))
        return &quick_avx2;
#endif
    return &quick_portable;
}
