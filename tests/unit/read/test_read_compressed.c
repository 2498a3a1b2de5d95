#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "packed.h"
#include "read_fixture.h"

TestSuite(read_compressed, .timeout = 60);

enum { MIB = 1 << 20, DATA_SIZE = 3 * MIB + 77, SMALL = 5000 };

static const struct {
    const char *name;
    enum read_compression compression;
} kinds[] = {{"plain", READ_PLAIN}, {"gzip", READ_GZIP}, {"zstd", READ_ZSTD}};
enum { KINDS = sizeof kinds / sizeof *kinds, FIRST_PACKED = 1 };

/* Two halves that compress differently well, in several members or frames. */
static struct packed packed_new(enum read_compression compression, const char *data, size_t size) {
    struct packed packed = {0};
    packed_add(&packed, compression, data, size / 2, 0);
    packed_add(&packed, compression, data + size / 2, size / 4, 0);
    packed_add(&packed, compression, data + size / 2 + size / 4, size - size / 2 - size / 4, size / 8);
    return packed;
}

/* The first half is noise, the rest digits. */
static char *data_new(size_t size) {
    char *data = pattern_new(size);
    for (size_t i = size / 2; i < size; i++)
        data[i] = (char)('0' + (data[i] & 7));
    return data;
}

enum way { WAY_FILE, WAY_PIPE, WAY_FIFO, WAY_SOCKET, WAYS };
static const char *const way_names[WAYS] = {"file", "pipe", "fifo", "socket"};

struct input_way {
    struct folder folder;
    int ends[2];
    struct writer writer;
    struct descriptor_path path;
};

static void way_open(struct input_way *way, enum way kind, const struct packed *packed) {
    *way = (struct input_way){.ends = {-1, -1}, .writer = {.data = packed->data, .size = packed->size}};
    folder_new(&way->folder);
    snprintf(way->path.text, sizeof way->path.text, "%s", way->folder.file);
    if (kind == WAY_FILE) {
        folder_add_file(&way->folder, packed->data, packed->size);
        return;
    }
    if (kind == WAY_FIFO) {
        folder_add_fifo(&way->folder);
        way->writer.fifo = way->folder.file;
    } else {
        cr_assert_eq(kind == WAY_PIPE ? pipe2(way->ends, O_CLOEXEC)
                                      : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, way->ends),
                     0);
        way->writer.descriptor = way->ends[1];
        way->path = descriptor_path(way->ends[0]);
    }
    writer_start(&way->writer);
}

static void way_close(struct input_way *way, enum way kind) {
    if (kind != WAY_FILE)
        writer_join(&way->writer);
    if (way->ends[0] >= 0)
        close(way->ends[0]);
    folder_remove(&way->folder);
}

static void expect_way(size_t kind, enum way way_kind, size_t chunk_bytes, const struct packed *packed,
                       const char *data, size_t size) {
    struct input_way way;
    struct recorder recorder = {0};
    struct read_input input;
    struct error error = {0};
    way_open(&way, way_kind, packed);
    cr_expect_eq(read_path(way.path.text, chunk_bytes, &recorder, &input, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, data, size), "%s by %s in chunks of %zu", kinds[kind].name, way_names[way_kind],
              chunk_bytes);
    cr_expect(chunk_bytes == 0 || recorder.largest <= chunk_bytes);
    cr_expect(input.bytes == packed->size && input.bytes_uncompressed == size && !input.damaged, "%s by %s",
              kinds[kind].name, way_names[way_kind]);
    cr_expect(input.compression == kinds[kind].compression && input.size == (way_kind == WAY_FILE ? packed->size : 0),
              "%s by %s", kinds[kind].name, way_names[way_kind]);
    way_close(&way, way_kind);
    recorder_fini(&recorder);
}

Test(read_compressed, every_way_in_gives_the_same_bytes) {
    static const size_t chunks[] = {0, 4096};
    char *data = data_new(DATA_SIZE);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed packed = packed_new(kinds[kind].compression, data, DATA_SIZE);
        for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
            for (enum way way = WAY_FILE; way < WAYS; way++)
                expect_way(kind, way, chunks[i], &packed, data, DATA_SIZE);
        packed_fini(&packed);
    }
    free(data);
}

Test(read_compressed, any_size_arrives_whole) {
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 4096, MIB - 1, MIB, MIB + 1, 2 * MIB};
    char *data = data_new(2 * MIB);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct packed packed = packed_new(kinds[kind].compression, data, sizes[i]);
            expect_way(kind, WAY_FILE, 0, &packed, data, sizes[i]);
            packed_fini(&packed);
        }
    free(data);
}

Test(read_compressed, any_chunk_size_gives_the_same_bytes) {
    static const size_t chunks[] = {1, 2, 3, 7, 64, 4096, 1 << 20};
    char *data = data_new(SMALL);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed packed = packed_new(kinds[kind].compression, data, SMALL);
        for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
            expect_way(kind, WAY_FILE, chunks[i], &packed, data, SMALL);
        packed_fini(&packed);
    }
    free(data);
}

Test(read_compressed, reads_of_one_byte_are_enough) {
    enum { TINY = 1000 };
    char *data = data_new(TINY);
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct packed packed = packed_new(kinds[kind].compression, data, TINY);
        int ends[2];
        cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
        struct writer writer = {.descriptor = ends[1], .data = packed.data, .size = packed.size, .byte_by_byte = true};
        const struct descriptor_path path = descriptor_path(ends[0]);
        struct recorder recorder = {0};
        struct read_input input;
        struct error error = {0};
        writer_start(&writer);
        cr_expect_eq(read_path(path.text, 0, &recorder, &input, &error), STATUS_OK);
        cr_expect(recorder_holds(&recorder, data, TINY), "%s", kinds[kind].name);
        cr_expect_eq(input.compression, kinds[kind].compression, "%s", kinds[kind].name);
        writer_join(&writer);
        recorder_fini(&recorder);
        close(ends[0]);
        packed_fini(&packed);
    }
    free(data);
}

/* A few bytes never are more than plain ones; what they look like the beginning of does not matter. */
Test(read_compressed, short_inputs_are_plain) {
    static const char *const cases[] = {"{", "[]", "\x1f", "\x28", "\x28\xb5\x2f", "\x50\x2a\x4d"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct packed packed = {0};
        packed_append(&packed, cases[i], strlen(cases[i]));
        expect_way(0, WAY_FILE, 0, &packed, cases[i], strlen(cases[i]));
        expect_way(0, WAY_PIPE, 0, &packed, cases[i], strlen(cases[i]));
        packed_fini(&packed);
    }
}

/* The input as a file. status: what read_inputs returned. */
struct damaged {
    struct recorder recorder;
    struct read_input input;
    enum status status;
    struct error error; /* of read_inputs, or why it is damaged */
};

static struct damaged damaged_read(const struct packed *packed) {
    struct damaged damaged = {.status = STATUS_OK};
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, packed->data, packed->size);
    damaged.status = read_path(folder.file, 0, &damaged.recorder, &damaged.input, &damaged.error);
    if (damaged.status == STATUS_OK && damaged.input.damaged)
        damaged.error = damaged.input.failure;
    cr_expect(damaged.recorder.ends == (damaged.status == STATUS_OK ? 1 : 0) && !damaged.recorder.broken);
    cr_expect(damaged.error.code == STATUS_OK || strcmp(damaged.error.input, folder.file) == 0, "'%s'",
              damaged.error.input);
    folder_remove(&folder);
    return damaged;
}

/* Whether the data came out as far as it goes. */
static bool damaged_has_prefix(const struct damaged *damaged, const char *data, size_t size) {
    const struct recorder *recorder = &damaged->recorder;
    return recorder->size <= size && (recorder->size == 0 || memcmp(recorder->data, data, recorder->size) == 0);
}

static void expect_cut(size_t kind, const struct packed *packed, size_t cut, const char *data) {
    const struct packed part = {packed->data, cut};
    struct damaged damaged = damaged_read(&part);
    const char *name = kinds[kind].name;
    const bool something = damaged.recorder.size > 0;
    cr_expect(damaged_has_prefix(&damaged, data, SMALL), "%s cut at %zu", name, cut);
    cr_expect_eq(damaged.status, something ? STATUS_OK : STATUS_IO, "%s cut at %zu", name, cut);
    cr_expect_eq(damaged.input.damaged, something, "%s cut at %zu", name, cut);
    cr_expect(damaged.error.has_offset && damaged.error.offset == cut, "%s cut at %zu", name, cut);
    cr_expect_not_null(strstr(damaged.error.cause[0].text, "the stream ends in the middle"), "%s cut at %zu: '%s'",
                       name, cut, damaged.error.cause[0].text);
    recorder_fini(&damaged.recorder);
}

Test(read_compressed, a_cut_stream_gives_what_was_whole_and_is_damaged) {
    char *data = data_new(SMALL);
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add(&packed, kinds[kind].compression, data, SMALL, SMALL / 5);
        const size_t magic = kinds[kind].compression == READ_GZIP ? 2 : 4;
        for (size_t cut = magic; cut < packed.size; cut += cut < 40 ? 1 : 97)
            expect_cut(kind, &packed, cut, data);
        expect_cut(kind, &packed, packed.size - 1, data);
        packed_fini(&packed);
    }
    free(data);
}

Test(read_compressed, bytes_behind_the_stream_are_damage) {
    char *data = data_new(SMALL);
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add(&packed, kinds[kind].compression, data, SMALL, 0);
        const size_t end = packed.size;
        packed_append(&packed, "no compressed data", 18);
        struct damaged damaged = damaged_read(&packed);
        cr_expect(damaged.status == STATUS_OK && damaged.input.damaged, "%s", kinds[kind].name);
        cr_expect(recorder_holds(&damaged.recorder, data, SMALL), "%s", kinds[kind].name);
        cr_expect(damaged.error.has_offset && damaged.error.offset >= end && damaged.error.offset <= end + 4, "%s: %zu",
                  kinds[kind].name, (size_t)damaged.error.offset);
        cr_expect_not_null(strstr(damaged.error.cause[0].text, "bytes after the"), "%s", kinds[kind].name);
        recorder_fini(&damaged.recorder);
        packed_fini(&packed);
    }
    free(data);
}

/* More than all buffers hold comes behind the damage. */
Test(read_compressed, damage_ends_reading) {
    char *data = data_new(DATA_SIZE);
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add(&packed, kinds[kind].compression, data, SMALL, 0);
        const size_t good = packed.size;
        packed_append(&packed, data, DATA_SIZE);
        packed_append(&packed, data, DATA_SIZE);
        packed_append(&packed, data, DATA_SIZE);
        struct damaged damaged = damaged_read(&packed);
        cr_expect(damaged.status == STATUS_OK && damaged.input.damaged, "%s", kinds[kind].name);
        cr_expect(recorder_holds(&damaged.recorder, data, SMALL), "%s", kinds[kind].name);
        cr_expect_lt(damaged.input.bytes, good + 4 * MIB, "%s", kinds[kind].name);
        recorder_fini(&damaged.recorder);
        packed_fini(&packed);
    }
    free(data);
}

Test(read_compressed, a_window_too_large_is_refused) {
    struct packed packed = {0};
    packed_append(&packed, "\x28\xb5\x2f\xfd\0\xa8\1\0\0", 9);
    struct damaged damaged = damaged_read(&packed);
    cr_expect(damaged.status == STATUS_LIMIT && damaged.recorder.size == 0 && !damaged.input.damaged);
    cr_expect_not_null(strstr(damaged.error.cause[0].text, "128 MiB"));
    packed_fini(&packed);
}

/* The end is refused as well, as by a reader of documents that found the beginning of one only. */
Test(read_compressed, damage_is_told_beside_what_it_led_to) {
    char *data = data_new(SMALL);
    struct packed packed = {0};
    packed_add(&packed, READ_GZIP, data, SMALL, 0);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, packed.data, packed.size - 1);
    struct recorder recorder = {.fail_end = true};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(folder.file, 0, &recorder, &input, &error), STATUS_NOT_A_TRACE);
    cr_expect_eq(error.causes, 2);
    cr_expect_not_null(strstr(error.cause[1].text, "the stream ends in the middle"), "'%s'", error.cause[1].text);
    recorder_fini(&recorder);
    folder_remove(&folder);
    packed_fini(&packed);
    free(data);
}

/* A socket closed with unread bytes resets its peer, once that has read what was sent to it. */
Test(read_compressed, a_failure_of_reading_is_not_one_of_the_stream) {
    char *data = data_new(SMALL);
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        int ends[2];
        packed_add(&packed, kinds[kind].compression, data, SMALL, SMALL / 5);
        cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        cr_assert_eq(write(ends[0], "x", 1), 1);
        cr_assert_eq(write(ends[1], packed.data, packed.size - 5), (ssize_t)packed.size - 5);
        close(ends[1]);
        const struct descriptor_path path = descriptor_path(ends[0]);
        struct damaged damaged = {.status = STATUS_OK};
        damaged.status = read_path(path.text, 0, &damaged.recorder, &damaged.input, &damaged.error);
        cr_expect(damaged.status == STATUS_OK && damaged.input.damaged && damaged.recorder.ends == 1);
        cr_expect(damaged.recorder.size > 0 && damaged_has_prefix(&damaged, data, SMALL), "%s", kinds[kind].name);
        cr_expect_eq(damaged.input.failure.offset, packed.size - 5, "%s", kinds[kind].name);
        cr_expect_not_null(strstr(damaged.input.failure.cause[0].text, "Connection reset"), "%s", kinds[kind].name);
        recorder_fini(&damaged.recorder);
        close(ends[0]);
        packed_fini(&packed);
    }
    free(data);
}

/* Beside it waits an input that stays silent for ever. */
static void expect_refusal(size_t kind, const char *idle_path, const char *path, size_t fail_at) {
    for (size_t place = 0; place < 2; place++) {
        struct recorder idle = {0}, recorder = {.fail_at = fail_at};
        struct read_input inputs[2];
        inputs[place] = (struct read_input){.path = path, .sink = recorder_sink(&recorder)};
        inputs[1 - place] = (struct read_input){.path = idle_path, .sink = recorder_sink(&idle)};
        const struct read_options options = {0};
        struct error error = {0};
        cr_expect_eq(read_inputs(inputs, 2, &options, &error), STATUS_NOT_A_TRACE, "%s", kinds[kind].name);
        cr_expect(recorder.ends == 0 && idle.ends == 0 && !recorder.broken, "%s", kinds[kind].name);
        cr_expect_str_eq(error.input, path);
        recorder_fini(&recorder);
    }
}

Test(read_compressed, a_refusing_sink_stops_it_and_leaves_no_descriptor) {
    char *data = data_new(DATA_SIZE);
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    const struct descriptor_path idle = descriptor_path(ends[0]);
    unsigned before = 0;
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = packed_new(kinds[kind].compression, data, DATA_SIZE);
        struct folder folder;
        folder_new(&folder);
        folder_add_file(&folder, packed.data, packed.size);
        for (size_t fail_at = 1; fail_at <= DATA_SIZE; fail_at += DATA_SIZE / 4 - 1)
            expect_refusal(kind, idle.text, folder.file, fail_at);
        if (kind == FIRST_PACKED)
            before = descriptors_open();
        cr_expect_eq(descriptors_open(), before);
        folder_remove(&folder);
        packed_fini(&packed);
    }
    close(ends[0]);
    close(ends[1]);
    free(data);
}

/* The other input fails while this one is being decoded: in its sink's first, second, … push. From then on pushes take
 * their time, so that the end is not there before the failure counts (it waits a moment for this input to fail too). */
struct breaking {
    int write_end;
    unsigned pushes_left;
};

static void break_other(void *self) {
    struct breaking *breaking = self;
    if (breaking->pushes_left == 0)
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    else if (--breaking->pushes_left == 0)
        cr_assert_eq(write(breaking->write_end, "12345", 5), 5);
}

Test(read_compressed, the_failure_of_another_input_stops_it) {
    char *data = data_new(DATA_SIZE);
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add_zeros(&packed, kinds[kind].compression, 64 * MIB);
        struct folder folder;
        folder_new(&folder);
        folder_add_file(&folder, packed.data, packed.size);
        for (unsigned pushes = 1; pushes < 6; pushes++) {
            int ends[2];
            cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
            const struct descriptor_path path = descriptor_path(ends[0]);
            struct breaking breaking = {ends[1], pushes};
            struct recorder recorder = {.on_push = break_other, .on_push_self = &breaking};
            struct recorder failing = {.fail_at = 1};
            struct read_input inputs[2] = {{.path = folder.file, .sink = recorder_sink(&recorder)},
                                           {.path = path.text, .sink = recorder_sink(&failing)}};
            const struct read_options options = {0};
            struct error error = {0};
            cr_expect_eq(read_inputs(inputs, 2, &options, &error), STATUS_NOT_A_TRACE, "%s", kinds[kind].name);
            cr_expect(recorder.ends == 0 && recorder.size < 64 * MIB, "%s", kinds[kind].name);
            recorder_fini(&recorder);
            recorder_fini(&failing);
            close(ends[0]);
            close(ends[1]);
        }
        folder_remove(&folder);
        packed_fini(&packed);
    }
    free(data);
}

Test(read_compressed, two_kinds_are_read_at_the_same_time) {
    char *data = data_new(DATA_SIZE);
    struct packed packed[KINDS];
    struct input_way ways[KINDS];
    struct recorder recorders[KINDS] = {{0}};
    struct read_input inputs[KINDS];
    for (size_t kind = 0; kind < KINDS; kind++) {
        packed[kind] = packed_new(kinds[kind].compression, data, DATA_SIZE);
        way_open(&ways[kind], WAY_PIPE, &packed[kind]);
        inputs[kind] = (struct read_input){.path = ways[kind].path.text, .sink = recorder_sink(&recorders[kind])};
    }
    const struct read_options options = {0};
    struct error error = {0};
    cr_expect_eq(read_inputs(inputs, KINDS, &options, &error), STATUS_OK);
    for (size_t kind = 0; kind < KINDS; kind++) {
        cr_expect(recorder_holds(&recorders[kind], data, DATA_SIZE), "%s", kinds[kind].name);
        way_close(&ways[kind], WAY_PIPE);
        recorder_fini(&recorders[kind]);
        packed_fini(&packed[kind]);
    }
    free(data);
}

/* Counts only, so that memory tells of the reading alone. */
static enum status count_push(void *self, const struct chunk *chunk, struct error *error) {
    size_t *count = self;
    (void)error;
    for (size_t i = 0; i < chunk->size; i += 4096)
        cr_assert_eq(chunk->data[i], 0);
    *count += chunk->size;
    return STATUS_OK;
}

static enum status count_end(void *self, struct error *error) {
    (void)self;
    (void)error;
    return STATUS_OK;
}

/* The most memory this process ever had, in KiB. */
static unsigned long memory_peak(void) {
    char line[256];
    unsigned long peak = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "VmHWM: %lu", &peak);
    if (file)
        fclose(file);
    return peak;
}

Test(read_compressed, a_bomb_costs_no_memory) {
    enum { BOMB = 100 * MIB, MOST_KIB = 24 * 1024 };
    for (size_t kind = FIRST_PACKED; kind < KINDS; kind++) {
        struct packed packed = {0};
        packed_add_zeros(&packed, kinds[kind].compression, BOMB);
        struct folder folder;
        folder_new(&folder);
        folder_add_file(&folder, packed.data, packed.size);
        const unsigned long before = memory_peak();
        size_t count = 0;
        struct read_input input = {.path = folder.file, .sink = {count_push, count_end, &count, NULL}};
        const struct read_options options = {0};
        struct error error = {0};
        cr_expect_eq(read_inputs(&input, 1, &options, &error), STATUS_OK);
        cr_expect(count == BOMB && input.bytes == packed.size && packed.size < MIB, "%s", kinds[kind].name);
        cr_expect_leq(memory_peak() - before, MOST_KIB, "%s: %lu KiB", kinds[kind].name, memory_peak() - before);
        folder_remove(&folder);
        packed_fini(&packed);
    }
}
