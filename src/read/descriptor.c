#include "read/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* The number of an open descriptor that the path stands for, or -1. Opening such a path anew would fail for sockets
 * and would lose the offset of files. */
static int descriptor_named(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const size_t prefix = strlen(folders[i]);
        if (strncmp(path, folders[i], prefix) != 0 || strspn(path + prefix, "0123456789") != strlen(path + prefix))
            continue;
        const unsigned long number = strtoul(path + prefix, NULL, 10);
        return path[prefix] != '\0' && number <= INT_MAX ? (int)number : -1;
    }
    return -1;
}

bool descriptor_is_named(const char *path) {
    return descriptor_named(path) >= 0;
}

/* A duplicate above the standard ones, which libuv never closes; or -errno. */
static int descriptor_duplicate(int shared) {
    const int flags = fcntl(shared, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    const int descriptor = fcntl(shared, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return descriptor < 0 ? -errno : descriptor;
}

/* Non-blocking, or a FIFO would hold us here until someone writes to it. */
int descriptor_open(const char *path) {
    const int shared = descriptor_named(path);
    if (shared >= 0)
        return descriptor_duplicate(shared);
    uv_fs_t request;
    const int descriptor = uv_fs_open(NULL, &request, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, NULL);
    uv_fs_req_cleanup(&request);
    return descriptor;
}
