#include <criterion/criterion.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "../base/seeded.h"
#include "index/checksum.h"

TestSuite(checksum, .timeout = 20);

enum { BYTES = 20000, ROUNDS = 300 };

static checksum_way *const ways[] = {
    checksum_add_portable,
#if defined(__x86_64__)
    checksum_add_avx2,
#endif
};

static size_t way_count(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") ? 2 : 1;
#else
    return 1;
#endif
}

static void make_bytes(struct seeded *seeded, unsigned char *bytes) {
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)seeded_next(seeded);
}

/* Short pieces and long ones, as the vector code has an end of its own for what does not fill its blocks. */
static size_t piece_of(struct seeded *seeded, size_t left) {
    const size_t piece = seeded_below(seeded, seeded_below(seeded, 2) ? 40 : 5000);
    return piece < left ? piece : left;
}

Test(checksum, pieces_are_hashed_as_the_whole_by_each_way) {
    struct seeded seeded = {11};
    unsigned char bytes[BYTES];
    XXH3_state_t *state = XXH3_createState();
    make_bytes(&seeded, bytes);
    for (int round = 0; round < ROUNDS; round++) {
        const size_t size = seeded_below(&seeded, round % 2 ? BYTES : 600);
        for (size_t way = 0; way < way_count(); way++) {
            XXH3_64bits_reset(state);
            for (size_t at = 0, piece; at < size; at += piece) {
                piece = piece_of(&seeded, size - at);
                ways[way](state, bytes + at, piece);
            }
            cr_assert_eq(XXH3_64bits_digest(state), XXH3_64bits(bytes, size), "way %zu, %zu bytes", way, size);
        }
    }
    XXH3_freeState(state);
}

Test(checksum, a_reset_forgets) {
    struct checksum *checksum = checksum_new();
    cr_assert_eq(checksum_get(checksum), XXH3_64bits("", 0));
    checksum_add(checksum, "before", 6);
    checksum_reset(checksum);
    checksum_add(checksum, "behind", 6);
    cr_assert_eq(checksum_get(checksum), XXH3_64bits("behind", 6));
    cr_assert_eq(checksum_get(checksum), XXH3_64bits("behind", 6), "taking it changes nothing");
    checksum_free(checksum);
}
