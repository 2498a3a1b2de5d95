/* Brings what is in a file so far to the disk while more is written: for the sync at the end little is left. */
#ifndef TRACECMP_EARLY_SYNC_H
#define TRACECMP_EARLY_SYNC_H

#include <stdint.h>

#include "base/aside.h"

struct early_sync {
    struct pool *pool;  /* owned; NULL: nothing was worth it yet, or there are no threads */
    struct aside aside; /* the last sync; with a pool there is one */
    bool running;       /* set by its thread, too */
    int descriptor;     /* borrowed */
    uint64_t bytes;     /* of the file, when it began */
    int failure;        /* errno of the first sync that failed; 0: none. The system tells it once */
};

void early_sync_init(struct early_sync *sync);
/* So many bytes are in the file. They are synced if they are enough and no sync is under way: never waits for one. */
void early_sync_note(struct early_sync *sync, int descriptor, uint64_t bytes);
/* Waits for the last one. Returns 0, or errno of the first that failed. */
int early_sync_end(struct early_sync *sync);

#endif
