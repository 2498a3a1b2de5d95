#include <stdlib.h>
#include <unistd.h>

#include "read/source.h"

enum { BLOCK_BYTES = 1 << 20, BLOCKS = CHUNK_LENDS_MAX };

/*  data |xxxxxxxxxxxxx.......|        settled: full, or the file ended or failed behind `filled`
 *        ^0           ^filled ^size        */
struct block {
    uv_fs_t request;
    struct file *file; /* borrowed */
    int64_t start;     /* of data[0] in the file */
    char *data;        /* borrowed: lent by the sink, or `own` */
    size_t size, filled;
    size_t delivered; /* of the bytes that are filled */
    bool pending;     /* the thread pool has the request */
    bool settled;
    int failure; /* 0 or -errno */
    char own[BLOCK_BYTES];
};

/* A ring of blocks in the order of the file, which go out from `first`. While one goes out the others are being read.
 * Only one is in use until it came back full, so that a small file costs one block. */
struct file {
    struct source source;
    struct block blocks[BLOCKS];
    size_t first, used;
    int64_t next_start;
    bool stopped;
};

static void block_done(uv_fs_t *request);

static void block_take(struct block *block, ssize_t result) {
    if (result > 0)
        block->filled += (size_t)result;
    else if (result != UV_EINTR)
        block->failure = (int)result;
    block->settled = block->filled == block->size || (result <= 0 && result != UV_EINTR);
}

static void block_read(struct block *block) {
    struct file *file = block->file;
    const uv_buf_t room = uv_buf_init(block->data + block->filled, (unsigned)(block->size - block->filled));
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
    block->data = source_lend(&file->source, &block->size);
    if (block->data == NULL) {
        block->data = block->own;
        block->size = BLOCK_BYTES;
    }
    file->next_start += (int64_t)block->size;
    block_read(block);
}

static void file_read_ahead(struct file *file) {
    while (file->used < BLOCKS) {
        struct block *block = &file->blocks[(file->first + file->used) % BLOCKS];
        file->used++;
        block_begin(file, block);
    }
}

/* Delivers what is ready. The first block that did not fill is the last one, whatever the blocks behind it hold: the
 * file may grow or shrink meanwhile. */
static void file_advance(struct file *file) {
    while (!file->stopped && file->blocks[file->first].settled) {
        struct block *block = &file->blocks[file->first];
        block->delivered +=
            source_deliver(&file->source, block->data + block->delivered, block->filled - block->delivered);
        if (file->stopped || block->delivered < block->filled)
            return;
        if (block->filled < block->size) {
            source_end(&file->source, block->failure);
            return;
        }
        file->first = (file->first + 1) % BLOCKS;
        file->used--;
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
    file->next_start = start > 0 ? start : 0;
    file->used = 1;
    block_begin(file, &file->blocks[file->first]);
    file_advance(file);
}

static void file_stop(struct source *self) {
    struct file *file = (struct file *)self;
    file->stopped = true;
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
