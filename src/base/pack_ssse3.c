/* pack.h with a group as one vector. */
#include "base/pack_tables.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdbool.h>

#include "base/vector_target.h"

VECTOR_TARGET_BEGIN("ssse3")

/* Of a control byte: bytes of its lane, bytes before it. */
#define LENGTH(control, lane) (0x4210 >> ((control) >> 2 * (lane)&3) * 4 & 15)
#define END_0(control) LENGTH(control, 0)
#define END_1(control) (END_0(control) + LENGTH(control, 1))
#define END_2(control) (END_1(control) + LENGTH(control, 2))
#define END_3(control) (END_2(control) + LENGTH(control, 3))

#define EACH_4(make, control) make((control)), make((control) + 1), make((control) + 2), make((control) + 3)
#define EACH_16(make, control) \
    EACH_4(make, (control)), EACH_4(make, (control) + 4), EACH_4(make, (control) + 8), EACH_4(make, (control) + 12)
#define EACH_64(make, control)                                                                 \
    EACH_16(make, (control)), EACH_16(make, (control) + 16), EACH_16(make, (control) + 32), \
        EACH_16(make, (control) + 48)
#define EACH_256(make) EACH_64(make, 0), EACH_64(make, 64), EACH_64(make, 128), EACH_64(make, 192)

const unsigned char pack_lengths[256] = {EACH_256(END_3)};

#define SPREAD_BYTE(control, lane, before, byte) ((byte) < LENGTH(control, lane) ? (before) + (byte) : 0x80)
#define SPREAD_LANE(control, lane, before)                                                        \
    SPREAD_BYTE(control, lane, before, 0), SPREAD_BYTE(control, lane, before, 1), \
        SPREAD_BYTE(control, lane, before, 2), SPREAD_BYTE(control, lane, before, 3)
#define SPREAD(control)                                                               \
    {                                                                                 \
        SPREAD_LANE(control, 0, 0), SPREAD_LANE(control, 1, END_0(control)),          \
            SPREAD_LANE(control, 2, END_1(control)), SPREAD_LANE(control, 3, END_2(control)) \
    }
const unsigned char pack_spread[256][16] = {EACH_256(SPREAD)};

#define GATHER_BYTE(control, n)                             \
    ((n) < END_0(control)   ? (n)                           \
     : (n) < END_1(control) ? 4 + (n)-END_0(control)        \
     : (n) < END_2(control) ? 8 + (n)-END_1(control)        \
     : (n) < END_3(control) ? 12 + (n)-END_2(control)       \
                            : 0x80)
#define GATHER(control)                                                                                           \
    {                                                                                                             \
        GATHER_BYTE(control, 0), GATHER_BYTE(control, 1), GATHER_BYTE(control, 2), GATHER_BYTE(control, 3),       \
            GATHER_BYTE(control, 4), GATHER_BYTE(control, 5), GATHER_BYTE(control, 6), GATHER_BYTE(control, 7),   \
            GATHER_BYTE(control, 8), GATHER_BYTE(control, 9), GATHER_BYTE(control, 10), GATHER_BYTE(control, 11), \
            GATHER_BYTE(control, 12), GATHER_BYTE(control, 13), GATHER_BYTE(control, 14), GATHER_BYTE(control, 15) \
    }
const unsigned char pack_gather[256][16] = {EACH_256(GATHER)};

static inline __m128i load(const void *from) {
    return _mm_loadu_si128((const __m128i *)from);
}

/* The group of a record as it lies among others: an odd last word is followed by another record, or by nothing. */
static inline __m128i load_group(const uint64_t *record, size_t group, size_t words) {
    const uint64_t *from = record + 2 * group;
    return 2 * group + 1 < words ? load(from) : _mm_loadl_epi64((const __m128i *)(const void *)from);
}

/* Each lane's class, side by side: two bits a lane. */
static inline unsigned control_of(__m128i folded) {
    const __m128i zero = _mm_setzero_si128();
    const __m128i none = _mm_cmpeq_epi32(folded, zero), one = _mm_cmpeq_epi32(_mm_srli_epi32(folded, 8), zero),
                  two = _mm_cmpeq_epi32(_mm_srli_epi32(folded, 16), zero);
    const __m128i classes = _mm_add_epi32(_mm_set1_epi32(3), _mm_add_epi32(none, _mm_add_epi32(one, two)));
    const __m128i bytes = _mm_packs_epi16(_mm_packs_epi32(classes, zero), zero);
    const uint64_t four = (uint32_t)_mm_cvtsi128_si32(bytes);
    return (unsigned)(four * 0x01041040 >> 24 & 0xFF);
}

static inline unsigned char *put_group(unsigned char *to, unsigned char *control, __m128i record, __m128i last) {
    const __m128i difference = _mm_sub_epi32(record, last);
    const __m128i folded = _mm_xor_si128(_mm_slli_epi32(difference, 1), _mm_srai_epi32(difference, 31));
    const unsigned classes = control_of(folded);
    *control = (unsigned char)classes;
    _mm_storeu_si128((__m128i *)(void *)to, _mm_shuffle_epi8(folded, load(pack_gather[classes])));
    return to + pack_lengths[classes];
}

__attribute__((always_inline)) static inline size_t pack_words(const struct pack_list *list, size_t from,
                                                               const uint64_t *last, unsigned char **to,
                                                               const unsigned char *end, size_t words) {
    unsigned char *at = *to;
    for (; from < list->count && end - at >= (ptrdiff_t)PACK_BYTES_MAX(words); from++) {
        const uint64_t *record = list->records + (list->order ? list->order[from] : from) * words;
        unsigned char *control = at;
        at += PACK_GROUPS(words);
        for (size_t group = 0; group < PACK_GROUPS(words); group++)
            at = put_group(at, control + group, load_group(record, group, words), load_group(last, group, words));
        last = record;
    }
    *to = at;
    return from;
}

__attribute__((always_inline)) static inline size_t unpack_groups(const unsigned char **from, const unsigned char *end,
                                                                  const uint64_t *last, uint64_t *records, size_t most,
                                                                  size_t groups) {
    const unsigned char *at = *from;
    const __m128i one = _mm_set1_epi32(1), zero = _mm_setzero_si128();
    size_t count = 0;
    for (; count < most && at < end; count++) {
        const unsigned char *control = at;
        at += groups;
        for (size_t group = 0; group < groups; group++) {
            const unsigned classes = control[group];
            const __m128i folded = _mm_shuffle_epi8(load(at), load(pack_spread[classes]));
            const __m128i sign = _mm_sub_epi32(zero, _mm_and_si128(folded, one));
            const __m128i difference = _mm_xor_si128(_mm_srli_epi32(folded, 1), sign);
            _mm_storeu_si128((__m128i *)(void *)(records + 2 * group),
                             _mm_add_epi32(load(last + 2 * group), difference));
            at += pack_lengths[classes];
        }
        last = records;
        records += 2 * groups;
    }
    *from = at;
    return count;
}

/* The usual sizes have loops of their own, unrolled. */
static size_t pack(const struct pack_list *list, size_t from, const uint64_t *last, unsigned char **to,
                   const unsigned char *end) {
    switch (list->words) {
    case 4:
        return pack_words(list, from, last, to, end, 4);
    case 5:
        return pack_words(list, from, last, to, end, 5);
    case 7:
        return pack_words(list, from, last, to, end, 7);
    default:
        return pack_words(list, from, last, to, end, list->words);
    }
}

static size_t unpack(const unsigned char **from, const unsigned char *end, const uint64_t *last, uint64_t *records,
                     size_t most, size_t words) {
    switch (PACK_GROUPS(words)) {
    case 2:
        return unpack_groups(from, end, last, records, most, 2);
    case 3:
        return unpack_groups(from, end, last, records, most, 3);
    case 4:
        return unpack_groups(from, end, last, records, most, 4);
    default:
        return unpack_groups(from, end, last, records, most, PACK_GROUPS(words));
    }
}

const struct pack pack_ssse3 = {"ssse3", pack, unpack};

VECTOR_TARGET_END

#endif
