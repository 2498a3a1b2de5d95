/* Memory in huge pages, where the system has them. Fresh memory is dear: it is given out page by page, zeroed, when it
 * is first touched; so it pays for what is filled soon and as a whole. */
#ifndef TRACECMP_HUGE_PAGES_H
#define TRACECMP_HUGE_PAGES_H

#include <stddef.h>

enum { HUGE_PAGE_BYTES = 2 << 20 };

/* bytes: a multiple of HUGE_PAGE_BYTES. NULL: no memory. Given back by free. */
void *huge_pages_new(size_t bytes);

#endif
