#include "index/checksum.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/vector_target.h"

VECTOR_TARGET_BEGIN("avx2")

#define XXH_INLINE_ALL
#define XXH_VECTOR 2 /* XXH_AVX2 */
#include <xxhash.h>

void checksum_add_avx2(void *state, const void *bytes, size_t size) {
    XXH3_64bits_update(state, bytes, size);
}

VECTOR_TARGET_END

#endif
