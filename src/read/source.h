/* One input being read. In: a descriptor. Out: its bytes, in order, through source_deliver, then source_end once.
 * file.c, follow.c and stream.c know descriptors; source.c alone knows sinks, decompression and what a failure does to
 * others. */
#ifndef TRACECMP_SOURCE_H
#define TRACECMP_SOURCE_H

#include <uv.h>

#include "read/read.h"
#include "read/unpack.h"

struct source;

struct source_ops {
    /* Begins to read. A failure is told by source_end, now or later. */
    void (*start)(struct source *self);
    /* From now on nothing is delivered and nothing keeps the loop alive. May come at any time and again. */
    void (*stop)(struct source *self);
    /* There is room for what source_deliver has not taken; may come without need. */
    void (*resume)(struct source *self);
};

/* The first member of each kind of source, which is one allocation. */
struct source {
    const struct source_ops *ops;
    struct reading *reading;  /* borrowed */
    struct read_input *input; /* borrowed */
    int descriptor;           /* owned; -1: a handle of libuv has closed it */
    int failure;              /* of source_end */
    bool ended, finished, stopped; /* source_end came; the sink was ended; nothing is delivered any more */
    bool recognised;          /* by the magic, which is gathered until then */
    char magic[4];
    size_t magic_size;
    struct unpacker *unpacker; /* owned; NULL: the bytes are the document itself */
};

/* All that one read_inputs works with. */
struct reading {
    uv_loop_t loop;
    struct source **sources;   /* owned */
    size_t count, chunk_bytes; /* chunk_bytes 0: no ceiling */
    enum status status;        /* the failure that counts; then all sources are stopped */
    struct error *error;       /* borrowed */
    uv_timer_t patience;       /* runs while a failure is held back, so many times more: */
    unsigned patience_parts;
    struct error held;
};

/* Opens the input and makes the source that suits what it is; a failure names the input. */
enum status source_open(struct reading *reading, struct read_input *input, struct source **source,
                        struct error *error) CHECKED;
/* Only when the loop has run dry, or before start. NULL is fine. */
void source_free(struct source *source);

/* Each may stop this source, and all others, before it returns. source_deliver returns how many bytes it took; the
 * source keeps the others, reads no further and delivers them at `resume`. source_fetch is chunk_sink's fetch, and
 * returns how many were taken. failure: 0 at the end, or -errno. */
size_t source_deliver(struct source *source, const char *data, size_t size);
uint64_t source_fetch(struct source *source, const struct chunk_file *file);
void source_end(struct source *source, int failure);
/* All reading stops. source: which one failed, or NULL. It waits a moment for those before it to be named first. */
void reading_fail(struct reading *reading, const struct source *source, enum status status);

/* Seekable: read ahead in the thread pool, from the descriptor's current offset. Pipes, FIFOs, sockets: read when
 * there is something to read. A regular file that may still be written: looked at time and again. NULL: no memory. */
struct source *file_new(void);
struct source *stream_new(void);
struct source *follow_new(void);

#endif
