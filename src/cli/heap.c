#include "cli/heap.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/huge_pages.h"

#ifdef M_MMAP_THRESHOLD

enum {
    APART_BYTES = 256 << 10,  /* larger arrays of a trace stay apart */
    RESERVE_BYTES = 16 << 20, /* of addresses: memory is what is used of it */
    PAGE_BYTES = 4096,
    USUAL_PAD_BYTES = 128 << 10,
};

static bool for_traces; /* chosen */

void heap_at_start(void) {
    mallopt(M_TOP_PAD, 0);
}

/* The heap goes on right before a boundary of huge pages. (malloc expects that others move the end of the heap.) */
static void align_end(void) {
    const uintptr_t end = (uintptr_t)sbrk(0) + PAGE_BYTES;
    sbrk((intptr_t)(-end & (HUGE_PAGE_BYTES - 1)));
}

/* A block that is taken and given back at once: the heap is as large then, and the next blocks are cut from there. */
static void reserve(void) {
    void *block = malloc(RESERVE_BYTES);
    const uintptr_t begin = ((uintptr_t)block + PAGE_BYTES) & ~(uintptr_t)(PAGE_BYTES - 1);
    if (block)
        madvise((void *)begin, RESERVE_BYTES - PAGE_BYTES, MADV_HUGEPAGE);
    free(block);
}

void heap_for_indexes(void) {
    if (for_traces)
        return;
    mallopt(M_TOP_PAD, USUAL_PAD_BYTES);
    mallopt(M_MMAP_THRESHOLD, 2 * RESERVE_BYTES);
    mallopt(M_TRIM_THRESHOLD, 2 * RESERVE_BYTES);
    mallopt(M_ARENA_MAX, 1); /* for all threads */
    align_end();
    reserve();
}

void heap_for_traces(void) {
    if (for_traces)
        return;
    for_traces = true;
    mallopt(M_TOP_PAD, USUAL_PAD_BYTES);
    mallopt(M_MMAP_THRESHOLD, APART_BYTES);
    mallopt(M_TRIM_THRESHOLD, APART_BYTES / 2);
}

#else

void heap_at_start(void) {}
void heap_for_indexes(void) {}
void heap_for_traces(void) {}

#endif
