/* What the values of a row may be. */
#ifndef TRACECMP_ROW_VALUES_H
#define TRACECMP_ROW_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

static inline bool is_flag(uint64_t value) {
    return value <= 1;
}

static inline bool is_time(int64_t ns) {
    return ns >= -LIMIT_TIME_NS && ns <= LIMIT_TIME_NS;
}

#endif
