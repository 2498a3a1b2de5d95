#include "index/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/file_bytes.h"

enum { BUFFER_BYTES = 256 << 10 };

struct index_file {
    char *path, *temporary; /* owned; temporary: NULL while the file has no name */
    int descriptor;
    uint64_t position; /* of the next byte, those in the buffer counted */
    enum index_section section;
    struct index_header header;
    XXH3_state_t *hash; /* owned; of the section so far */
    unsigned char *buffer;
    size_t buffered;
};

static enum status fail(const struct index_file *file, struct error *error) {
    const enum status status = FAIL(error, STATUS_IO, "%s", strerror(errno));
    error_input(error, file->path);
    return status;
}

/* Makes the file known by a name of its own beside its path; `make` fails with EEXIST where the name is taken. */
static bool name_temporary(struct index_file *file, int (*make)(struct index_file *file)) {
    for (unsigned try = 0; try < 100; try++) {
        if (asprintf(&file->temporary, "%s.%ld-%u", file->path, (long)getpid(), try) < 0) {
            file->temporary = NULL;
            errno = ENOMEM;
            return false;
        }
        if (make(file) >= 0)
            return true;
        const int reason = errno;
        free(file->temporary);
        file->temporary = NULL;
        errno = reason;
        if (reason != EEXIST)
            return false;
    }
    return false;
}

/* Where the system knows files without a name, an interrupted writer leaves nothing behind. */
static int open_unnamed(const char *path) {
    char *directory = strdup(path);
    if (!directory)
        return -1;
    char *slash = strrchr(directory, '/');
    if (slash)
        slash[slash == directory] = 0;
    const int descriptor = open(slash ? directory : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    const int reason = errno;
    free(directory);
    errno = reason;
    return descriptor;
}

static int open_named(struct index_file *file) {
    return file->descriptor = open(file->temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
}

static enum status open_file(struct index_file *file, struct error *error) {
    file->descriptor = open_unnamed(file->path);
    const bool unknown = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL;
    if (file->descriptor < 0 && unknown)
        name_temporary(file, open_named);
    return file->descriptor >= 0 ? STATUS_OK : fail(file, error);
}

enum status index_file_new(struct index_file **out, const char *path, struct error *error) {
    *out = NULL;
    struct index_file *file = calloc(1, sizeof *file);
    if (!file)
        return FAIL_MEMORY(error);
    file->descriptor = -1;
    file->position = sizeof file->header;
    file->path = strdup(path);
    file->hash = XXH3_createState();
    file->buffer = calloc(1, BUFFER_BYTES);
    file->buffered = sizeof file->header;
    if (file->hash)
        XXH3_64bits_reset(file->hash);
    enum status status = file->path && file->hash && file->buffer ? STATUS_OK : FAIL_MEMORY(error);
    if (status == STATUS_OK)
        status = open_file(file, error);
    if (status != STATUS_OK)
        index_file_free(file);
    else
        *out = file;
    return status;
}

void index_file_free(struct index_file *file) {
    if (!file)
        return;
    if (file->temporary)
        unlink(file->temporary);
    if (file->descriptor >= 0)
        close(file->descriptor);
    XXH3_freeState(file->hash);
    free(file->path);
    free(file->temporary);
    free(file->buffer);
    free(file);
}

static enum status write_out(struct index_file *file, struct error *error) {
    const uint64_t start = file->position - file->buffered;
    if (!file_bytes_write(file->descriptor, file->buffer, file->buffered, start))
        return fail(file, error);
    file->buffered = 0;
    return STATUS_OK;
}

enum status index_file_begin(struct index_file *file, enum index_section section, struct error *error) {
    static const unsigned char zeros[8];
    TRY(index_file_write(file, zeros, (size_t)(-file->position & 7), error));
    XXH3_64bits_reset(file->hash);
    file->section = section;
    file->header.parts[section].offset = file->position;
    return STATUS_OK;
}

enum status index_file_write(struct index_file *file, const void *bytes, size_t size, struct error *error) {
    XXH3_64bits_update(file->hash, bytes, size);
    while (size > 0) {
        if (file->buffered == BUFFER_BYTES)
            TRY(write_out(file, error));
        const size_t room = BUFFER_BYTES - file->buffered, part = size < room ? size : room;
        memcpy(file->buffer + file->buffered, bytes, part);
        file->buffered += part;
        file->position += part;
        bytes = (const unsigned char *)bytes + part;
        size -= part;
    }
    return STATUS_OK;
}

void index_file_end(struct index_file *file, uint64_t rows) {
    struct index_part *part = &file->header.parts[file->section];
    part->length = file->position - part->offset;
    part->rows = rows;
    part->hash = XXH3_64bits_digest(file->hash);
}

static enum status write_header(struct index_file *file, const struct identity *source, struct error *error) {
    struct index_header *header = &file->header;
    memcpy(header->magic, INDEX_MAGIC, sizeof header->magic);
    header->version = INDEX_VERSION;
    header->byte_order = INDEX_BYTE_ORDER;
    snprintf(header->tool, sizeof header->tool, "%s", TRACECMP_VERSION);
    header->diagnostics = index_diagnostics();
    header->source = *source;
    header->file_bytes = file->position;
    header->hash = XXH3_64bits(header, offsetof(struct index_header, hash));
    return file_bytes_write(file->descriptor, header, sizeof *header, 0) ? STATUS_OK : fail(file, error);
}

static int link_unnamed(const struct index_file *file, const char *name) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", file->descriptor);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static int link_temporary(struct index_file *file) {
    return link_unnamed(file, file->temporary);
}

enum status index_file_commit(struct index_file *file, const struct identity *source, struct error *error) {
    TRY(write_out(file, error));
    TRY(write_header(file, source, error));
    if (fdatasync(file->descriptor) != 0)
        return fail(file, error);
    /* A first name does not replace what is there; a renamed one does. */
    if (!file->temporary && link_unnamed(file, file->path) == 0)
        return STATUS_OK;
    if (!file->temporary && !name_temporary(file, link_temporary))
        return fail(file, error);
    if (rename(file->temporary, file->path) != 0)
        return fail(file, error);
    free(file->temporary);
    file->temporary = NULL;
    return STATUS_OK;
}
