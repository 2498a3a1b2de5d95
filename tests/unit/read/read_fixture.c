#include "read_fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_new(struct folder *folder) {
    snprintf(folder->path, sizeof folder->path, "/tmp/tracecmp-read-XXXXXX");
    cr_assert_not_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/input", folder->path);
}

static void write_all(int descriptor, const char *data, size_t size) {
    for (size_t done = 0; done < size;) {
        const ssize_t wrote = write(descriptor, data + done, size - done);
        if (wrote < 0)
            return;
        done += (size_t)wrote;
    }
}

void folder_add_file(struct folder *folder, const char *data, size_t size) {
    const int descriptor = open(folder->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert_geq(descriptor, 0);
    write_all(descriptor, data, size);
    close(descriptor);
}

void folder_add_fifo(struct folder *folder) {
    cr_assert_eq(mkfifo(folder->file, 0600), 0);
}

void folder_remove(struct folder *folder) {
    unlink(folder->file);
    rmdir(folder->path);
}

char *pattern_new(size_t size) {
    char *data = malloc(size + 1);
    cr_assert_not_null(data);
    uint32_t state = 1;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        data[i] = (char)(state >> 24);
    }
    return data;
}

struct descriptor_path descriptor_path(int descriptor) {
    struct descriptor_path path;
    snprintf(path.text, sizeof path.text, "/dev/fd/%d", descriptor);
    return path;
}

unsigned descriptors_open(void) {
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    cr_assert_not_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* Waits until all that was written into the pipe has been read. */
static void pipe_drain(int descriptor) {
    int unread = 0;
    while (ioctl(descriptor, FIONREAD, &unread) == 0 && unread > 0)
        usleep(10);
}

static void *writer_run(void *self) {
    static const size_t pieces[] = {1, 7, 4097, 3, 65537, 511, 200000};
    const struct writer *writer = self;
    while (writer->wait_for != NULL && !atomic_load(writer->wait_for))
        usleep(500);
    const int descriptor = writer->fifo != NULL ? open(writer->fifo, O_WRONLY | O_CLOEXEC) : writer->descriptor;
    size_t done = 0;
    for (size_t i = 0; done < writer->size; i++) {
        const size_t piece = writer->byte_by_byte ? 1 : pieces[i % (sizeof pieces / sizeof *pieces)];
        const size_t size = piece < writer->size - done ? piece : writer->size - done;
        write_all(descriptor, writer->data + done, size);
        done += size;
        if (writer->byte_by_byte)
            pipe_drain(descriptor);
        else if (i < 20)
            usleep(2000);
    }
    close(descriptor);
    return NULL;
}

void writer_start(struct writer *writer) {
    cr_assert_eq(pthread_create(&writer->thread, NULL, writer_run, writer), 0);
}

void writer_join(struct writer *writer) {
    pthread_join(writer->thread, NULL);
}

enum status read_path(const char *path, size_t chunk_bytes, struct recorder *recorder, struct read_input *input,
                      struct error *error) {
    const struct read_options options = {.chunk_bytes = chunk_bytes};
    *input = (struct read_input){.path = path, .sink = recorder_sink(recorder)};
    return read_inputs(input, 1, &options, error);
}
