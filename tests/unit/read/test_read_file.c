#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read_fixture.h"

TestSuite(read_file, .timeout = 20);

enum { MIB = 1 << 20 };

static void expect_file(size_t size, size_t chunk_bytes) {
    char *data = pattern_new(size);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, data, size);
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(folder.file, chunk_bytes, &recorder, &input, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, data, size), "%zu bytes in chunks of %zu", size, chunk_bytes);
    cr_expect(chunk_bytes == 0 || recorder.largest <= chunk_bytes, "%zu bytes in chunks of %zu", size, chunk_bytes);
    cr_expect_eq(input.bytes, size);
    cr_expect_eq(input.size, size);
    cr_expect_not(input.damaged);
    recorder_fini(&recorder);
    folder_remove(&folder);
    free(data);
}

Test(read_file, any_size_arrives_whole) {
    static const size_t sizes[] = {0, 1, 4096, MIB - 1, MIB, MIB + 1, 2 * MIB, 4 * MIB, 5 * MIB, 10 * MIB + 12345};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        expect_file(sizes[i], 0);
}

Test(read_file, any_chunk_size_gives_the_same_bytes) {
    static const size_t chunks[] = {1, 2, 3, 7, 64, 4096, 1 << 20, 1 << 24};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
        expect_file(MIB + 4321, chunks[i]);
}

Test(read_file, files_without_a_size_are_read_to_their_end) {
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path("/proc/self/status", 0, &recorder, &input, &error), STATUS_OK);
    cr_expect_eq(input.size, 0);
    cr_expect_eq(recorder.ends, 1);
    cr_expect_gt(input.bytes, 0);
    cr_expect_not_null(memmem(recorder.data, recorder.size, "nonvoluntary_ctxt_switches", 26));
    recorder_fini(&recorder);
}

Test(read_file, the_null_device_is_empty) {
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path("/dev/null", 0, &recorder, &input, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, "", 0));
}

static void expect_from_offset(const char *path, int descriptor) {
    char *data = pattern_new(3 * MIB);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, data, 3 * MIB);
    const int file = open(folder.file, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(file, 0);
    cr_assert_eq(dup2(file, descriptor), descriptor);
    cr_assert_eq(lseek(file, 1000, SEEK_SET), 1000);
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(path, 0, &recorder, &input, &error), STATUS_OK, "%s", path);
    cr_expect(recorder_holds(&recorder, data + 1000, 3 * MIB - 1000), "%s", path);
    cr_expect_eq(input.size, 3 * MIB - 1000, "%s", path);
    cr_expect_geq(fcntl(descriptor, F_GETFD), 0, "%s stays open", path);
    recorder_fini(&recorder);
    close(file);
    folder_remove(&folder);
    free(data);
}

Test(read_file, an_open_descriptor_is_read_from_where_it_stands) {
    expect_from_offset("-", STDIN_FILENO);
    expect_from_offset("/dev/stdin", STDIN_FILENO);
    expect_from_offset("/dev/fd/77", 77);
    expect_from_offset("/proc/self/fd/77", 77);
}

static void expect_refused(const char *path, enum status status, const char *name, const char *text) {
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(path, 0, &recorder, &input, &error), status, "%s", path);
    cr_expect_eq(error.code, status, "%s", path);
    cr_expect_str_eq(error.input, name);
    cr_expect_not_null(strstr(error.cause[0].text, text), "%s: '%s'", path, error.cause[0].text);
    cr_expect_not(error.has_offset, "%s", path);
    cr_expect(recorder.ends == 0 && recorder.size == 0 && !input.damaged, "%s", path);
    recorder_fini(&recorder);
}

Test(read_file, what_cannot_be_opened_is_named) {
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"/nowhere/at/all.json", "No such file or directory"},
        {"", "No such file or directory"},
        {"/", "is a directory"},
        {"/dev/fd/", "is a directory"},
        {"/dev/fd/4000", "Bad file descriptor"},
        {"/dev/fd/99999999999999999999", "No such file or directory"},
        {"/dev/fd/1x", "No such file or directory"},
        {"/proc/self/mem", "Input/output error"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_refused(cases[i].path, STATUS_IO, cases[i].path, cases[i].text);
}

Test(read_file, standard_input_is_named_in_words) {
    const int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_eq(dup2(folder, STDIN_FILENO), STDIN_FILENO);
    expect_refused("-", STATUS_IO, "standard input", "is a directory");
    close(folder);
}

Test(read_file, a_descriptor_only_for_writing_is_refused) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    const int writing[] = {open("/dev/null", O_WRONLY | O_CLOEXEC), ends[1]};
    for (size_t i = 0; i < sizeof writing / sizeof *writing; i++) {
        const struct descriptor_path path = descriptor_path(writing[i]);
        expect_refused(path.text, STATUS_IO, path.text, "Bad file descriptor");
        close(writing[i]);
    }
    close(ends[0]);
}

Test(read_file, a_file_without_permission_is_named) {
    if (geteuid() == 0)
        cr_skip_test("root may read everything");
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, "x", 1);
    cr_assert_eq(chmod(folder.file, 0), 0);
    expect_refused(folder.file, STATUS_IO, folder.file, "Permission denied");
    folder_remove(&folder);
}

Test(read_file, a_terminal_is_refused) {
    const int controller = posix_openpt(O_RDWR | O_NOCTTY);
    if (controller < 0 || grantpt(controller) != 0 || unlockpt(controller) != 0)
        cr_skip_test("no pseudo terminals here");
    const char *path = ptsname(controller);
    expect_refused(path, STATUS_USAGE, path, "is a terminal");
    close(controller);
}

/* Process memory reads like a file and fails where nothing is mapped: here, the pages behind the end of the mapped
 * file. */
Test(read_file, a_failure_in_the_middle_keeps_what_came_before) {
    enum { WHOLE = 3 * MIB, START = 100 };
    char *data = pattern_new(WHOLE);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, data, WHOLE);
    const int file = open(folder.file, O_RDONLY | O_CLOEXEC);
    char *mapped = mmap(NULL, WHOLE + MIB, PROT_READ, MAP_SHARED, file, 0);
    cr_assert(mapped != MAP_FAILED);
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        cr_skip_test("no process memory to read");
    cr_assert_geq(lseek(memory, (off_t)(uintptr_t)mapped + START, SEEK_SET), 0);

    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    const struct descriptor_path path = descriptor_path(memory);
    cr_expect_eq(read_path(path.text, 0, &recorder, &input, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, data + START, WHOLE - START));
    cr_expect(input.damaged);
    cr_expect_eq(input.failure.code, STATUS_IO);
    cr_expect_str_eq(input.failure.input, path.text);
    cr_expect(input.failure.has_offset && input.failure.offset == WHOLE - START);
    recorder_fini(&recorder);
    close(memory);
    munmap(mapped, WHOLE + MIB);
    close(file);
    folder_remove(&folder);
    free(data);
}

struct resizing {
    int file;
    const char *data;
    size_t size;
    unsigned times;
};

static void file_grow(void *self) {
    struct resizing *resizing = self;
    if (resizing->times == 0)
        return;
    resizing->times--;
    cr_assert_eq(write(resizing->file, resizing->data, resizing->size), (ssize_t)resizing->size);
    resizing->data += resizing->size;
}

static void file_shrink(void *self) {
    const struct resizing *resizing = self;
    cr_assert_eq(ftruncate(resizing->file, 100), 0);
}

Test(read_file, a_file_that_changes_its_size_comes_to_an_end) {
    enum { START = 3 * MIB + 100, PIECE = MIB / 2 + 77, TIMES = 3, WHOLE = START + TIMES * PIECE };
    static const struct {
        const char *name;
        void (*resize)(void *self);
        size_t least, most;
    } cases[] = {{"grows", file_grow, START, WHOLE}, {"shrinks", file_shrink, MIB, START}};
    char *data = pattern_new(WHOLE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct folder folder;
        folder_new(&folder);
        folder_add_file(&folder, data, START);
        struct resizing resizing = {open(folder.file, O_WRONLY | O_APPEND | O_CLOEXEC), data + START, PIECE, TIMES};
        struct recorder recorder = {.on_push = cases[i].resize, .on_push_self = &resizing};
        struct read_input input;
        struct error error = {0};
        cr_expect_eq(read_path(folder.file, 0, &recorder, &input, &error), STATUS_OK, "case %s", cases[i].name);
        cr_expect(recorder.size >= cases[i].least && recorder.size <= cases[i].most, "case %s: %zu", cases[i].name,
                  recorder.size);
        cr_expect(recorder_holds(&recorder, data, recorder.size), "case %s", cases[i].name);
        recorder_fini(&recorder);
        close(resizing.file);
        folder_remove(&folder);
    }
    free(data);
}
