#include "index/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "base/unnamed_file.h"
#include "index/early_sync.h"
#include "index/section_out.h"

struct index_file {
    char *path, *temporary;   /* owned; temporary: NULL while the file has no name */
    struct section_out out;   /* the index */
    struct section_out aside; /* the section that comes next, as far as it is known */
    struct early_sync early;
    enum index_section section;
    struct index_header header;
};

enum {
    OUT_BYTES = 256 << 10, /* at hand before they go into the file */
    ASIDE_BYTES = 4 << 20, /* the launches of a million GPU events; with more, there is another file */
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

static int open_named(struct index_file *file) {
    return file->out.descriptor = open(file->temporary, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
}

/* The folder that a file lies in; owned by the caller. NULL: no memory. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const size_t size = slash ? (size_t)(slash - path) : 0;
    return slash ? strndup(path, size > 0 ? size : 1) : strdup(".");
}

/* Where the system knows files without a name, an interrupted writer leaves nothing behind. */
static int open_index(struct index_file *file, const char *folder) {
    file->out.descriptor = unnamed_file_open(folder, 0666);
    if (file->out.descriptor < 0 && unnamed_file_is_unknown(errno))
        name_temporary(file, open_named);
    return file->out.descriptor;
}

static int open_aside(struct index_file *file, const char *folder) {
    return file->aside.descriptor = unnamed_file_temporary(folder);
}

static enum status open_in_place(struct index_file *file, int (*open_file)(struct index_file *file, const char *folder),
                                 struct error *error) {
    char *folder = folder_of(file->path);
    const int descriptor = folder ? open_file(file, folder) : -1;
    const enum status status = !folder ? FAIL_MEMORY(error) : descriptor < 0 ? fail(file, error) : STATUS_OK;
    free(folder);
    return status;
}

static enum status begin_file(struct index_file *file, const char *path, struct error *error) {
    const bool ready = section_out_init(&file->out, OUT_BYTES) && section_out_init(&file->aside, ASIDE_BYTES) &&
                       (file->path = strdup(path));
    TRY(ready ? open_in_place(file, open_index, error) : FAIL_MEMORY(error));
    return index_file_write(file, &file->header, sizeof file->header, error); /* as long as the final one */
}

enum status index_file_new(struct index_file **out, const char *path, struct error *error) {
    *out = NULL;
    struct index_file *file = calloc(1, sizeof *file);
    if (!file)
        return FAIL_MEMORY(error);
    file->out.descriptor = file->aside.descriptor = -1;
    early_sync_init(&file->early);
    index_header_init(&file->header);
    const enum status status = begin_file(file, path, error);
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
    early_sync_end(&file->early);
    section_out_fini(&file->out);
    section_out_fini(&file->aside);
    free(file->path);
    free(file->temporary);
    free(file);
}

enum status index_file_begin(struct index_file *file, enum index_section section, struct error *error) {
    static const unsigned char zeros[8];
    TRY(index_file_write(file, zeros, (size_t)(-file->out.position & 7), error));
    section_out_begin(&file->out);
    file->section = section;
    file->header.parts[section].offset = file->out.position;
    return STATUS_OK;
}

enum status index_file_write(struct index_file *file, const void *bytes, size_t size, struct error *error) {
    if (!section_out_write(&file->out, bytes, size))
        return fail(file, error);
    early_sync_note(&file->early, file->out.descriptor, file->out.position - file->out.buffered);
    return STATUS_OK;
}

static void end_section(struct index_file *file, uint64_t rows, uint64_t hash) {
    struct index_part *part = &file->header.parts[file->section];
    part->length = file->out.position - part->offset;
    part->rows = rows;
    part->hash = hash;
}

void index_file_end(struct index_file *file, uint64_t rows) {
    end_section(file, rows, section_out_hash(&file->out));
}

enum status index_file_write_aside(struct index_file *file, const void *bytes, size_t size, struct error *error) {
    if (file->aside.descriptor < 0 && section_out_overflows(&file->aside, size))
        TRY(open_in_place(file, open_aside, error));
    return section_out_write(&file->aside, bytes, size) ? STATUS_OK : fail(file, error);
}

enum status index_file_end_aside(struct index_file *file, enum index_section section, uint64_t rows,
                                 struct error *error) {
    const uint64_t hash = section_out_hash(&file->aside);
    TRY(index_file_begin(file, section, error));
    if (!section_out_take(&file->out, &file->aside))
        return fail(file, error);
    end_section(file, rows, hash);
    return STATUS_OK;
}

static enum status write_header(struct index_file *file, const struct identity *source, struct error *error) {
    struct index_header *header = &file->header;
    header->source = *source;
    header->file_bytes = file->out.position;
    header->hash = index_header_hash(header);
    return file_bytes_write(file->out.descriptor, header, sizeof *header, 0) ? STATUS_OK : fail(file, error);
}

static int link_unnamed(const struct index_file *file, const char *name) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", file->out.descriptor);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static int link_temporary(struct index_file *file) {
    return link_unnamed(file, file->temporary);
}

static enum status sync_file(struct index_file *file, struct error *error) {
    errno = early_sync_end(&file->early);
    return errno == 0 && fdatasync(file->out.descriptor) == 0 ? STATUS_OK : fail(file, error);
}

enum status index_file_commit(struct index_file *file, const struct identity *source, struct error *error) {
    if (!section_out_flush(&file->out))
        return fail(file, error);
    TRY(write_header(file, source, error));
    TRY(sync_file(file, error));
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
