#include "read/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/memory.h"

static const char *input_name(const struct read_input *input) {
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

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

/* A duplicate above the standard ones, which libuv never closes; or -errno. */
static int descriptor_duplicate(int shared) {
    const int flags = fcntl(shared, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    const int descriptor = fcntl(shared, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return descriptor < 0 ? -errno : descriptor;
}

/* Non-blocking, or a FIFO would hold us here until someone writes to it. -errno when it fails. */
static int descriptor_open(const char *path) {
    const int shared = descriptor_named(path);
    if (shared >= 0)
        return descriptor_duplicate(shared);
    uv_fs_t request;
    const int descriptor = uv_fs_open(NULL, &request, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, NULL);
    uv_fs_req_cleanup(&request);
    return descriptor;
}

static enum status source_new(int descriptor, struct read_input *input, struct source **source, struct error *error) {
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return FAIL(error, STATUS_IO, "%s", strerror(errno));
    switch (info.st_mode & S_IFMT) {
    case S_IFDIR:
        return FAIL(error, STATUS_IO, "is a directory");
    case S_IFIFO:
    case S_IFSOCK:
        *source = stream_new();
        break;
    default:
        if (isatty(descriptor))
            return FAIL(error, STATUS_USAGE, "is a terminal; give a file or pipe a trace in");
        *source = file_new();
    }
    if (*source == NULL)
        return FAIL_MEMORY(error);
    const off_t start = S_ISREG(info.st_mode) ? lseek(descriptor, 0, SEEK_CUR) : -1;
    input->size = start >= 0 && info.st_size > start ? (uint64_t)(info.st_size - start) : 0;
    return STATUS_OK;
}

enum status source_open(struct reading *reading, struct read_input *input, struct source **source,
                        struct error *error) {
    const int descriptor = descriptor_open(input->path);
    const enum status status = descriptor < 0 ? FAIL(error, STATUS_IO, "%s", strerror(-descriptor))
                                              : source_new(descriptor, input, source, error);
    if (status != STATUS_OK) {
        if (descriptor >= 0)
            close(descriptor);
        error_input(error, input_name(input));
        return status;
    }
    (*source)->reading = reading;
    (*source)->input = input;
    (*source)->descriptor = descriptor;
    return STATUS_OK;
}

void source_free(struct source *source) {
    if (source == NULL)
        return;
    if (source->descriptor >= 0)
        close(source->descriptor);
    free(source);
}

static void reading_fail(struct source *source, enum status status) {
    struct reading *reading = source->reading;
    reading->status = status;
    if (reading->error->input[0] == '\0')
        error_input(reading->error, input_name(source->input));
    for (size_t i = 0; i < reading->count; i++)
        reading->sources[i]->ops->stop(reading->sources[i]);
}

void source_deliver(struct source *source, const char *data, size_t size) {
    struct reading *reading = source->reading;
    struct read_input *input = source->input;
    assert(reading->status == STATUS_OK);
    const struct chunk bytes = {.data = data, .size = size, .offset = input->bytes};
    const enum status status = memory_push(&bytes, reading->chunk_bytes, &input->sink, reading->error);
    if (status == STATUS_OK)
        input->bytes += size;
    else
        reading_fail(source, status);
}

static enum status input_end(struct read_input *input, int failure, struct error *error) {
    if (failure != 0 && input->bytes == 0)
        return FAIL(error, STATUS_IO, "%s", strerror(-failure));
    if (failure != 0) {
        input->damaged = true;
        FAIL(&input->failure, STATUS_IO, "%s", strerror(-failure));
        error_at(&input->failure, input_name(input), input->bytes);
    }
    return input->sink.end(input->sink.self, error);
}

void source_end(struct source *source, int failure) {
    struct reading *reading = source->reading;
    assert(reading->status == STATUS_OK && failure <= 0);
    source->ops->stop(source);
    const enum status status = input_end(source->input, failure, reading->error);
    if (status != STATUS_OK)
        reading_fail(source, status);
}
