#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

#include "read/decoder.h"

enum gzip_phase { GZIP_BETWEEN, GZIP_HEADER, GZIP_BODY };

struct gzip {
    struct decoder decoder;
    enum gzip_phase phase;
    bool follows; /* a member came before */
    int failure;  /* ISAL_DECOMP_OK or why no more can be decoded */
    struct isal_gzip_header header;
    struct inflate_state inflate;
    struct inflate_state before; /* the last call */
};

static enum status gzip_fail(const struct gzip *gzip, struct error *error) {
    switch (gzip->failure) {
    case ISAL_INVALID_WRAPPER:
        return gzip->follows ? FAIL(error, STATUS_IO, "bytes after the gzip stream")
                             : FAIL(error, STATUS_IO, "gzip: invalid header");
    case ISAL_UNSUPPORTED_METHOD:
        return FAIL(error, STATUS_IO, "gzip: unknown compression method");
    case ISAL_INCORRECT_CHECKSUM:
        return FAIL(error, STATUS_IO, "gzip: the checksum or size does not match");
    default:
        return FAIL(error, STATUS_IO, "gzip: invalid data");
    }
}

/* Writers of fixed-size records fill up with zeros. */
static void gzip_between(struct gzip *gzip, struct decoding *decoding) {
    enum { FIRST_MAGIC_BYTE = 0x1f };
    while (gzip->follows && decoding->in_size > 0 && *decoding->in == 0) {
        decoding->in++;
        decoding->in_size--;
    }
    if (decoding->in_size == 0)
        return;
    if (*decoding->in != FIRST_MAGIC_BYTE) {
        gzip->failure = ISAL_INVALID_WRAPPER;
        return;
    }
    isal_inflate_reset(&gzip->inflate);
    isal_gzip_header_init(&gzip->header);
    gzip->phase = GZIP_HEADER;
}

static void gzip_header(struct gzip *gzip) {
    const int result = isal_read_gzip_header(&gzip->inflate, &gzip->header);
    if (result == ISAL_DECOMP_OK)
        gzip->phase = GZIP_BODY;
    else if (result != ISAL_END_INPUT)
        gzip->failure = result;
}

/* When the data are invalid, ISA-L's quick way has counted a match that is none as output, and input that is not there
 * as read. Its slow way, which it takes for the last few bytes it is given, does neither. So the call that failed is
 * made again, in small pieces. */
static int gzip_inflate_slowly(struct gzip *gzip) {
    enum { PIECE = 8 };
    struct inflate_state *inflate = &gzip->inflate;
    uint32_t left = gzip->before.avail_in;
    int result;
    *inflate = gzip->before;
    do {
        const uint32_t piece = left < PIECE ? left : PIECE;
        inflate->avail_in = piece;
        result = isal_inflate(inflate);
        left -= piece - inflate->avail_in;
    } while (result >= 0 && inflate->block_state != ISAL_BLOCK_FINISH && left > 0 && inflate->avail_out > 0);
    inflate->avail_in = left;
    return result;
}

static void gzip_body(struct gzip *gzip) {
    gzip->before = gzip->inflate;
    int result = isal_inflate(&gzip->inflate);
    if (result < 0)
        result = gzip_inflate_slowly(gzip);
    if (result < 0) {
        gzip->failure = result;
    } else if (gzip->inflate.block_state == ISAL_BLOCK_FINISH) {
        gzip->phase = GZIP_BETWEEN;
        gzip->follows = true;
    }
}

static void gzip_inflate(struct gzip *gzip, struct decoding *decoding) {
    struct inflate_state *inflate = &gzip->inflate;
    inflate->next_in = (uint8_t *)decoding->in; /* ISA-L does not write there */
    inflate->avail_in = (uint32_t)decoding->in_size;
    inflate->next_out = decoding->out;
    inflate->avail_out = (uint32_t)decoding->out_size;
    if (gzip->phase == GZIP_HEADER)
        gzip_header(gzip);
    else
        gzip_body(gzip);
    *decoding = (struct decoding){inflate->next_in, inflate->avail_in, inflate->next_out, inflate->avail_out};
}

static void gzip_step(struct gzip *gzip, struct decoding *decoding) {
    if (gzip->phase == GZIP_BETWEEN)
        gzip_between(gzip, decoding);
    else
        gzip_inflate(gzip, decoding);
}

/* ISA-L decodes the beginning of each call's data into a buffer of its own, and leaves behind what of it found no
 * room when the data behind is invalid. Returns how much is still left. */
static size_t gzip_rest(struct gzip *gzip, struct decoding *decoding) {
    struct inflate_state *inflate = &gzip->inflate;
    const size_t rest = (size_t)(inflate->tmp_out_valid - inflate->tmp_out_processed);
    const size_t size = rest < decoding->out_size ? rest : decoding->out_size;
    memcpy(decoding->out, inflate->tmp_out_buffer + inflate->tmp_out_processed, size);
    inflate->tmp_out_processed += (int32_t)size;
    decoding->out += size;
    decoding->out_size -= size;
    return rest - size;
}

static enum status gzip_decode(struct decoder *self, struct decoding *decoding, struct error *error) {
    struct gzip *gzip = (struct gzip *)self;
    if (gzip->failure == ISAL_DECOMP_OK)
        do
            gzip_step(gzip, decoding);
        while (gzip->failure == ISAL_DECOMP_OK && decoding->in_size > 0 && decoding->out_size > 0);
    if (gzip->failure != ISAL_DECOMP_OK && gzip_rest(gzip, decoding) == 0)
        return gzip_fail(gzip, error);
    return STATUS_OK;
}

static bool gzip_whole(const struct decoder *self) {
    const struct gzip *gzip = (const struct gzip *)self;
    return gzip->phase == GZIP_BETWEEN && gzip->follows;
}

static void gzip_free(struct decoder *self) {
    free(self);
}

struct decoder *gzip_new(void) {
    static const struct decoder_ops ops = {"gzip", gzip_decode, gzip_whole, gzip_free};
    struct gzip *gzip = calloc(1, sizeof *gzip);
    if (gzip == NULL)
        return NULL;
    gzip->decoder.ops = &ops;
    isal_inflate_init(&gzip->inflate);
    gzip->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER; /* the header is read by itself, the trailer is checked */
    return &gzip->decoder;
}
