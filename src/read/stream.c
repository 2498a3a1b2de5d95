#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "read/source.h"

enum { STREAM_BYTES = 1 << 18 };

struct stream {
    struct source source;
    uv_pipe_t pipe;
    bool started;
    int flags;                /* of the descriptor, which others may share, before libuv made it non-blocking */
    size_t filled, delivered; /* bytes of data; when they differ, reading is stopped */
    char data[STREAM_BYTES];
};

static void stream_room(uv_handle_t *handle, size_t wish, uv_buf_t *room) {
    (void)wish;
    struct stream *stream = handle->data;
    *room = uv_buf_init(stream->data, STREAM_BYTES);
}

/* libuv calls it the end when the peer of a socket hung up, even if that was by a reset which is still to be told. */
static int stream_ending(const struct stream *stream) {
    int failure = 0;
    socklen_t size = sizeof failure;
    const bool told = getsockopt(stream->source.descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0;
    return told ? -failure : 0;
}

/* Delivers what has been read; returns whether all of it was taken and more may be read. */
static bool stream_deliver(struct stream *stream) {
    stream->delivered +=
        source_deliver(&stream->source, stream->data + stream->delivered, stream->filled - stream->delivered);
    return stream->delivered == stream->filled && !uv_is_closing((uv_handle_t *)&stream->pipe);
}

static void stream_read(uv_stream_t *handle, ssize_t result, const uv_buf_t *room) {
    (void)room;
    struct stream *stream = handle->data;
    if (result < 0)
        source_end(&stream->source, result == UV_EOF ? stream_ending(stream) : (int)result);
    if (result <= 0) /* 0: nothing yet */
        return;
    stream->filled = (size_t)result;
    stream->delivered = 0;
    if (!stream_deliver(stream))
        uv_read_stop(handle);
}

static void stream_resume(struct source *self) {
    struct stream *stream = (struct stream *)self;
    if (stream->delivered == stream->filled || !stream_deliver(stream))
        return;
    const int failure = uv_read_start((uv_stream_t *)&stream->pipe, stream_room, stream_read);
    if (failure != 0)
        source_end(self, failure);
}

static void stream_start(struct source *self) {
    struct stream *stream = (struct stream *)self;
    stream->flags = fcntl(self->descriptor, F_GETFL);
    stream->started = true;
    uv_pipe_init(&self->reading->loop, &stream->pipe, 0);
    stream->pipe.data = stream;
    int failure = uv_pipe_open(&stream->pipe, self->descriptor);
    if (failure == 0)
        failure = uv_read_start((uv_stream_t *)&stream->pipe, stream_room, stream_read);
    if (failure != 0)
        source_end(self, failure);
}

static void stream_stop(struct source *self) {
    struct stream *stream = (struct stream *)self;
    uv_handle_t *handle = (uv_handle_t *)&stream->pipe;
    if (!stream->started || uv_is_closing(handle))
        return;
    fcntl(self->descriptor, F_SETFL, stream->flags);
    uv_os_fd_t taken;
    if (uv_fileno(handle, &taken) == 0)
        self->descriptor = -1;
    uv_close(handle, NULL);
}

struct source *stream_new(void) {
    static const struct source_ops ops = {stream_start, stream_stop, stream_resume};
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->source.ops = &ops;
    return &stream->source;
}
