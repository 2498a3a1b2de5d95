#include "read/unpack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES = 1 << 18, OUTPUT_BYTES = 1 << 20 };

/*  push ──▶ input[gathering] ──swap──▶ the other input ──decoder──▶ output[turn] ──▶ client
 *  While `busy`, the thread pool alone touches decoder, decoding, status and failure. */
struct unpacker {
    uv_loop_t *loop;         /* borrowed */
    struct decoder *decoder; /* owned */
    struct unpack_client client;
    uv_work_t work;
    bool busy, stopped;
    bool finished, cut;
    bool full; /* the last block was filled: more may follow without input */
    struct decoding decoding;
    enum status status;
    struct error failure;
    uint64_t taken;     /* bytes pushed so far */
    unsigned gathering; /* which input */
    size_t gathered;    /* bytes in it */
    unsigned turn;      /* which output is the next to be filled */
    size_t ready;       /* bytes of the other one that are still to be handed on */
    char input[2][INPUT_BYTES];
    char output[2][OUTPUT_BYTES];
};

static void unpack_work(uv_work_t *work) {
    struct unpacker *unpacker = work->data;
    unpacker->status = unpacker->decoder->ops->decode(unpacker->decoder, &unpacker->decoding, &unpacker->failure);
}

static void unpack_done(uv_work_t *work, int cancelled);

/* Gives the thread pool the next block to fill, when it is idle and there is something to decode. */
static void unpacker_advance(struct unpacker *unpacker) {
    struct decoding *decoding = &unpacker->decoding;
    if (unpacker->busy || unpacker->stopped || unpacker->status != STATUS_OK)
        return;
    if (decoding->in_size == 0) {
        decoding->in = (const uint8_t *)unpacker->input[unpacker->gathering];
        decoding->in_size = unpacker->gathered;
        unpacker->gathering ^= 1;
        unpacker->gathered = 0;
    }
    if (decoding->in_size == 0 && !unpacker->full)
        return;
    decoding->out = (uint8_t *)unpacker->output[unpacker->turn];
    decoding->out_size = OUTPUT_BYTES;
    unpacker->busy = true;
    const int refused = uv_queue_work(unpacker->loop, &unpacker->work, unpack_work, unpack_done);
    assert(refused == 0);
    (void)refused;
}

/* Where decoding stands, in bytes of the input. */
static uint64_t unpacker_offset(const struct unpacker *unpacker) {
    return unpacker->taken - unpacker->gathered - unpacker->decoding.in_size;
}

static void unpacker_check_end(struct unpacker *unpacker) {
    const struct decoder_ops *ops = unpacker->decoder->ops;
    if (unpacker->status == STATUS_OK && !unpacker->cut && !ops->whole(unpacker->decoder))
        unpacker->status = FAIL(&unpacker->failure, STATUS_IO, "%s: the stream ends in the middle", ops->name);
    if (unpacker->status == STATUS_OK)
        return;
    unpacker->failure.has_offset = true;
    unpacker->failure.offset = unpacker_offset(unpacker);
}

static void unpacker_end_if_done(struct unpacker *unpacker) {
    if (unpacker->stopped || unpacker->busy || unpacker->ready > 0)
        return;
    if (unpacker->status == STATUS_OK && !unpacker->finished)
        return;
    unpacker_check_end(unpacker);
    unpacker->stopped = true;
    unpacker->client.end(unpacker->client.self, unpacker->status == STATUS_OK ? NULL : &unpacker->failure);
}

static void unpack_done(uv_work_t *work, int cancelled) {
    struct unpacker *unpacker = work->data;
    unpacker->busy = false;
    if (unpacker->stopped)
        return;
    assert(cancelled == 0);
    (void)cancelled;
    const bool more = unpacker->status == STATUS_OK && !unpacker->finished;
    const char *block = unpacker->output[unpacker->turn];
    unpacker->ready = OUTPUT_BYTES - unpacker->decoding.out_size;
    unpacker->full = unpacker->decoding.out_size == 0;
    unpacker->turn ^= 1;
    unpacker_advance(unpacker);
    if (more)
        unpacker->client.room(unpacker->client.self);
    if (unpacker->ready > 0)
        unpacker->client.block(unpacker->client.self, block, unpacker->ready);
    unpacker->ready = 0;
    unpacker_end_if_done(unpacker);
}

struct unpacker *unpacker_new(uv_loop_t *loop, struct decoder *decoder, const struct unpack_client *client) {
    if (decoder == NULL)
        return NULL;
    struct unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker == NULL) {
        decoder->ops->free(decoder);
        return NULL;
    }
    unpacker->loop = loop;
    unpacker->decoder = decoder;
    unpacker->client = *client;
    unpacker->work.data = unpacker;
    return unpacker;
}

void unpacker_free(struct unpacker *unpacker) {
    if (unpacker == NULL)
        return;
    unpacker->decoder->ops->free(unpacker->decoder);
    free(unpacker);
}

size_t unpacker_push(struct unpacker *unpacker, const char *data, size_t size) {
    const size_t room = INPUT_BYTES - unpacker->gathered;
    const size_t take = size < room ? size : room;
    memcpy(unpacker->input[unpacker->gathering] + unpacker->gathered, data, take);
    unpacker->gathered += take;
    unpacker->taken += take;
    unpacker_advance(unpacker);
    return take;
}

bool unpacker_whole(const struct unpacker *unpacker) {
    const size_t left = unpacker->gathered + unpacker->decoding.in_size;
    return !unpacker->busy && left == 0 && unpacker->decoder->ops->whole(unpacker->decoder);
}

void unpacker_finish(struct unpacker *unpacker, bool cut) {
    unpacker->finished = true;
    unpacker->cut = cut;
    unpacker_end_if_done(unpacker);
}

void unpacker_stop(struct unpacker *unpacker) {
    unpacker->stopped = true;
    if (unpacker->busy)
        uv_cancel((uv_req_t *)&unpacker->work);
}
