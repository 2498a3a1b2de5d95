/* Bytes that begin as gzip or zstd do: cut anywhere, the same comes out of them, and the reader of files gives just
 * that, with the same verdict. Other bytes are compressed first; then they come out again. */
#include <sys/mman.h>
#include <unistd.h>

#include "../unit/read/packed.h"
#include "../unit/read/recorder.h"
#include "read/compression.h"
#include "read/read.h"
#include "target.h"

enum { MOST_OUTPUT = 1 << 17 }; /* a bomb costs time, of which there is little here */

static size_t some(struct seeded *seeded, size_t most) {
    return 1 + (size_t)seeded_below(seeded, most);
}

static bool same_end(const struct unpacked *a, const struct unpacked *b) {
    return a->status == b->status && a->whole == b->whole &&
           (a->status == STATUS_OK || strcmp(a->error.cause[0].text, b->error.cause[0].text) == 0);
}

static void check_file(enum read_compression compression, const struct packed *packed, const struct unpacked *wanted) {
    char path[64];
    struct recorder recorder = {0};
    struct error error = {0};
    const int file = memfd_create("packed", MFD_CLOEXEC);
    cr_assert(file >= 0);
    cr_assert_eq(write(file, packed->data, packed->size), (ssize_t)packed->size);
    cr_assert_eq(lseek(file, 0, SEEK_SET), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", file);
    const struct read_options options = {.chunk_bytes = 0};
    struct read_input input = {.path = path, .sink = recorder_sink(&recorder)};
    const enum status status = read_inputs(&input, 1, &options, &error);
    cr_assert_eq(input.compression, compression);
    cr_assert_eq(recorder.size, wanted->size);
    cr_assert(recorder.size == 0 || memcmp(recorder.data, wanted->data, wanted->size) == 0);
    cr_assert(!recorder.broken);
    cr_assert_eq(status == STATUS_OK && !input.damaged, wanted->whole);
    cr_assert_eq(input.damaged, !wanted->whole && wanted->size > 0);
    recorder_fini(&recorder);
    close(file);
}

static void check_stream(enum read_compression compression, const struct packed *packed, struct seeded *seeded) {
    struct unpacked whole = unpacked_from(compression, packed, packed->size, 1 << 16);
    for (int i = 0; i < 2 && whole.size < MOST_OUTPUT; i++) {
        struct unpacked pieces =
            unpacked_from(compression, packed, some(seeded, i == 0 ? 16 : packed->size), some(seeded, 1 << 12));
        cr_assert_eq(pieces.size, whole.size);
        cr_assert(pieces.size == 0 || memcmp(pieces.data, whole.data, whole.size) == 0);
        cr_assert(same_end(&pieces, &whole));
        cr_assert(pieces.consumed <= packed->size && whole.consumed <= packed->size);
        unpacked_fini(&pieces);
    }
    if (whole.size < MOST_OUTPUT && seeded_below(seeded, 8) == 0)
        check_file(compression, packed, &whole);
    unpacked_fini(&whole);
}

/* Two members or frames, with blocks that end anywhere. */
static void check_round_trip(enum read_compression compression, struct text text, struct seeded *seeded) {
    const size_t half = text.size / 2;
    struct packed packed = {0};
    packed_add(&packed, compression, text.data, half, some(seeded, half + 1));
    packed_add(&packed, compression, text.data + half, text.size - half, 0);
    struct unpacked unpacked = unpacked_from(compression, &packed, some(seeded, packed.size), some(seeded, 1 << 12));
    cr_assert(unpacked_holds(&unpacked, text.data, text.size));
    unpacked_fini(&unpacked);
    packed_fini(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text text = target_text(data, size);
    const enum read_compression compression = compression_recognise(text.data, text.size);
    struct packed packed = {0};
    struct seeded seeded = target_seed(data, size);
    if (compression == READ_PLAIN) {
        check_round_trip(seeded_below(&seeded, 2) == 0 ? READ_GZIP : READ_ZSTD, text, &seeded);
        return 0;
    }
    packed_append(&packed, text.data, text.size);
    check_stream(compression, &packed, &seeded);
    packed_fini(&packed);
    return 0;
}
