#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "read/source.h"

enum { FOLLOW_BYTES = 1 << 18, LAST_BYTES = 64, POLL_MS = 100 };

/* A file that may still be written. One read is under way, or what it brought is being taken, or a timer runs until
 * the next look: events of the file system are not reliable enough to be waited for. Each read begins with the last
 * bytes of the one before, which tell whether the file is still the one that was read:
 *
 *   file |………………………llll|nnnnnnnnnn…         data |llll|nnnnnnnnnnnnnn      |
 *                       ^offset                           ^delivered  ^filled                                        */
struct follow {
    struct source source;
    uv_timer_t timer;
    uv_fs_t request;
    bool started, stopped, pending;
    int64_t offset;
    size_t filled, delivered; /* of data; delivered begins behind the last bytes */
    size_t last_size;
    char last[LAST_BYTES];
    char data[LAST_BYTES + FOLLOW_BYTES];
};

static void follow_done(uv_fs_t *request);
static void follow_look(uv_timer_t *timer);

static void follow_read(struct follow *follow) {
    const uv_buf_t room = uv_buf_init(follow->data, (unsigned)follow->last_size + FOLLOW_BYTES);
    const int64_t start = follow->offset - (int64_t)follow->last_size;
    follow->request.data = follow;
    const int refused = uv_fs_read(&follow->source.reading->loop, &follow->request, follow->source.descriptor, &room, 1,
                                   start, follow_done);
    follow->pending = refused == 0;
    if (refused != 0)
        source_end(&follow->source, refused);
}

static void follow_deliver(struct follow *follow) {
    follow->delivered +=
        source_deliver(&follow->source, follow->data + follow->delivered, follow->filled - follow->delivered);
    if (!follow->stopped && follow->delivered == follow->filled)
        follow_read(follow);
}

static void follow_take(struct follow *follow, size_t size) {
    if (memcmp(follow->data, follow->last, follow->last_size) != 0) {
        follow->source.input->change = READ_REWRITTEN;
        source_end(&follow->source, 0);
        return;
    }
    follow->delivered = follow->last_size;
    follow->filled = size;
    follow->offset += (int64_t)(size - follow->last_size);
    follow->last_size = size < LAST_BYTES ? size : LAST_BYTES;
    memcpy(follow->last, follow->data + size - follow->last_size, follow->last_size);
    follow_deliver(follow);
}

static void follow_done(uv_fs_t *request) {
    struct follow *follow = request->data;
    const ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    follow->pending = false;
    if (follow->stopped)
        return;
    if (result == UV_EINTR)
        follow_read(follow);
    else if (result < 0)
        source_end(&follow->source, (int)result);
    else if ((size_t)result <= follow->last_size)
        uv_timer_start(&follow->timer, follow_look, POLL_MS, 0);
    else
        follow_take(follow, (size_t)result);
}

static bool follow_still_holds(const struct follow *follow) {
    char last[LAST_BYTES];
    const uint64_t at = (uint64_t)follow->offset - follow->last_size;
    size_t got;
    if (!file_bytes_read(follow->source.descriptor, last, follow->last_size, at, &got))
        return true; /* nothing is known; the next read tells what is wrong */
    return got == follow->last_size && memcmp(last, follow->last, follow->last_size) == 0;
}

/* Another file has the name only when the one that is open has been read to its end. */
static enum read_change follow_compare(const struct follow *follow, const struct stat *open) {
    struct stat named;
    if (open->st_size < follow->offset)
        return READ_TRUNCATED;
    if (!follow_still_holds(follow))
        return READ_REWRITTEN;
    if (open->st_size > follow->offset)
        return READ_UNCHANGED;
    struct read_input *input = follow->source.input;
    input->nameless = stat(input->path, &named) != 0;
    if (input->nameless)
        return READ_UNCHANGED;
    return named.st_dev == open->st_dev && named.st_ino == open->st_ino ? READ_UNCHANGED : READ_REPLACED;
}

static void follow_look(uv_timer_t *timer) {
    struct follow *follow = timer->data;
    struct read_input *input = follow->source.input;
    struct stat open;
    if (fstat(follow->source.descriptor, &open) != 0) {
        source_end(&follow->source, -errno);
        return;
    }
    input->change = follow_compare(follow, &open);
    if (input->change != READ_UNCHANGED)
        source_end(&follow->source, 0);
    else if (open.st_size > follow->offset)
        follow_read(follow);
    else
        uv_timer_start(timer, follow_look, POLL_MS, 0);
}

static void follow_start(struct source *self) {
    struct follow *follow = (struct follow *)self;
    uv_timer_init(&self->reading->loop, &follow->timer);
    follow->timer.data = follow;
    follow->started = true;
    follow_read(follow);
}

static void follow_stop(struct source *self) {
    struct follow *follow = (struct follow *)self;
    follow->stopped = true;
    if (follow->pending)
        uv_cancel((uv_req_t *)&follow->request);
    if (follow->started && !uv_is_closing((uv_handle_t *)&follow->timer))
        uv_close((uv_handle_t *)&follow->timer, NULL);
}

static void follow_resume(struct source *self) {
    struct follow *follow = (struct follow *)self;
    if (follow->delivered < follow->filled)
        follow_deliver(follow);
}

struct source *follow_new(void) {
    static const struct source_ops ops = {follow_start, follow_stop, follow_resume};
    struct follow *follow = calloc(1, sizeof *follow);
    if (follow == NULL)
        return NULL;
    follow->source.ops = &ops;
    return &follow->source;
}
