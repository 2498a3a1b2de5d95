/* Records as differences from the record before, in few bytes. A record is looked at as lanes of 32 bits; each lane's
 * difference is folded (small ones of either sign become small numbers) and stored in 0, 1, 2 or 4 bytes. Lanes come
 * in groups of four, two words; two bits a lane in the group's control byte say how many.
 *
 *   |control of each group|lanes of group 0|lanes of group 1|…         an odd last word has two lanes that are 0
 *
 * All builds give the same bytes: where the processor can, a group, or two, is shuffled at once; one is portable. */
#ifndef TRACECMP_PACK_H
#define TRACECMP_PACK_H

#include <stddef.h>
#include <stdint.h>

enum { PACK_WORDS_MAX = 32 };

#define PACK_GROUPS(words) (((words) + 1) / 2)
/* The words that an unpacked record takes. */
#define PACK_STRIDE(words) (2 * PACK_GROUPS(words))
/* The most bytes a record takes; packing and unpacking may touch as many, whatever it takes in the end. */
#define PACK_BYTES_MAX(words) (17 * PACK_GROUPS(words))

struct pack_list {
    const uint64_t *records; /* one behind the other */
    const uint32_t *order;   /* which is to come when; NULL: as they lie */
    size_t count, words;
};

struct pack {
    const char *name;
    /* Packs records of the list from number `from` on, while the most that one may take lies before `end`; `last`: the
     * record before the first. Moves *to on and returns the number of the next. */
    size_t (*pack)(const struct pack_list *list, size_t from, const uint64_t *last, unsigned char **to,
                   const unsigned char *end);
    /* Unpacks at most `most` records of those that lie before `end`, PACK_STRIDE(words) apart; `last`: PACK_STRIDE
     * words of the record before the first; may be the place of any of those to come. Moves *from on; returns how
     * many. */
    size_t (*unpack)(const unsigned char **from, const unsigned char *end, const uint64_t *last, uint64_t *records,
                     size_t most, size_t words);
};

extern const struct pack pack_portable;
#if defined(__x86_64__)
extern const struct pack pack_ssse3, pack_avx2;
#endif
const struct pack *pack_get(void); /* the fastest this processor runs */

/* Where a record of the list begins. */
static inline const uint64_t *pack_list_at(const struct pack_list *list, size_t n) {
    return list->records + (list->order ? list->order[n] : n) * list->words;
}

#endif
