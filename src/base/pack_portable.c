/* pack.h lane by lane: any processor. */
#include <stdbool.h>
#include <string.h>

#include "base/pack.h"

static uint32_t lane(const uint64_t *record, size_t n) {
    return (uint32_t)(record[n / 2] >> n % 2 * 32);
}

static unsigned char *put_lane(unsigned char *to, uint32_t folded, unsigned *class) {
    static const unsigned char lengths[4] = {0, 1, 2, 4};
    *class = (unsigned)((folded != 0) + (folded > 0xFF) + (folded > 0xFFFF));
    for (unsigned i = 0; i < lengths[*class]; i++)
        to[i] = (unsigned char)(folded >> 8 * i);
    return to + lengths[*class];
}

static unsigned char *put_record(unsigned char *to, const uint64_t *record, const uint64_t *last, size_t words) {
    unsigned char *control = to;
    to += PACK_GROUPS(words);
    memset(control, 0, PACK_GROUPS(words));
    for (size_t n = 0; n < 2 * words; n++) {
        const uint32_t difference = lane(record, n) - lane(last, n);
        unsigned class;
        to = put_lane(to, difference << 1 ^ (0 - (difference >> 31)), &class);
        control[n / 4] |= (unsigned char)(class << n % 4 * 2);
    }
    return to;
}

static size_t pack(const struct pack_list *list, size_t from, const uint64_t *last, unsigned char **to,
                   const unsigned char *end) {
    for (; from < list->count && end - *to >= (ptrdiff_t)PACK_BYTES_MAX(list->words); from++) {
        const uint64_t *record = pack_list_at(list, from);
        *to = put_record(*to, record, last, list->words);
        last = record;
    }
    return from;
}

static const unsigned char *get_record(const unsigned char *from, const uint64_t *last, uint64_t *record,
                                       size_t words) {
    static const unsigned char lengths[4] = {0, 1, 2, 4};
    const unsigned char *control = from;
    from += PACK_GROUPS(words);
    for (size_t word = 0; word < PACK_STRIDE(words); word++) {
        uint64_t value = 0;
        for (size_t n = 2 * word; n < 2 * word + 2; n++) {
            const unsigned length = lengths[control[n / 4] >> n % 4 * 2 & 3];
            uint32_t folded = 0;
            for (unsigned i = 0; i < length; i++)
                folded |= (uint32_t)from[i] << 8 * i;
            const uint32_t sum = lane(last, n) + (folded >> 1 ^ (0 - (folded & 1)));
            value |= (uint64_t)sum << n % 2 * 32;
            from += length;
        }
        record[word] = value;
    }
    return from;
}

static size_t unpack(const unsigned char **from, const unsigned char *end, const uint64_t *last, uint64_t *records,
                     size_t most, size_t words) {
    size_t count = 0;
    for (; count < most && *from < end; count++) {
        *from = get_record(*from, last, records, words);
        last = records;
        records += PACK_STRIDE(words);
    }
    return count;
}

const struct pack pack_portable = {"portable", pack, unpack};
