/* UTF-8 text, one code point at a time. */
#ifndef TRACECMP_CODE_POINT_H
#define TRACECMP_CODE_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct code_point {
    uint32_t value; /* of an invalid byte: the byte */
    unsigned size;  /* bytes it takes; 1 when invalid */
    bool valid;
};

/* at < text.size. Overlong forms, surrogates and values above U+10FFFF are invalid. */
struct code_point code_point_at(struct text text, size_t at);

#endif
