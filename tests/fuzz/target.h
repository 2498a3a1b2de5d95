/* A fuzz target: one property that holds for all bytes. It is called by libFuzzer (make fuzz), or for the files of the
 * corpus (replay.c, make replay); what does not hold ends the program. */
#ifndef TRACECMP_TARGET_H
#define TRACECMP_TARGET_H

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>

#include "../unit/base/seeded.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct text target_text(const uint8_t *data, size_t size) {
    return (struct text){(const char *)data, size};
}

/* Random numbers that are the same for the same bytes. */
static inline struct seeded target_seed(const uint8_t *data, size_t size) {
    struct seeded seeded = {size};
    for (size_t i = 0; i < size; i++)
        seeded.state = (seeded.state ^ data[i]) * UINT64_C(0x100000001B3);
    return seeded;
}

#endif
