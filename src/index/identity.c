#include "index/identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/file_bytes.h"

enum { BLOCKS = 16, BLOCK_BYTES = 4096 };

/* Times of files are those of the last tick of the kernel's clock: at most 10 ms back. */
#define TICK_NS INT64_C(20000000)

static int64_t to_ns(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Blocks at even distances; the first begins the file and the last ends it. */
static bool hash_blocks(int descriptor, uint64_t size, uint64_t *hash) {
    unsigned char bytes[BLOCK_BYTES];
    const uint64_t last = size > BLOCK_BYTES ? size - BLOCK_BYTES : 0;
    *hash = size;
    for (unsigned i = 0; i < BLOCKS; i++) {
        const uint64_t offset = last / (BLOCKS - 1) * i + last % (BLOCKS - 1) * i / (BLOCKS - 1);
        size_t got;
        if (!file_bytes_read(descriptor, bytes, sizeof bytes, offset, &got))
            return false;
        *hash = XXH3_64bits_withSeed(bytes, got, *hash);
    }
    return true;
}

static void wait_for_tick(int64_t changed_ns) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const int64_t passed = to_ns(now) - changed_ns;
    if (passed < 0 || passed >= TICK_NS)
        return;
    const struct timespec left = {0, (long)(TICK_NS - passed)};
    nanosleep(&left, NULL);
}

bool identity_take(struct identity *identity, const char *path) {
    struct stat info;
    *identity = (struct identity){0};
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    wait_for_tick(to_ns(info.st_ctim));
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool taken = fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
    if (taken) {
        identity->size = (uint64_t)info.st_size;
        identity->inode = info.st_ino;
        identity->mtime_ns = to_ns(info.st_mtim);
        identity->ctime_ns = to_ns(info.st_ctim);
        taken = hash_blocks(descriptor, identity->size, &identity->hash);
    }
    close(descriptor);
    return taken;
}

bool identity_equal(const struct identity *a, const struct identity *b) {
    return a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
           a->hash == b->hash;
}
