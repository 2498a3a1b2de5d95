#include "packed.h"

#include <criterion/criterion.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { ROOM = 1 << 16, PIECE = 1 << 20 };

void packed_fini(struct packed *packed) {
    free(packed->data);
    *packed = (struct packed){0};
}

void packed_append(struct packed *packed, const void *data, size_t size) {
    packed->data = realloc(packed->data, packed->size + size + 1);
    cr_assert_not_null(packed->data);
    memcpy(packed->data + packed->size, data, size);
    packed->size += size;
}

struct gzip_writer {
    struct isal_zstream stream;
    uint8_t level[ISAL_DEF_LVL1_DEFAULT];
};

static struct gzip_writer *gzip_writer_new(void) {
    struct gzip_writer *writer = malloc(sizeof *writer);
    cr_assert_not_null(writer);
    isal_deflate_init(&writer->stream);
    writer->stream.level = 1;
    writer->stream.level_buf = writer->level;
    writer->stream.level_buf_size = sizeof writer->level;
    writer->stream.gzip_flag = IGZIP_GZIP;
    return writer;
}

static void gzip_write(struct gzip_writer *writer, struct packed *packed, const char *data, size_t size, bool last) {
    struct isal_zstream *stream = &writer->stream;
    uint8_t room[ROOM];
    stream->next_in = (uint8_t *)(uintptr_t)data;
    stream->avail_in = (uint32_t)size;
    stream->end_of_stream = last;
    stream->flush = last ? NO_FLUSH : FULL_FLUSH;
    do {
        stream->next_out = room;
        stream->avail_out = sizeof room;
        cr_assert_eq(isal_deflate(stream), COMP_OK);
        packed_append(packed, room, sizeof room - stream->avail_out);
    } while (stream->avail_out == 0);
}

static void gzip_write_blocks(struct gzip_writer *writer, struct packed *packed, const char *data, size_t size,
                              size_t block) {
    for (; block > 0 && size > block; data += block, size -= block)
        gzip_write(writer, packed, data, block, false);
    gzip_write(writer, packed, data, size, true);
}

void packed_add_gzip(struct packed *packed, const char *data, size_t size, size_t block) {
    struct gzip_writer *writer = gzip_writer_new();
    gzip_write_blocks(writer, packed, data, size, block);
    free(writer);
}

void packed_add_gzip_headed(struct packed *packed, const char *data, size_t size) {
    uint8_t extra[] = {'t', 'c', 3, 0, 0x1f, 0x8b, 0};
    char name[] = "trace.json", comment[] = "of a test";
    struct isal_gzip_header header;
    struct gzip_writer *writer = gzip_writer_new();
    uint8_t room[ROOM];
    isal_gzip_header_init(&header);
    header.extra = extra;
    header.extra_len = header.extra_buf_len = sizeof extra;
    header.name = name;
    header.name_buf_len = sizeof name;
    header.comment = comment;
    header.comment_buf_len = sizeof comment;
    header.hcrc = 1;
    writer->stream.next_out = room;
    writer->stream.avail_out = sizeof room;
    cr_assert_eq(isal_write_gzip_header(&writer->stream, &header), 0);
    packed_append(packed, room, sizeof room - writer->stream.avail_out);
    writer->stream.total_out = 0;
    writer->stream.gzip_flag = IGZIP_GZIP_NO_HDR;
    gzip_write_blocks(writer, packed, data, size, 0);
    free(writer);
}

static ZSTD_CCtx *zstd_writer_new(int window_log) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    cr_assert_not_null(context);
    cr_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    cr_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log)));
    return context;
}

static void zstd_write(ZSTD_CCtx *context, struct packed *packed, const char *data, size_t size, bool last) {
    ZSTD_inBuffer in = {data, size, 0};
    char room[ROOM];
    size_t left;
    do {
        ZSTD_outBuffer out = {room, sizeof room, 0};
        left = ZSTD_compressStream2(context, &out, &in, last ? ZSTD_e_end : ZSTD_e_flush);
        cr_assert(!ZSTD_isError(left));
        packed_append(packed, room, out.pos);
    } while (left > 0 || in.pos < in.size);
}

void packed_add_zstd(struct packed *packed, const char *data, size_t size, size_t block) {
    enum { WINDOW_LOG = 15 }; /* little memory: some tests make thousands of decoders */
    ZSTD_CCtx *context = zstd_writer_new(WINDOW_LOG);
    for (; block > 0 && size > block; data += block, size -= block)
        zstd_write(context, packed, data, block, false);
    zstd_write(context, packed, data, size, true);
    ZSTD_freeCCtx(context);
}

void packed_add(struct packed *packed, enum read_compression compression, const char *data, size_t size, size_t block) {
    if (compression == READ_PLAIN)
        packed_append(packed, data, size);
    else if (compression == READ_GZIP)
        packed_add_gzip(packed, data, size, block);
    else
        packed_add_zstd(packed, data, size, block);
}

void packed_add_zeros(struct packed *packed, enum read_compression compression, size_t size) {
    enum { WINDOW_LOG = 23 };
    char *zeros = calloc(1, PIECE);
    struct gzip_writer *gzip = gzip_writer_new();
    ZSTD_CCtx *zstd = zstd_writer_new(WINDOW_LOG);
    cr_assert_not_null(zeros);
    while (size > 0) {
        const size_t piece = size < PIECE ? size : PIECE;
        size -= piece;
        if (compression == READ_GZIP)
            gzip_write(gzip, packed, zeros, piece, size == 0);
        else
            zstd_write(zstd, packed, zeros, piece, size == 0);
    }
    ZSTD_freeCCtx(zstd);
    free(gzip);
    free(zeros);
}

static void unpacked_append(struct unpacked *unpacked, const uint8_t *data, size_t size) {
    if (unpacked->size + size >= unpacked->capacity) {
        unpacked->capacity = 2 * (unpacked->size + size + 1);
        unpacked->data = realloc(unpacked->data, unpacked->capacity);
        cr_assert_not_null(unpacked->data);
    }
    memcpy(unpacked->data + unpacked->size, data, size);
    unpacked->size += size;
}

struct unpacked unpacked_from(enum read_compression compression, const struct packed *packed, size_t in, size_t out) {
    struct unpacked unpacked = {.status = STATUS_OK};
    struct decoder *decoder = decoder_new(compression);
    /* Both in memory of their own, so that a sanitizer sees a step over their ends. */
    uint8_t *piece = malloc(in), *room = malloc(out);
    cr_assert(decoder && piece && room);
    struct decoding decoding = {0};
    bool full = false;
    while (unpacked.status == STATUS_OK && (unpacked.consumed < packed->size || decoding.in_size > 0 || full)) {
        if (decoding.in_size == 0) {
            const size_t left = packed->size - unpacked.consumed;
            decoding.in_size = left < in ? left : in;
            memcpy(piece, packed->data + unpacked.consumed, decoding.in_size);
            decoding.in = piece;
            unpacked.consumed += decoding.in_size;
        }
        decoding.out = room;
        decoding.out_size = out;
        unpacked.status = decoder->ops->decode(decoder, &decoding, &unpacked.error);
        unpacked_append(&unpacked, room, out - decoding.out_size);
        full = decoding.out_size == 0;
    }
    unpacked.consumed -= decoding.in_size;
    unpacked.whole = unpacked.status == STATUS_OK && decoder->ops->whole(decoder);
    decoder->ops->free(decoder);
    free(piece);
    free(room);
    return unpacked;
}

void unpacked_fini(struct unpacked *unpacked) {
    free(unpacked->data);
}

bool unpacked_holds(const struct unpacked *unpacked, const char *data, size_t size) {
    return unpacked->whole && unpacked->size == size && (size == 0 || memcmp(unpacked->data, data, size) == 0);
}
