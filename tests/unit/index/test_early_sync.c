#include <criterion/criterion.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "index/early_sync.h"

TestSuite(early_sync, .timeout = 60);

enum { MEGABYTE = 1 << 20 };

/* A pipe cannot be synced. */
static void open_pipe(int ends[2]) {
    cr_assert_eq(pipe(ends), 0);
}

static void close_pipe(const int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

Test(early_sync, of_little_there_is_none) {
    struct early_sync sync;
    int ends[2];
    early_sync_init(&sync);
    open_pipe(ends);
    for (uint64_t bytes = 0; bytes < MEGABYTE; bytes += 100000)
        early_sync_note(&sync, ends[1], bytes);
    cr_expect_null(sync.pool);
    cr_expect_eq(early_sync_end(&sync), 0, "no sync that could have failed");
    close_pipe(ends);
}

Test(early_sync, one_that_failed_is_told_at_the_end) {
    struct early_sync sync;
    int ends[2];
    const int file = memfd_create("whole", MFD_CLOEXEC);
    early_sync_init(&sync);
    open_pipe(ends);
    early_sync_note(&sync, ends[1], MEGABYTE);
    while (__atomic_load_n(&sync.running, __ATOMIC_ACQUIRE))
        usleep(1000);
    early_sync_note(&sync, file, 2 * MEGABYTE);
    cr_expect_eq(early_sync_end(&sync), EINVAL, "though another one was well");
    close_pipe(ends);
    close(file);
}

Test(early_sync, new_bytes_count_from_the_last_one) {
    struct early_sync sync;
    const int file = memfd_create("growing", MFD_CLOEXEC);
    uint64_t begun = 0, last = 0;
    early_sync_init(&sync);
    for (uint64_t bytes = 0; bytes <= 10 * MEGABYTE; bytes += MEGABYTE / 4) {
        while (__atomic_load_n(&sync.running, __ATOMIC_ACQUIRE))
            usleep(1000);
        early_sync_note(&sync, file, bytes);
        begun += sync.bytes != last;
        last = sync.bytes;
    }
    cr_expect_eq(begun, 10);
    cr_expect_eq(early_sync_end(&sync), 0);
    cr_expect_eq(early_sync_end(&sync), 0, "again");
    close(file);
}
