/* Decompression beside the loop. In: compressed bytes, as many as there is room for. Out: blocks of what they decode
 * to, on the loop's thread. While one block is handed on, the thread pool decodes the next and the input behind it is
 * gathered; two blocks and two pieces of input are all it holds. */
#ifndef TRACECMP_UNPACK_H
#define TRACECMP_UNPACK_H

#include <uv.h>

#include "read/decoder.h"

/* Called from the loop, end also from within unpacker_finish. Each may stop the unpacker. */
struct unpack_client {
    void (*block)(void *self, const char *data, size_t size); /* data is borrowed until it returns */
    void (*room)(void *self);                                 /* push may take more than it did; not after finish */
    /* Once, when all is out. failure: NULL, or why and at which byte of the input no more could be decoded. */
    void (*end)(void *self, const struct error *failure);
    void *self; /* borrowed */
};

struct unpacker;

/* Takes the decoder over, even when it fails. NULL: no memory, or no decoder. loop: borrowed. */
struct unpacker *unpacker_new(uv_loop_t *loop, struct decoder *decoder, const struct unpack_client *client);
/* Only when the loop has run dry. NULL is fine. */
void unpacker_free(struct unpacker *unpacker);
/* Returns how many bytes it took. */
size_t unpacker_push(struct unpacker *unpacker, const char *data, size_t size);
/* Whether all that was pushed is decoded and the stream may end there. */
bool unpacker_whole(const struct unpacker *unpacker);
/* No more input. cut: the input broke off, so that a stream that is not whole is no failure of its own. */
void unpacker_finish(struct unpacker *unpacker, bool cut);
/* From now on nothing is called, and the loop is kept alive only until the thread pool has let go. */
void unpacker_stop(struct unpacker *unpacker);

#endif
