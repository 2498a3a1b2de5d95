#include "base/file_bytes.h"

#include <errno.h>
#include <unistd.h>

bool file_bytes_read(int descriptor, void *into, size_t size, uint64_t offset, size_t *got) {
    *got = 0;
    while (*got < size) {
        const ssize_t part = pread(descriptor, (char *)into + *got, size - *got, (off_t)(offset + *got));
        if (part < 0 && errno != EINTR)
            return false;
        if (part == 0)
            return true;
        *got += part > 0 ? (size_t)part : 0;
    }
    return true;
}

bool file_bytes_write(int descriptor, const void *from, size_t size, uint64_t offset) {
    for (size_t put = 0; put < size;) {
        const ssize_t part = pwrite(descriptor, (const char *)from + put, size - put, (off_t)(offset + put));
        if (part == 0)
            errno = ENOSPC;
        if (part == 0 || (part < 0 && errno != EINTR))
            return false;
        put += part > 0 ? (size_t)part : 0;
    }
    return true;
}
