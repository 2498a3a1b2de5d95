#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/file_bytes.h"
#include "index/section_out.h"

TestSuite(section_out, .timeout = 60);

enum { MEGABYTE = 1 << 20 };

static struct section_out made_out(size_t buffer_bytes) {
    struct section_out out;
    cr_assert(section_out_init(&out, buffer_bytes));
    out.descriptor = memfd_create("out", MFD_CLOEXEC);
    cr_assert_geq(out.descriptor, 0);
    return out;
}

static unsigned char *made_bytes(size_t size, unsigned char seed) {
    unsigned char *bytes = malloc(size + 1);
    cr_assert(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 31 + (i >> 8) * 7 + seed);
    return bytes;
}

/* In pieces of all kinds of sizes. */
static void write_all(struct section_out *out, const unsigned char *bytes, size_t size) {
    for (size_t at = 0, piece = 1; at < size; at += piece) {
        piece = (piece * 5 + 1) % 100000;
        piece = piece < size - at ? piece : size - at;
        cr_assert(section_out_write(out, bytes + at, piece));
    }
}

static void expect_in_file(const struct section_out *out, uint64_t offset, const unsigned char *bytes, size_t size) {
    unsigned char *stored = malloc(size + 1);
    size_t got;
    cr_assert(stored && file_bytes_read(out->descriptor, stored, size, offset, &got));
    cr_expect(got == size && memcmp(stored, bytes, size) == 0, "%zu bytes at %zu", size, (size_t)offset);
    free(stored);
}

Test(section_out, keeps_bytes_and_hash_of_each_section) {
    struct section_out out = made_out(256 << 10);
    unsigned char *first = made_bytes(MEGABYTE, 1), *second = made_bytes(1000, 2);
    write_all(&out, first, MEGABYTE);
    cr_expect_eq(section_out_hash(&out), XXH3_64bits(first, MEGABYTE));
    section_out_begin(&out);
    write_all(&out, second, 1000);
    cr_expect_eq(section_out_hash(&out), XXH3_64bits(second, 1000));
    cr_expect(section_out_flush(&out));
    cr_expect_eq(out.position, MEGABYTE + 1000);
    expect_in_file(&out, 0, first, MEGABYTE);
    expect_in_file(&out, MEGABYTE, second, 1000);
    section_out_fini(&out);
    free(first);
    free(second);
}

/* Twice: what was taken is not there any more. */
static void expect_takes(size_t buffer_bytes) {
    static const size_t sizes[] = {0, 1, 255 << 10, 256 << 10, (256 << 10) + 1, 3 * MEGABYTE + 5};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct section_out out = made_out(256 << 10), aside = made_out(buffer_bytes);
        unsigned char *before = made_bytes(777, 3), *waiting = made_bytes(sizes[i], 4), *then = made_bytes(99, 5);
        write_all(&aside, waiting, sizes[i]);
        write_all(&out, before, 777);
        cr_expect_eq(section_out_hash(&aside), XXH3_64bits(waiting, sizes[i]));
        cr_expect(section_out_take(&out, &aside));
        write_all(&aside, then, 99);
        cr_expect_eq(section_out_hash(&aside), XXH3_64bits(then, 99));
        cr_expect(section_out_take(&out, &aside) && section_out_flush(&out));
        cr_expect_eq(out.position, 777 + sizes[i] + 99);
        expect_in_file(&out, 0, before, 777);
        expect_in_file(&out, 777, waiting, sizes[i]);
        expect_in_file(&out, 777 + sizes[i], then, 99);
        section_out_fini(&out);
        section_out_fini(&aside);
        free(before);
        free(waiting);
        free(then);
    }
}

Test(section_out, takes_what_waits_in_another) {
    expect_takes(256 << 10);
    expect_takes(2 * MEGABYTE);
    expect_takes(4 * MEGABYTE);
}

Test(section_out, needs_no_file_for_what_its_buffer_holds) {
    struct section_out out = made_out(256 << 10), aside = made_out(2 * MEGABYTE);
    unsigned char *waiting = made_bytes(2 * MEGABYTE, 8);
    close(aside.descriptor);
    aside.descriptor = -1;
    cr_expect_not(section_out_overflows(&aside, 2 * MEGABYTE));
    write_all(&aside, waiting, 2 * MEGABYTE);
    cr_expect(section_out_overflows(&aside, 1));
    cr_expect(section_out_take(&out, &aside) && section_out_flush(&out));
    expect_in_file(&out, 0, waiting, 2 * MEGABYTE);
    section_out_fini(&out);
    section_out_fini(&aside);
    free(waiting);
}

Test(section_out, says_that_what_waited_was_cut) {
    struct section_out out = made_out(256 << 10), aside = made_out(256 << 10);
    unsigned char *waiting = made_bytes(MEGABYTE, 6);
    write_all(&aside, waiting, MEGABYTE);
    cr_assert(section_out_flush(&aside));
    cr_assert_eq(ftruncate(aside.descriptor, MEGABYTE - 1), 0);
    cr_expect_not(section_out_take(&out, &aside));
    cr_expect_eq(errno, EIO);
    section_out_fini(&out);
    section_out_fini(&aside);
    free(waiting);
}

Test(section_out, says_why_nothing_can_be_written) {
    struct section_out out, aside = made_out(256 << 10);
    unsigned char *bytes = made_bytes(MEGABYTE, 7);
    cr_assert(section_out_init(&out, 256 << 10));
    out.descriptor = open("/dev/full", O_RDWR | O_CLOEXEC);
    cr_assert_geq(out.descriptor, 0);
    write_all(&aside, bytes, MEGABYTE);
    cr_expect_not(section_out_write(&out, bytes, MEGABYTE));
    cr_expect_eq(errno, ENOSPC);
    errno = 0;
    cr_expect_not(section_out_take(&out, &aside));
    cr_expect_eq(errno, ENOSPC);
    section_out_fini(&out);
    section_out_fini(&aside);
    free(bytes);
}
