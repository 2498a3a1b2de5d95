#include "index/checksum.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct checksum {
    XXH3_state_t *state; /* owned */
    checksum_way *add;
};

void checksum_add_portable(void *state, const void *bytes, size_t size) {
    XXH3_64bits_update(state, bytes, size);
}

static checksum_way *choose_way(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return checksum_add_avx2;
#endif
    return checksum_add_portable;
}

struct checksum *checksum_new(void) {
    struct checksum *checksum = calloc(1, sizeof *checksum);
    if (!checksum)
        return NULL;
    checksum->add = choose_way();
    checksum->state = XXH3_createState();
    if (!checksum->state) {
        free(checksum);
        return NULL;
    }
    checksum_reset(checksum);
    return checksum;
}

void checksum_free(struct checksum *checksum) {
    if (!checksum)
        return;
    XXH3_freeState(checksum->state);
    free(checksum);
}

void checksum_reset(struct checksum *checksum) {
    XXH3_64bits_reset(checksum->state);
}

void checksum_add(struct checksum *checksum, const void *bytes, size_t size) {
    checksum->add(checksum->state, bytes, size);
}

uint64_t checksum_get(const struct checksum *checksum) {
    return XXH3_64bits_digest(checksum->state);
}
