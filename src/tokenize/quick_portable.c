/* quick.h with 8-byte words: any processor. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t load_8(const char *data) {
    uint64_t word;
    memcpy(&word, data, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static const uint64_t every_byte = UINT64_C(0x0101010101010101), low_bits = UINT64_C(0x7F7F7F7F7F7F7F7F);

/* 0x80 in each byte that is 0 in word, and only there. */
static inline uint64_t zero_bytes(uint64_t word) { return ~(((word & low_bits) + low_bits) | word | low_bits); }

static inline uint64_t equal_bytes(uint64_t word, char c) {
    return zero_bytes(word ^ every_byte * (unsigned char)c);
}

/* 0x80 in each byte that is at most a space. */
static inline uint64_t blank_bytes(uint64_t word) {
    const uint64_t above = ((word & low_bits) + every_byte * (0x7F - 0x20)) | word;
    return ~above & ~low_bits;
}

/* The 0x80 bits of a word as 8 neighbouring bits. */
static inline uint64_t gather(uint64_t marks) { return (marks >> 7) * UINT64_C(0x0102040810204080) >> 56; }

static inline uint64_t mask_equal(const char *data, char c) {
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++)
        mask |= gather(equal_bytes(load_8(data + 8 * i), c)) << 8 * i;
    return mask;
}

static inline uint64_t mask_equal_folded(const char *data, char c) {
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++)
        mask |= gather(equal_bytes(load_8(data + 8 * i) | every_byte * 0x20, c)) << 8 * i;
    return mask;
}

static inline uint64_t prefix_xor(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

/* The place of the first marked byte in 32; 32 when none is. */
#define FIRST_OF_32(data, marks_of_word)                          \
    for (unsigned i = 0; i < 32; i += 8) {                        \
        const uint64_t word = load_8((data) + i);                 \
        const uint64_t marks = (marks_of_word);                   \
        if (marks)                                                \
            return i + (unsigned)(__builtin_ctzll(marks) / 8);    \
    }                                                             \
    return 32

static inline unsigned find_quote(const char *data) {
    FIRST_OF_32(data, equal_bytes(word, '"') | equal_bytes(word, '\\'));
}

static inline unsigned find_word_end(const char *data) {
    FIRST_OF_32(data, equal_bytes(word, ',') | equal_bytes(word, '"') | equal_bytes(word | every_byte * 0x20, '{') |
                          equal_bytes(word | every_byte * 0x20, '}') | blank_bytes(word));
}

static inline unsigned find_ink(const char *data) { FIRST_OF_32(data, ~blank_bytes(word) & ~low_bits); }

static inline bool same_32(const char *data, const char *other, uint32_t mask) {
    const unsigned size = 32 - (unsigned)__builtin_clz(mask); /* the bits are the lowest ones */
    for (unsigned i = 0; i < size; i += 8) {
        const uint64_t beyond = size - i < 8 ? UINT64_MAX << 8 * (size - i) : 0;
        if ((load_8(data + i) ^ load_8(other + i)) & ~beyond)
            return false;
    }
    return true;
}

#define QUICK_NAME "portable"
#define QUICK_TABLE quick_portable
#include "tokenize/quick_body.h"
