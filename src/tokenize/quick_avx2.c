/* quick.h with 32-byte vectors. */
#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/vector_target.h"

VECTOR_TARGET_BEGIN("avx2,pclmul,bmi,popcnt")

static inline uint64_t mask_of_two(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline __m256i load_32(const char *data) {
    return _mm256_loadu_si256((const __m256i *)(const void *)data);
}

static inline __m256i equal_32(__m256i bytes, char c) {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}

/* Bit i: data[i] == c, for 64 bytes. */
static inline uint64_t mask_equal(const char *data, char c) {
    return mask_of_two(equal_32(load_32(data), c), equal_32(load_32(data + 32), c));
}

/* Bit i: data[i] | 0x20 == c, which finds [ with { and ] with }. */
static inline uint64_t mask_equal_folded(const char *data, char c) {
    const __m256i fold = _mm256_set1_epi8(0x20);
    return mask_of_two(equal_32(_mm256_or_si256(load_32(data), fold), c),
                       equal_32(_mm256_or_si256(load_32(data + 32), fold), c));
}

/* Bit i: an odd number of bits of 0..i are set. */
static inline uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* The first of 32 bytes that is a quote or backslash; 32 when none is. */
static inline unsigned find_quote(const char *data) {
    const __m256i bytes = load_32(data);
    const __m256i found = _mm256_or_si256(equal_32(bytes, '"'), equal_32(bytes, '\\'));
    return _tzcnt_u32((uint32_t)_mm256_movemask_epi8(found));
}

/* The first of 32 bytes that cannot be in a word: white space or a control character, a comma, a quote or a
 * bracket. */
static inline unsigned find_word_end(const char *data) {
    const __m256i bytes = load_32(data), space = _mm256_set1_epi8(0x20);
    const __m256i folded = _mm256_or_si256(bytes, space);
    const __m256i brackets = _mm256_or_si256(equal_32(folded, '{'), equal_32(folded, '}'));
    const __m256i marks = _mm256_or_si256(equal_32(bytes, ','), equal_32(bytes, '"'));
    const __m256i blank = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, space), bytes);
    const __m256i found = _mm256_or_si256(_mm256_or_si256(marks, blank), brackets);
    return _tzcnt_u32((uint32_t)_mm256_movemask_epi8(found));
}

/* The first of 32 bytes above a space. */
static inline unsigned find_ink(const char *data) {
    const __m256i bytes = load_32(data), space = _mm256_set1_epi8(0x20);
    const __m256i blank = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, space), bytes);
    return _tzcnt_u32(~(uint32_t)_mm256_movemask_epi8(blank));
}

/* Are those of 32 bytes equal that have a bit in the mask? */
static inline bool same_32(const char *data, const char *other, uint32_t mask) {
    const __m256i equal = _mm256_cmpeq_epi8(load_32(data), load_32(other));
    return ((uint32_t)_mm256_movemask_epi8(equal) & mask) == mask;
}

#define QUICK_NAME "avx2"
#define QUICK_TABLE quick_avx2
#include "tokenize/quick_body.h"

VECTOR_TARGET_END

#else
typedef int quick_avx2_is_for_x86_64;
#endif
