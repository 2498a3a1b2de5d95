/* Things to read from: patterned bytes, files and FIFOs in a folder of their own, pipes with a writer behind them. */
#ifndef TRACECMP_READ_FIXTURE_H
#define TRACECMP_READ_FIXTURE_H

#include <pthread.h>
#include <stdatomic.h>

#include "read/read.h"
#include "recorder.h"

enum { FIXTURE_PATH_BYTES = 128 };

struct folder {
    char path[FIXTURE_PATH_BYTES / 2];
    char file[FIXTURE_PATH_BYTES]; /* the one entry */
};

void folder_new(struct folder *folder);
void folder_add_file(struct folder *folder, const char *data, size_t size);
void folder_add_fifo(struct folder *folder);
void folder_remove(struct folder *folder);

/* Bytes without a short period; free() them. */
char *pattern_new(size_t size);

/* The path of an open descriptor. */
struct descriptor_path {
    char text[FIXTURE_PATH_BYTES];
};
struct descriptor_path descriptor_path(int descriptor);
unsigned descriptors_open(void);

/* A thread that writes all in odd pieces with pauses between, or byte by byte, then closes. */
struct writer {
    const char *fifo; /* opened by the thread when not NULL; else descriptor is used */
    int descriptor;
    const char *data;
    size_t size;
    bool byte_by_byte;     /* into a pipe, each when the one before has been read */
    atomic_bool *wait_for; /* first waits until this is true; NULL: does not */
    pthread_t thread;
};
void writer_start(struct writer *writer);
void writer_join(struct writer *writer);

/* Reads one input with one call of read_inputs; `input` is filled. */
enum status read_path(const char *path, size_t chunk_bytes, struct recorder *recorder, struct read_input *input,
                      struct error *error) CHECKED;

#endif
