/* Records as differences from the record before, in few bytes. Each 64-bit word's difference is folded (small ones of
 * either sign become small numbers) and stored in 0, 1, 3 or 8 bytes; two bits a word say which.
 *
 *   |control|word 0|word 1|…      control: PACK_CONTROL(words) bytes, 2 bits a word, first word lowest */
#ifndef TRACECMP_PACK_H
#define TRACECMP_PACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PACK_WORDS_MAX = 32 };

#define PACK_CONTROL(words) (((words) + 3) / 4)
/* The most bytes a record takes; packing and unpacking may touch as many, whatever it takes in the end. */
#define PACK_BYTES_MAX(words) (PACK_CONTROL(words) + 8 * (words))

static inline uint64_t pack_fold(uint64_t difference) {
    return difference << 1 ^ (0 - (difference >> 63));
}
static inline uint64_t pack_unfold(uint64_t folded) {
    return folded >> 1 ^ (0 - (folded & 1));
}

/* Returns the bytes written; *last becomes the record. */
static inline size_t pack_record(unsigned char *to, const uint64_t *record, uint64_t *last, size_t words) {
    static const unsigned char lengths[4] = {0, 1, 3, 8};
    uint64_t control = 0;
    size_t size = PACK_CONTROL(words);
    for (size_t i = 0; i < words; i++) {
        const uint64_t folded = pack_fold(record[i] - last[i]);
        const unsigned class = (unsigned)((folded != 0) + (folded > 0xFF) + (folded > 0xFFFFFF));
        memcpy(to + size, &folded, sizeof folded); /* little endian: the low bytes come first */
        size += lengths[class];
        control |= (uint64_t) class << 2 * i;
        last[i] = record[i];
    }
    memcpy(to, &control, PACK_CONTROL(words));
    return size;
}

/* Returns the bytes read; *record holds the record before and becomes this one. */
static inline size_t unpack_record(const unsigned char *from, uint64_t *record, size_t words) {
    static const unsigned char lengths[4] = {0, 1, 3, 8};
    static const uint64_t masks[4] = {0, 0xFF, 0xFFFFFF, UINT64_MAX};
    uint64_t control = 0;
    size_t size = PACK_CONTROL(words);
    memcpy(&control, from, PACK_CONTROL(words));
    for (size_t i = 0; i < words; i++) {
        const unsigned class = control >> 2 * i & 3;
        uint64_t folded;
        memcpy(&folded, from + size, sizeof folded);
        record[i] += pack_unfold(folded & masks[class]);
        size += lengths[class];
    }
    return size;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed words are little endian");

#endif
