#include "index/early_sync.h"

#include <errno.h>
#include <unistd.h>

enum { ENOUGH_BYTES = 1 << 20 };

void early_sync_init(struct early_sync *sync) {
    *sync = (struct early_sync){.descriptor = -1};
}

static enum status sync_data(void *self, struct error *error) {
    struct early_sync *sync = self;
    (void)error;
    if (fdatasync(sync->descriptor) != 0 && sync->failure == 0)
        sync->failure = errno;
    __atomic_store_n(&sync->running, false, __ATOMIC_RELEASE);
    return STATUS_OK;
}

static void wait_for_last(struct early_sync *sync) {
    struct error none;
    if (sync->pool)
        (void)!aside_end(&sync->aside, STATUS_OK, &none);
}

void early_sync_note(struct early_sync *sync, int descriptor, uint64_t bytes) {
    if (bytes - sync->bytes < ENOUGH_BYTES || __atomic_load_n(&sync->running, __ATOMIC_ACQUIRE))
        return;
    wait_for_last(sync);
    sync->descriptor = descriptor;
    sync->bytes = bytes;
    if (!sync->pool && !(sync->pool = pool_new(2)))
        return;
    sync->running = true;
    aside_begin(&sync->aside, sync->pool, sync_data, sync);
}

int early_sync_end(struct early_sync *sync) {
    wait_for_last(sync);
    pool_free(sync->pool);
    sync->pool = NULL;
    return sync->failure;
}
