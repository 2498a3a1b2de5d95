#include "index/index_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index/format.h"
#include "index/index_play.h"

struct index_reader {
    char *path; /* owned */
    int descriptor;
    uint64_t size;
    struct index_header header;
};

static enum status check_parts(const struct index_reader *reader, struct error *error) {
    uint64_t at = sizeof reader->header;
    for (int i = 0; i < SECTIONS; i++) {
        const struct index_part *part = &reader->header.parts[i];
        const uint64_t start = (at + 7) & ~UINT64_C(7);
        if (part->offset != start || part->offset > reader->size || part->length > reader->size - part->offset)
            return INDEX_DAMAGED(error, "a section lies elsewhere");
        at = part->offset + part->length;
    }
    return at == reader->size ? STATUS_OK : INDEX_DAMAGED(error, "its length");
}

static enum status check_header(const struct index_reader *reader, struct error *error) {
    const struct index_header *header = &reader->header;
    struct index_header ours;
    index_header_init(&ours);
    if (memcmp(header->magic, ours.magic, sizeof ours.magic) != 0)
        return FAIL(error, STATUS_BAD_INDEX, "this is no index; the trace is read instead");
    if (memcmp(header, &ours, offsetof(struct index_header, source)) != 0)
        return FAIL(error, STATUS_BAD_INDEX, "the index is of another version; the trace is read instead");
    if (header->hash != index_header_hash(header))
        return INDEX_DAMAGED(error, "its header");
    return header->file_bytes == reader->size ? STATUS_OK : INDEX_DAMAGED(error, "its length");
}

static enum status read_header(struct index_reader *reader, struct error *error) {
    struct stat info;
    if (fstat(reader->descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return FAIL(error, STATUS_BAD_INDEX, "this is no index; the trace is read instead");
    reader->size = (uint64_t)info.st_size;
    if (reader->size < sizeof reader->header)
        return INDEX_DAMAGED(error, "its length");
    const ssize_t got = pread(reader->descriptor, &reader->header, sizeof reader->header, 0);
    if (got < 0)
        return FAIL(error, STATUS_BAD_INDEX, "the index cannot be read: %s", strerror(errno));
    if ((size_t)got < sizeof reader->header)
        return INDEX_DAMAGED(error, "its length");
    TRY(check_header(reader, error));
    return check_parts(reader, error);
}

enum status index_reader_new(struct index_reader **out, const char *path, const struct identity *source,
                             struct error *error) {
    *out = NULL;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return STATUS_OK;
    struct index_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        close(descriptor);
        return FAIL_MEMORY(error);
    }
    reader->descriptor = descriptor;
    enum status status = (reader->path = strdup(path)) ? read_header(reader, error) : FAIL_MEMORY(error);
    if (status != STATUS_OK)
        error_input(error, path);
    if (status == STATUS_OK && identity_equal(&reader->header.source, source))
        *out = reader;
    else
        index_reader_free(reader);
    return status;
}

void index_reader_free(struct index_reader *reader) {
    if (!reader)
        return;
    close(reader->descriptor);
    free(reader->path);
    free(reader);
}

enum status index_reader_play(struct index_reader *reader, const struct index_target *target, struct error *error) {
    const enum status status = index_play(reader->header.parts, reader->descriptor, target, error);
    if (status != STATUS_OK)
        error_input(error, reader->path);
    return status;
}
