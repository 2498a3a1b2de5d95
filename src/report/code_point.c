#include "report/code_point.h"

static unsigned sequence_size(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

static bool in_range(uint32_t value, unsigned size) {
    if (size == 3)
        return value >= 0x800 && (value < 0xD800 || value > 0xDFFF);
    return size != 4 || (value >= 0x10000 && value <= 0x10FFFF);
}

struct code_point code_point_at(struct text text, size_t at) {
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    const struct code_point invalid = {.value = bytes[0], .size = 1, .valid = false};
    const unsigned size = sequence_size(bytes[0]);
    if (size == 0 || size > text.size - at)
        return invalid;
    uint32_t value = size == 1 ? bytes[0] : bytes[0] & (0x7FU >> size);
    for (unsigned i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return invalid;
        value = value << 6 | (bytes[i] & 0x3F);
    }
    return in_range(value, size) ? (struct code_point){.value = value, .size = size, .valid = true} : invalid;
}
