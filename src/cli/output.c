#include "cli/output.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status fail_at(const char *path, struct error *error) {
    const enum status status = FAIL(error, STATUS_IO, "%s", strerror(errno));
    error_input(error, path ? path : "standard output");
    return status;
}

static enum status open_temporary(struct output *output, struct error *error) {
    if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
        output->temporary = NULL;
        return FAIL_MEMORY(error);
    }
    const int descriptor = mkstemp(output->temporary);
    if (descriptor < 0) {
        const enum status status = fail_at(output->path, error);
        free(output->temporary);
        output->temporary = NULL;
        return status;
    }
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    output->file = fdopen(descriptor, "w");
    if (output->file)
        return STATUS_OK;
    close(descriptor);
    output_abandon(output);
    return FAIL_MEMORY(error);
}

static enum status open_file(struct output *output, struct error *error) {
    struct stat info;
    if (!output->path) {
        output->file = stdout;
        return STATUS_OK;
    }
    if (stat(output->path, &info) != 0 || S_ISREG(info.st_mode))
        return open_temporary(output, error);
    output->file = fopen(output->path, "w");
    return output->file ? STATUS_OK : fail_at(output->path, error);
}

enum status output_open(struct output *output, const char *path, struct error *error) {
    *output = (struct output){.path = path};
    TRY(open_file(output, error));
    __fsetlocking(output->file, FSETLOCKING_BYCALLER); /* one thread writes, some hundred thousand pieces */
    return STATUS_OK;
}

static bool close_file(struct output *output) {
    FILE *file = output->file;
    output->file = NULL;
    return !file || (file == stdout ? fflush(file) : fclose(file)) == 0;
}

enum status output_commit(struct output *output, struct error *error) {
    if (!close_file(output) || (output->temporary && rename(output->temporary, output->path) != 0)) {
        const enum status status = fail_at(output->path, error);
        output_abandon(output);
        return status;
    }
    free(output->temporary);
    output->temporary = NULL;
    return STATUS_OK;
}

void output_abandon(struct output *output) {
    close_file(output);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
}
