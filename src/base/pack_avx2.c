/* pack.h with a record of two groups, which most are, as one vector; others as pack_ssse3.c does. */
#include "base/pack_tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/vector_target.h"

VECTOR_TARGET_BEGIN("avx2")

enum { WORDS = 4, CONTROLS = 2 };

static inline __m128i load_half(const void *from) {
    return _mm_loadu_si128((const __m128i *)from);
}
static inline void store_half(void *to, __m128i half) {
    _mm_storeu_si128((__m128i *)to, half);
}
static inline __m256i load_halves(const void *low, const void *high) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load_half(low)), load_half(high), 1);
}
static inline __m256i load_record(const uint64_t *from) {
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

/* Of each half the control byte: its lanes' classes side by side, two bits a lane. */
static inline __m256i controls_of(__m256i folded) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i none = _mm256_cmpeq_epi32(folded, zero),
                  one = _mm256_cmpeq_epi32(_mm256_srli_epi32(folded, 8), zero),
                  two = _mm256_cmpeq_epi32(_mm256_srli_epi32(folded, 16), zero);
    const __m256i less = _mm256_add_epi32(none, _mm256_add_epi32(one, two));
    const __m256i classes = _mm256_add_epi32(_mm256_set1_epi32(3), less);
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(classes, zero), zero);
    return _mm256_madd_epi16(_mm256_maddubs_epi16(bytes, _mm256_set1_epi16(0x0401)), _mm256_set1_epi32(0x00100001));
}

static inline unsigned char *put_record(unsigned char *to, __m256i record, __m256i last) {
    const __m256i difference = _mm256_sub_epi32(record, last);
    const __m256i folded = _mm256_xor_si256(_mm256_slli_epi32(difference, 1), _mm256_srai_epi32(difference, 31));
    const __m256i controls = controls_of(folded);
    const unsigned low = (unsigned)_mm256_extract_epi32(controls, 0);
    const unsigned high = (unsigned)_mm256_extract_epi32(controls, 4);
    const __m256i packed = _mm256_shuffle_epi8(folded, load_halves(pack_gather[low], pack_gather[high]));
    to[0] = (unsigned char)low;
    to[1] = (unsigned char)high;
    to += CONTROLS;
    store_half(to, _mm256_castsi256_si128(packed));
    to += pack_lengths[low];
    store_half(to, _mm256_extracti128_si256(packed, 1));
    return to + pack_lengths[high];
}

static size_t pack(const struct pack_list *list, size_t from, const uint64_t *last, unsigned char **to,
                   const unsigned char *end) {
    if (list->words != WORDS)
        return pack_ssse3.pack(list, from, last, to, end);
    unsigned char *at = *to;
    __m256i before = load_record(last);
    for (; from < list->count && end - at >= (ptrdiff_t)PACK_BYTES_MAX(WORDS); from++) {
        const __m256i record = load_record(list->records + (list->order ? list->order[from] : from) * WORDS);
        at = put_record(at, record, before);
        before = record;
    }
    *to = at;
    return from;
}

static size_t unpack(const unsigned char **from, const unsigned char *end, const uint64_t *last, uint64_t *records,
                     size_t most, size_t words) {
    if (PACK_STRIDE(words) != WORDS)
        return pack_ssse3.unpack(from, end, last, records, most, words);
    const __m256i one = _mm256_set1_epi32(1), zero = _mm256_setzero_si256();
    const unsigned char *at = *from;
    __m256i record = load_record(last);
    size_t count = 0;
    for (; count < most && at < end; count++) {
        const unsigned low = at[0], high = at[1];
        const unsigned char *second = at + CONTROLS + pack_lengths[low];
        const __m256i packed = load_halves(at + CONTROLS, second);
        const __m256i folded = _mm256_shuffle_epi8(packed, load_halves(pack_spread[low], pack_spread[high]));
        const __m256i sign = _mm256_sub_epi32(zero, _mm256_and_si256(folded, one));
        record = _mm256_add_epi32(record, _mm256_xor_si256(_mm256_srli_epi32(folded, 1), sign));
        _mm256_storeu_si256((__m256i *)(void *)(records + count * WORDS), record);
        at = second + pack_lengths[high];
    }
    *from = at;
    return count;
}

const struct pack pack_avx2 = {"avx2", pack, unpack};

VECTOR_TARGET_END

#endif
