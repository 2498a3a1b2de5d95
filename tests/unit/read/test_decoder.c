#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packed.h"
#include "read/compression.h"
#include "read_fixture.h"

TestSuite(decoder, .timeout = 60);

enum { SMALL = 3000, BLOCK = 500, MOST_PIECES = 10000 };

static const struct {
    const char *name;
    enum read_compression compression;
} kinds[] = {{"gzip", READ_GZIP}, {"zstd", READ_ZSTD}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Text like a trace's: it can be compressed, and repeats what lies far back. */
static char *sample_new(size_t size) {
    char *data = malloc(size + 128);
    cr_assert_not_null(data);
    for (size_t i = 0, at = 0; at < size; i++)
        at += (size_t)sprintf(data + at, "{\"name\": \"kernel_%zu\", \"ts\": %zu.%03zu}, ", i % 37, i * 977,
                              i * i % 1000);
    return data;
}

Test(decoder, the_first_bytes_tell_the_compression) {
    static const struct {
        const char *name, *bytes;
        size_t size;
        enum read_compression compression;
    } cases[] = {
        {"nothing", "", 0, READ_PLAIN},
        {"gzip", "\x1f\x8b\x08\x00", 4, READ_GZIP},
        {"gzip cut", "\x1f\x8b", 2, READ_GZIP},
        {"gzip cut sooner", "\x1f", 1, READ_PLAIN},
        {"compress", "\x1f\x9d\x90\x00", 4, READ_PLAIN},
        {"zstd", "\x28\xb5\x2f\xfd", 4, READ_ZSTD},
        {"zstd cut", "\x28\xb5\x2f", 3, READ_PLAIN},
        {"skippable first", "\x50\x2a\x4d\x18", 4, READ_ZSTD},
        {"skippable last", "\x5f\x2a\x4d\x18", 4, READ_ZSTD},
        {"behind skippable", "\x60\x2a\x4d\x18", 4, READ_PLAIN},
        {"document", "{\"sc", 4, READ_PLAIN},
        {"byte order mark", "\xef\xbb\xbf{", 4, READ_PLAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(compression_recognise(cases[i].bytes, cases[i].size), cases[i].compression, "case %s",
                     cases[i].name);
}

/* Tiny pieces only of what is small: each takes the libraries longer than its bytes. */
static void expect_pieces(const char *name, enum read_compression compression, const struct packed *packed,
                          const char *data, size_t size) {
    static const struct {
        size_t in, out;
    } pieces[] = {{1, 1}, {1, 1 << 20}, {1 << 20, 1}, {2, 3}, {7, 64}, {100, 4096}, {4096, 100}, {1 << 18, 1 << 20}};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        if (packed->size / pieces[i].in + size / pieces[i].out > MOST_PIECES)
            continue;
        struct unpacked unpacked = unpacked_from(compression, packed, pieces[i].in, pieces[i].out);
        cr_expect(unpacked_holds(&unpacked, data, size), "%s: %zu in, %zu out: %zu of %zu bytes, '%s'", name,
                  pieces[i].in, pieces[i].out, unpacked.size, size,
                  unpacked.status == STATUS_OK ? "" : unpacked.error.cause[0].text);
        cr_expect_eq(unpacked.consumed, packed->size, "%s", name);
        unpacked_fini(&unpacked);
    }
}

Test(decoder, any_pieces_give_the_same_bytes) {
    static const size_t sizes[] = {0, 1, 100, SMALL, 200000};
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *data = sample_new(sizes[i]);
            struct packed packed = {0};
            packed_add(&packed, kinds[kind].compression, data, sizes[i], 0);
            expect_pieces(kinds[kind].name, kinds[kind].compression, &packed, data, sizes[i]);
            packed_fini(&packed);
            free(data);
        }
}

Test(decoder, what_cannot_be_compressed_comes_through) {
    char *data = pattern_new(300000);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add(&packed, kinds[kind].compression, data, 300000, 0);
        expect_pieces(kinds[kind].name, kinds[kind].compression, &packed, data, 300000);
        packed_fini(&packed);
    }
    free(data);
}

Test(decoder, members_and_frames_follow_each_other) {
    enum { MEMBERS = 50 };
    char *data = sample_new(MEMBERS * SMALL);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed packed = {0};
        for (size_t i = 0; i < MEMBERS; i++) {
            packed_add(&packed, kinds[kind].compression, data + i * SMALL, SMALL, 0);
            packed_add(&packed, kinds[kind].compression, "", 0, 0);
        }
        expect_pieces(kinds[kind].name, kinds[kind].compression, &packed, data, MEMBERS * SMALL);
        packed_fini(&packed);
    }
    free(data);
}

Test(decoder, every_field_of_a_gzip_header_is_read_over) {
    char *data = sample_new(SMALL);
    struct packed packed = {0};
    packed_add_gzip_headed(&packed, data, SMALL / 2);
    packed_add_gzip_headed(&packed, data + SMALL / 2, SMALL - SMALL / 2);
    expect_pieces("gzip headers", READ_GZIP, &packed, data, SMALL);
    packed_fini(&packed);
    free(data);
}

Test(decoder, skippable_frames_are_skipped) {
    static const char skippable[] = "\x53\x2a\x4d\x18\x05\x00\x00\x00hello";
    char *data = sample_new(SMALL);
    struct packed packed = {0};
    packed_append(&packed, skippable, sizeof skippable - 1);
    packed_add_zstd(&packed, data, SMALL / 2, 0);
    packed_append(&packed, skippable, sizeof skippable - 1);
    packed_add_zstd(&packed, data + SMALL / 2, SMALL - SMALL / 2, 0);
    packed_append(&packed, skippable, sizeof skippable - 1);
    expect_pieces("skippable frames", READ_ZSTD, &packed, data, SMALL);
    packed_fini(&packed);
    free(data);
}

Test(decoder, zeros_behind_gzip_are_padding) {
    static const char zeros[1000];
    char *data = sample_new(SMALL);
    struct packed packed = {0};
    packed_add_gzip(&packed, data, SMALL / 2, 0);
    packed_append(&packed, zeros, 3);
    packed_add_gzip(&packed, data + SMALL / 2, SMALL - SMALL / 2, 0);
    packed_append(&packed, zeros, sizeof zeros);
    expect_pieces("padding", READ_GZIP, &packed, data, SMALL);
    packed_fini(&packed);
    free(data);
}

Test(decoder, other_bytes_behind_the_stream_are_told) {
    static const char *const garbage[] = {"x", "garbage", "\x1f\x8c garbage", "PK\x03\x04 garbage"};
    char *data = sample_new(SMALL);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
            struct packed packed = {0};
            packed_add(&packed, kinds[kind].compression, data, SMALL, 0);
            const size_t end = packed.size;
            packed_append(&packed, garbage[i], strlen(garbage[i]));
            struct unpacked unpacked = unpacked_from(kinds[kind].compression, &packed, 1 << 16, 1 << 16);
            cr_expect_not(unpacked.whole, "%s: '%s'", kinds[kind].name, garbage[i]);
            cr_expect(unpacked.size == SMALL && memcmp(unpacked.data, data, SMALL) == 0, "%s: '%s'", kinds[kind].name,
                      garbage[i]);
            cr_expect_geq(unpacked.consumed, end);
            if (unpacked.status != STATUS_OK)
                cr_expect_not_null(strstr(unpacked.error.cause[0].text, "bytes after the"), "%s: '%s'",
                                   kinds[kind].name, unpacked.error.cause[0].text);
            unpacked_fini(&unpacked);
            packed_fini(&packed);
        }
    free(data);
}

/* Cut behind each byte: never an error, never whole, and all blocks that are there come out. */
static void expect_cuts(size_t kind, size_t out) {
    char *data = sample_new(SMALL);
    struct packed packed = {0};
    packed_add(&packed, kinds[kind].compression, data, SMALL, BLOCK);
    size_t before = 0, cut = 0;
    for (bool fine = true; fine && cut < packed.size; cut++) {
        const struct packed part = {packed.data, cut};
        struct unpacked unpacked = unpacked_from(kinds[kind].compression, &part, SMALL, out);
        fine = unpacked.status == STATUS_OK && !unpacked.whole && unpacked.size >= before && unpacked.size <= SMALL &&
               (unpacked.size == 0 || memcmp(unpacked.data, data, unpacked.size) == 0);
        before = unpacked.size;
        unpacked_fini(&unpacked);
    }
    cr_expect_eq(cut, packed.size, "%s cut before %zu", kinds[kind].name, cut);
    cr_expect_eq(before, SMALL, "%s: only the end of the checksum was missing", kinds[kind].name);
    packed_fini(&packed);
    free(data);
}

Test(decoder, a_cut_stream_gives_what_was_whole) {
    for (size_t kind = 0; kind < KINDS; kind++) {
        expect_cuts(kind, SMALL);
        expect_cuts(kind, 77);
    }
}

/* Each byte damaged once. What comes out whole is right: some bits say nothing about the data, as the time in a gzip
 * header. */
static void expect_flips(size_t kind, unsigned char flip) {
    char *data = sample_new(SMALL);
    struct packed packed = {0};
    packed_add(&packed, kinds[kind].compression, data, SMALL, BLOCK);
    size_t unnoticed = 0, at = 0;
    for (bool fine = true; fine && at < packed.size; at++) {
        packed.data[at] = (char)(packed.data[at] ^ flip);
        struct unpacked unpacked = unpacked_from(kinds[kind].compression, &packed, SMALL, SMALL);
        fine = unpacked.whole ? unpacked_holds(&unpacked, data, SMALL)
                              : unpacked.error.code == unpacked.status && unpacked.error.causes <= 1;
        unnoticed += unpacked.whole;
        unpacked_fini(&unpacked);
        packed.data[at] = (char)(packed.data[at] ^ flip);
    }
    cr_expect_eq(at, packed.size, "%s ^%x before %zu", kinds[kind].name, flip, at);
    cr_expect_lt(unnoticed, packed.size / 20, "%s ^%x: %zu", kinds[kind].name, flip, unnoticed);
    packed_fini(&packed);
    free(data);
}

Test(decoder, a_damaged_byte_is_noticed) {
    static const unsigned char flips[] = {0xff, 0x10};
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof flips; i++)
            expect_flips(kind, flips[i]);
}

/* Blocks before the damaged one come out, however the room for them is cut. */
Test(decoder, what_lies_before_the_damage_comes_out) {
    enum { SIZE = 400000, EACH = 50000, GOOD = 7 * EACH };
    static const size_t rooms[] = {1, 1000, 65536, SIZE};
    char *data = sample_new(SIZE);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed good = {0}, packed = {0};
        packed_add(&good, kinds[kind].compression, data, GOOD, EACH);
        packed_add(&packed, kinds[kind].compression, data, SIZE, EACH);
        const size_t last = good.size + 20; /* in the last block */
        memset(packed.data + last, 0xff, packed.size - last);
        for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
            struct unpacked unpacked = unpacked_from(kinds[kind].compression, &packed, 1 << 18, rooms[i]);
            cr_expect_eq(unpacked.status, STATUS_IO, "%s", kinds[kind].name);
            cr_expect(unpacked.size >= GOOD && memcmp(unpacked.data, data, GOOD) == 0, "%s, room %zu: %zu bytes",
                      kinds[kind].name, rooms[i], unpacked.size);
            unpacked_fini(&unpacked);
        }
        packed_fini(&good);
        packed_fini(&packed);
    }
    free(data);
}

Test(decoder, failures_say_what_is_wrong) {
    static const struct {
        const char *name;
        enum read_compression compression;
        const char *bytes;
        size_t size;
        enum status status;
        const char *text;
    } cases[] = {
        {"method", READ_GZIP, "\x1f\x8b\x07\0\0\0\0\0\0\3", 10, STATUS_IO, "gzip: unknown compression method"},
        {"block type", READ_GZIP, "\x1f\x8b\x08\0\0\0\0\0\0\3\x07", 11, STATUS_IO, "gzip: invalid data"},
        {"crc", READ_GZIP, "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\1\0\0\0\0\0\0\0", 20, STATUS_IO, "gzip: the checksum"},
        {"size", READ_GZIP, "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\1\0\0\0", 20, STATUS_IO, "gzip: the checksum"},
        {"window", READ_ZSTD, "\x28\xb5\x2f\xfd\0\x90\1\0\0", 9, STATUS_LIMIT, "window takes more than 128"},
        {"largest window", READ_ZSTD, "\x28\xb5\x2f\xfd\0\xff\1\0\0", 9, STATUS_LIMIT, "window takes more than 128"},
        {"dictionary", READ_ZSTD, "\x28\xb5\x2f\xfd\x21\x07\x00\1\0\0", 10, STATUS_IO, "zstd: compressed with a dict"},
        {"block", READ_ZSTD, "\x28\xb5\x2f\xfd\0\x58\7\0\0", 9, STATUS_IO, "zstd: invalid data"},
        {"checksum", READ_ZSTD, "\x28\xb5\x2f\xfd\4\x58\1\0\0....", 13, STATUS_IO, "zstd: the checksum"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct packed packed = {0};
        packed_append(&packed, cases[i].bytes, cases[i].size);
        struct unpacked unpacked = unpacked_from(cases[i].compression, &packed, 1 << 10, 1 << 10);
        cr_expect_eq(unpacked.status, cases[i].status, "case %s", cases[i].name);
        cr_expect(unpacked.error.causes == 1 && strstr(unpacked.error.cause[0].text, cases[i].text), "case %s: '%s'",
                  cases[i].name, unpacked.error.cause[0].text);
        unpacked_fini(&unpacked);
        packed_fini(&packed);
    }
}
