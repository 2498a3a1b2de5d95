#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "read/source.h"

enum { BLOCK_BYTES = 1 << 20, BLOCKS = 4, FETCHES_AT_ONCE = 8 };

/*  data |xxxxxxxxxxxxx.......|        settled: full, or the file ended or failed behind `filled`
 *        ^0           ^filled        */
struct block {
    uv_fs_t request;
    struct file *file; /* borrowed */
    int64_t start;     /* of data[0] in the file */
    size_t filled;
    size_t delivered; /* of the bytes that are filled */
    bool pending;     /* the thread pool has the request */
    bool settled;
    int failure; /* 0 or -errno */
    char data[BLOCK_BYTES];
};

/* The sink may read the file by itself; that is tried between blocks, after the first one, and after twice as many as
 * the last time when it could not.
 *
 * Blocks are a ring in the order of the file, which go out from `first`. While one goes out the others are being read.
 * Only one is in use until it came back full, so that a small file costs one block. */
struct file {
    struct source source;
    struct chunk_file whole;
    uv_idle_t fetching;
    bool started, stopped;
    uint64_t blocks_left, patience; /* to deliver before the sink is asked; how many next time */
    int64_t base, next_start;       /* in the file: of the input, of the next block */
    size_t first, used;
    struct block blocks[BLOCKS];
};

static void block_done(uv_fs_t *request);

static void block_take(struct block *block, ssize_t result) {
    if (result > 0)
        block->filled += (size_t)result;
    else if (result != UV_EINTR)
        block->failure = (int)result;
    block->settled = block->filled == BLOCK_BYTES || (result <= 0 && result != UV_EINTR);
}

static void block_read(struct block *block) {
    struct file *file = block->file;
    const uv_buf_t room = uv_buf_init(block->data + block->filled, (unsigned)(BLOCK_BYTES - block->filled));
    const int refused = uv_fs_read(&file->source.reading->loop, &block->request, file->source.descriptor, &room, 1,
                                   block->start + (int64_t)block->filled, block_done);
    block->pending = refused == 0;
    if (refused != 0)
        block_take(block, refused);
}

/* Puts the block to use for the next part of the file. */
static void block_begin(struct file *file, struct block *block) {
    block->request.data = block;
    block->file = file;
    block->start = file->next_start;
    block->filled = block->delivered = 0;
    block->failure = 0;
    block->settled = false;
    file->next_start += BLOCK_BYTES;
    block_read(block);
}

static void file_read_ahead(struct file *file) {
    while (file->used < BLOCKS && file->used < file->blocks_left) {
        struct block *block = &file->blocks[(file->first + file->used) % BLOCKS];
        file->used++;
        block_begin(file, block);
    }
}

static size_t read_anywhere(const struct chunk_file *whole, uint64_t offset, char *to, size_t size) {
    const struct file *file = (const struct file *)((const char *)whole - offsetof(struct file, whole));
    size_t got;
    (void)file_bytes_read(file->source.descriptor, to, size, (uint64_t)file->base + offset, &got);
    return got;
}

/* The sink goes on, or blocks do from where it is. */
static void file_fetch(uv_idle_t *fetching) {
    struct file *file = fetching->data;
    for (int i = 0; i < FETCHES_AT_ONCE && !file->stopped; i++) {
        const uint64_t taken = source_fetch(&file->source, &file->whole);
        file->next_start += (int64_t)taken;
        if (taken > 0) {
            file->patience = file->patience / 2 > 0 ? file->patience / 2 : 1;
        } else if (!file->stopped) {
            uv_idle_stop(fetching);
            file->blocks_left = file->patience;
            file->patience *= 2;
            file_read_ahead(file);
            return;
        }
    }
}

/* Delivers what is ready. The first block that did not fill is the last one, whatever the blocks behind it hold: the
 * file may grow or shrink meanwhile. */
static void file_advance(struct file *file) {
    while (!file->stopped && file->used > 0 && file->blocks[file->first].settled) {
        struct block *block = &file->blocks[file->first];
        block->delivered +=
            source_deliver(&file->source, block->data + block->delivered, block->filled - block->delivered);
        if (file->stopped || block->delivered < block->filled)
            return;
        if (block->filled < BLOCK_BYTES) {
            source_end(&file->source, block->failure);
            return;
        }
        file->first = (file->first + 1) % BLOCKS;
        file->used--;
        if (--file->blocks_left == 0)
            uv_idle_start(&file->fetching, file_fetch);
        file_read_ahead(file);
    }
}

static void block_done(uv_fs_t *request) {
    struct block *block = (struct block *)request->data;
    const ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    block->pending = false;
    if (block->file->stopped)
        return;
    block_take(block, result);
    if (!block->settled)
        block_read(block);
    file_advance(block->file);
}

static void file_start(struct source *self) {
    struct file *file = (struct file *)self;
    const off_t start = lseek(self->descriptor, 0, SEEK_CUR);
    uv_idle_init(&self->reading->loop, &file->fetching);
    file->fetching.data = file;
    file->started = true;
    file->base = file->next_start = start > 0 ? start : 0;
    file->whole = (struct chunk_file){read_anywhere, self->input->size};
    file->blocks_left = file->patience = 1;
    file_read_ahead(file);
    file_advance(file);
}

static void file_stop(struct source *self) {
    struct file *file = (struct file *)self;
    const bool again = file->stopped;
    file->stopped = true;
    if (again || !file->started)
        return;
    source_fetch(self, NULL);
    uv_close((uv_handle_t *)&file->fetching, NULL);
    for (size_t i = 0; i < BLOCKS; i++)
        if (file->blocks[i].pending)
            uv_cancel((uv_req_t *)&file->blocks[i].request);
}

static void file_resume(struct source *self) {
    file_advance((struct file *)self);
}

struct source *file_new(void) {
    static const struct source_ops ops = {file_start, file_stop, file_resume};
    struct file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->source.ops = &ops;
    return &file->source;
}
