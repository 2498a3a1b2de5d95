#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/limits.h"
#include "read/decoder.h"

struct zstd {
    struct decoder decoder;
    ZSTD_DCtx *context; /* owned */
    size_t wish;        /* bytes that libzstd would take next; 0 between frames */
    bool follows;       /* a frame came before */
};

static enum status zstd_fail(const struct zstd *zstd, size_t result, struct error *error) {
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return FAIL_MEMORY(error);
    case ZSTD_error_frameParameter_windowTooLarge:
        return FAIL(error, STATUS_LIMIT,
                    "zstd: its window takes more than %u MiB of memory; decompress it first (zstd -d --long=31)",
                    1u << (LIMIT_WINDOW_LOG - 20));
    case ZSTD_error_prefix_unknown:
        return zstd->follows ? FAIL(error, STATUS_IO, "bytes after the zstd stream")
                             : FAIL(error, STATUS_IO, "zstd: invalid header");
    case ZSTD_error_dictionary_wrong:
        return FAIL(error, STATUS_IO, "zstd: compressed with a dictionary");
    case ZSTD_error_checksum_wrong:
        return FAIL(error, STATUS_IO, "zstd: the checksum does not match");
    default:
        return FAIL(error, STATUS_IO, "zstd: invalid data");
    }
}

/* libzstd does not say how much a call that fails has put out before. So each call is given no more than one block, and
 * the last byte of it alone: of a block that is stored as it is, the bytes before are out then, however the stream is
 * cut. A wish for a block that is not the last one includes the header of the next. */
static size_t zstd_step(const struct zstd *zstd, size_t in_size) {
    enum { BLOCK_HEADER_BYTES = 3 };
    const size_t step = zstd->wish > BLOCK_HEADER_BYTES + 1 ? zstd->wish - BLOCK_HEADER_BYTES - 1 : 1;
    return step < in_size ? step : in_size;
}

static enum status zstd_decode(struct decoder *self, struct decoding *decoding, struct error *error) {
    struct zstd *zstd = (struct zstd *)self;
    do {
        ZSTD_inBuffer in = {decoding->in, zstd_step(zstd, decoding->in_size), 0};
        ZSTD_outBuffer out = {decoding->out, decoding->out_size, 0};
        const size_t result = ZSTD_decompressStream(zstd->context, &out, &in);
        if (ZSTD_isError(result))
            return zstd_fail(zstd, result, error);
        zstd->wish = result;
        zstd->follows = zstd->follows || result == 0;
        *decoding = (struct decoding){decoding->in + in.pos, decoding->in_size - in.pos, decoding->out + out.pos,
                                      decoding->out_size - out.pos};
    } while (decoding->in_size > 0 && decoding->out_size > 0);
    return STATUS_OK;
}

static bool zstd_whole(const struct decoder *self) {
    const struct zstd *zstd = (const struct zstd *)self;
    return zstd->wish == 0 && zstd->follows;
}

static void zstd_free(struct decoder *self) {
    struct zstd *zstd = (struct zstd *)self;
    ZSTD_freeDCtx(zstd->context);
    free(zstd);
}

struct decoder *zstd_new(void) {
    static const struct decoder_ops ops = {"zstd", zstd_decode, zstd_whole, zstd_free};
    struct zstd *zstd = calloc(1, sizeof *zstd);
    if (zstd == NULL)
        return NULL;
    zstd->decoder.ops = &ops;
    zstd->context = ZSTD_createDCtx();
    if (zstd->context == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, LIMIT_WINDOW_LOG))) {
        zstd_free(&zstd->decoder);
        return NULL;
    }
    return &zstd->decoder;
}
