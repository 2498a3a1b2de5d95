#include "base/huge_pages.h"

#include <stdlib.h>
#include <sys/mman.h>

void *huge_pages_new(size_t bytes) {
    void *pages = aligned_alloc(HUGE_PAGE_BYTES, bytes);
    if (pages)
        madvise(pages, bytes, MADV_HUGEPAGE);
    return pages;
}
