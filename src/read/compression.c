#include "read/compression.h"

enum read_compression compression_recognise(const char *bytes, size_t size) {
    static const struct {
        uint32_t value, mask; /* of the first four bytes, little-endian, zeros behind the last */
        enum read_compression compression;
    } magics[] = {
        {0x00008b1f, 0x0000ffff, READ_GZIP},
        {0xfd2fb528, 0xffffffff, READ_ZSTD},
        {0x184d2a50, 0xfffffff0, READ_ZSTD}, /* a skippable frame */
    };
    uint32_t first = 0;
    for (size_t i = 0; i < size && i < sizeof first; i++)
        first |= (uint32_t)(unsigned char)bytes[i] << (8 * i);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if ((first & magics[i].mask) == magics[i].value)
            return magics[i].compression;
    return READ_PLAIN;
}
