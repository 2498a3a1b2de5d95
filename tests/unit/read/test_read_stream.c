#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "read_fixture.h"

TestSuite(read_stream, .timeout = 20);

enum { STREAM_SIZE = 700001 };

static void expect_stream(const char *name, const char *path, struct writer *writer, size_t chunk_bytes) {
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    writer_start(writer);
    cr_expect_eq(read_path(path, chunk_bytes, &recorder, &input, &error), STATUS_OK, "%s", name);
    cr_expect(recorder_holds(&recorder, writer->data, writer->size), "%s in chunks of %zu", name, chunk_bytes);
    cr_expect(chunk_bytes == 0 || recorder.largest <= chunk_bytes, "%s in chunks of %zu", name, chunk_bytes);
    cr_expect(input.size == 0 && input.bytes == writer->size && !input.damaged, "%s", name);
    writer_join(writer);
    recorder_fini(&recorder);
}

Test(read_stream, any_chunk_size_gives_the_same_bytes) {
    static const size_t chunks[] = {0, 1, 2, 3, 7, 64, 4096, 1 << 20};
    char *data = pattern_new(STREAM_SIZE);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        int ends[2];
        cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
        struct writer writer = {.descriptor = ends[1], .data = data, .size = STREAM_SIZE};
        const struct descriptor_path path = descriptor_path(ends[0]);
        expect_stream("pipe", path.text, &writer, chunks[i]);
        close(ends[0]);
    }
    free(data);
}

Test(read_stream, an_empty_pipe_ends) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct writer writer = {.descriptor = ends[1], .data = "", .size = 0};
    const struct descriptor_path path = descriptor_path(ends[0]);
    expect_stream("empty pipe", path.text, &writer, 0);
    close(ends[0]);
}

Test(read_stream, standard_input_stays_open_and_blocking) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    char *data = pattern_new(STREAM_SIZE);
    struct writer writer = {.descriptor = ends[1], .data = data, .size = STREAM_SIZE};
    expect_stream("standard input", "-", &writer, 0);
    const int flags = fcntl(STDIN_FILENO, F_GETFL);
    cr_expect_geq(flags, 0);
    cr_expect_eq(flags & O_NONBLOCK, 0);
    close(ends[0]);
    free(data);
}

Test(read_stream, a_fifo_may_be_opened_before_its_writer) {
    char *data = pattern_new(STREAM_SIZE);
    struct folder folder;
    folder_new(&folder);
    folder_add_fifo(&folder);
    struct writer writer = {.fifo = folder.file, .data = data, .size = STREAM_SIZE};
    expect_stream("fifo", folder.file, &writer, 0);
    folder_remove(&folder);
    free(data);
}

Test(read_stream, a_socket_reads_like_a_pipe) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    char *data = pattern_new(STREAM_SIZE);
    struct writer writer = {.descriptor = ends[1], .data = data, .size = STREAM_SIZE};
    const struct descriptor_path path = descriptor_path(ends[0]);
    expect_stream("socket", path.text, &writer, 0);
    close(ends[0]);
    free(data);
}

/* A socket closed with unread bytes resets its peer, once that has read what was sent to it. */
static int socket_reset_after(const char *data, size_t size) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    cr_assert_eq(write(ends[0], "x", 1), 1);
    cr_assert_eq(write(ends[1], data, size), (ssize_t)size);
    close(ends[1]);
    return ends[0];
}

Test(read_stream, a_failure_in_the_middle_keeps_what_came_before) {
    const int reset = socket_reset_after("0123456789", 10);
    const struct descriptor_path path = descriptor_path(reset);
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(path.text, 0, &recorder, &input, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, "0123456789", 10));
    cr_expect(input.damaged && input.failure.has_offset && input.failure.offset == 10);
    cr_expect_not_null(strstr(input.failure.cause[0].text, "Connection reset"));
    recorder_fini(&recorder);
    close(reset);
}

Test(read_stream, a_failing_first_read_is_an_error) {
    const int reset = socket_reset_after("", 0);
    const struct descriptor_path path = descriptor_path(reset);
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(path.text, 0, &recorder, &input, &error), STATUS_IO);
    cr_expect_str_eq(error.input, path.text);
    cr_expect(recorder.ends == 0 && !input.damaged);
    close(reset);
}
