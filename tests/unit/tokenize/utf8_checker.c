#include "utf8_checker.h"

size_t utf8_encode(unsigned code_point, char *to) {
    static const unsigned firsts[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    const size_t size = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code_point >>= 6)
        to[i] = (char)(0x80 | (code_point & 0x3F));
    to[0] = (char)(firsts[size] | code_point);
    return size;
}

/* A sequence is valid when encoding what it decodes to gives it back, and that is no surrogate. */
bool utf8_is_valid(struct text text) {
    for (size_t at = 0; at < text.size;) {
        const unsigned char first = (unsigned char)text.data[at];
        const size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        unsigned code_point = size == 1 ? first : first & (0xFFu >> (size + 1));
        for (size_t i = 1; i < size; i++)
            code_point = code_point << 6 | (at + i < text.size ? (unsigned char)text.data[at + i] & 0x3Fu : 0);
        char again[4];
        if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000) ||
            utf8_encode(code_point, again) != size || at + size > text.size ||
            memcmp(again, text.data + at, size) != 0)
            return false;
        at += size;
    }
    return true;
}
