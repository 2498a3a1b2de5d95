/* XXH3-64 of bytes that come piece by piece, in the widest vectors the processor has: all give the same. Bytes that lie
 * together and are few are hashed by xxhash.h itself. */
#ifndef TRACECMP_CHECKSUM_H
#define TRACECMP_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct checksum;

struct checksum *checksum_new(void); /* of no bytes; NULL: no memory */
void checksum_free(struct checksum *checksum);
/* Of no bytes again. */
void checksum_reset(struct checksum *checksum);
void checksum_add(struct checksum *checksum, const void *bytes, size_t size);
/* Of all that was added since. */
uint64_t checksum_get(const struct checksum *checksum);

/* One way of adding: state is what xxhash.h makes of one. */
typedef void checksum_way(void *state, const void *bytes, size_t size);
checksum_way checksum_add_portable, checksum_add_avx2;

#endif
