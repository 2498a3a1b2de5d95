/* What can still be said of an item that is not JSON. */
#ifndef TRACECMP_SALVAGE_H
#define TRACECMP_SALVAGE_H

#include <stdint.h>

#include "base/text.h"

/* The time that it seems to have said of a GPU event: the first dur of the text, when its first cat is one of the
 * GPU's and the time is plausible; else 0. Looks no further than to where the next item seems to begin. */
int64_t salvage_gpu_ns(struct text text);

#endif
