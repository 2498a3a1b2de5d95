/* Which file an index was made from, as it lies on disk: anything that changes it changes its identity. */
#ifndef TRACECMP_IDENTITY_H
#define TRACECMP_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

struct identity {
    uint64_t size, inode;
    int64_t mtime_ns, ctime_ns; /* ctime as well: a tool can set mtime back */
    uint64_t hash;              /* XXH3 of the first, the last and some blocks between */
};

/* False when it is no regular file or cannot be read. A file that was changed only just now is waited for until the
 * next change must show in its times. */
bool identity_take(struct identity *identity, const char *path);
bool identity_equal(const struct identity *a, const struct identity *b);

#endif
