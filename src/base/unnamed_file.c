#include "base/unnamed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int unnamed_file_open(const char *directory, mode_t mode) {
    return open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

bool unnamed_file_is_unknown(int reason) {
    return reason == EOPNOTSUPP || reason == EISDIR || reason == EINVAL;
}

int unnamed_file_temporary(const char *directory) {
    const int file = unnamed_file_open(directory, 0600);
    if (file >= 0 || !unnamed_file_is_unknown(errno))
        return file;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/tracecmp-XXXXXX", directory) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0)
        unlink(path);
    return named;
}
