#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "read_fixture.h"

TestSuite(read_inputs, .timeout = 20);

enum { FILE_SIZE = (3 << 20) + 5 };

static void flag_raise(void *self) {
    atomic_bool *flag = self;
    atomic_store(flag, true);
}

Test(read_inputs, two_are_read_at_the_same_time) {
    char *data = pattern_new(FILE_SIZE);
    int first[2], second[2];
    cr_assert(pipe2(first, O_CLOEXEC) == 0 && pipe2(second, O_CLOEXEC) == 0);
    atomic_bool second_began = false;
    struct writer late = {.descriptor = first[1], .data = data, .size = FILE_SIZE, .wait_for = &second_began};
    struct writer early = {.descriptor = second[1], .data = data + 1, .size = FILE_SIZE - 1};
    struct recorder recorders[2] = {{0}, {.on_push = flag_raise, .on_push_self = &second_began}};
    const struct descriptor_path paths[2] = {descriptor_path(first[0]), descriptor_path(second[0])};
    struct read_input inputs[2] = {
        {.path = paths[0].text, .sink = recorder_sink(&recorders[0])},
        {.path = paths[1].text, .sink = recorder_sink(&recorders[1])},
    };
    const struct read_options options = {0};
    struct error error = {0};
    writer_start(&late);
    writer_start(&early);
    cr_expect_eq(read_inputs(inputs, 2, &options, &error), STATUS_OK);
    cr_expect(recorder_holds(&recorders[0], data, FILE_SIZE));
    cr_expect(recorder_holds(&recorders[1], data + 1, FILE_SIZE - 1));
    writer_join(&late);
    writer_join(&early);
    recorder_fini(&recorders[0]);
    recorder_fini(&recorders[1]);
    close(first[0]);
    close(second[0]);
    free(data);
}

Test(read_inputs, none_is_fine) {
    const struct read_options options = {0};
    struct error error = {0};
    cr_expect_eq(read_inputs(NULL, 0, &options, &error), STATUS_OK);
}

/* Reads an input that fails beside one that stays silent for ever. */
static void expect_no_wait(const char *name, const char *idle_path, const char *path, struct recorder *failing,
                           enum status status) {
    for (size_t place = 0; place < 2; place++) {
        struct recorder idle = {0};
        struct recorder recorder = *failing;
        struct read_input inputs[2];
        inputs[place] = (struct read_input){.path = path, .sink = recorder_sink(&recorder)};
        inputs[1 - place] = (struct read_input){.path = idle_path, .sink = recorder_sink(&idle)};
        const struct read_options options = {0};
        struct error error = {0};
        cr_expect_eq(read_inputs(inputs, 2, &options, &error), status, "%s", name);
        cr_expect_str_eq(error.input, path, "%s", name);
        cr_expect(idle.ends == 0 && idle.size == 0, "%s", name);
        cr_expect_eq(recorder.ends, failing->fail_end ? 1 : 0, "%s", name);
        cr_expect_not(recorder.broken, "%s", name);
        recorder_fini(&recorder);
    }
}

static void expect_no_wait_for(const char *idle_path) {
    char *data = pattern_new(FILE_SIZE);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, data, FILE_SIZE);
    expect_no_wait("missing", idle_path, "/nowhere/at/all.json", &(struct recorder){0}, STATUS_IO);
    expect_no_wait("first read", idle_path, "/proc/self/mem", &(struct recorder){0}, STATUS_IO);
    expect_no_wait("first push", idle_path, folder.file, &(struct recorder){.fail_at = 1}, STATUS_NOT_A_TRACE);
    expect_no_wait("later push", idle_path, folder.file, &(struct recorder){.fail_at = 3 << 20}, STATUS_NOT_A_TRACE);
    expect_no_wait("last push", idle_path, folder.file, &(struct recorder){.fail_at = FILE_SIZE}, STATUS_NOT_A_TRACE);
    expect_no_wait("end", idle_path, folder.file, &(struct recorder){.fail_end = true}, STATUS_NOT_A_TRACE);
    folder_remove(&folder);
    free(data);
}

Test(read_inputs, a_failure_does_not_wait_for_an_idle_pipe) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    const struct descriptor_path path = descriptor_path(ends[0]);
    expect_no_wait_for(path.text);
    cr_expect_eq(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

Test(read_inputs, a_failure_does_not_wait_for_a_fifo_without_writer) {
    struct folder folder;
    folder_new(&folder);
    folder_add_fifo(&folder);
    expect_no_wait_for(folder.file);
    folder_remove(&folder);
}

Test(read_inputs, a_refusing_sink_stops_a_pipe_too) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(write(ends[1], "0123456789", 10), 10);
    const struct descriptor_path path = descriptor_path(ends[0]);
    struct recorder recorder = {.fail_at = 4};
    struct read_input input;
    struct error error = {0};
    cr_expect_eq(read_path(path.text, 2, &recorder, &input, &error), STATUS_NOT_A_TRACE);
    cr_expect_str_eq(error.input, path.text);
    cr_expect(recorder.size == 4 && recorder.ends == 0);
    recorder_fini(&recorder);
    close(ends[0]);
    close(ends[1]);
}

Test(read_inputs, a_damaged_input_does_not_stop_the_other) {
    char *data = pattern_new(FILE_SIZE);
    struct folder folder;
    folder_new(&folder);
    folder_add_file(&folder, data, FILE_SIZE);
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const int file = open(folder.file, O_RDONLY | O_CLOEXEC);
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (memory < 0)
        cr_skip_test("no process memory to read");
    const size_t pages = (FILE_SIZE + page - 1) / page;
    char *mapped = mmap(NULL, (pages + 1) * page, PROT_READ, MAP_SHARED, file, 0);
    cr_assert(mapped != MAP_FAILED);
    cr_assert_geq(lseek(memory, (off_t)(uintptr_t)mapped + (off_t)((pages - 1) * page), SEEK_SET), 0);
    const struct descriptor_path broken = descriptor_path(memory);
    struct recorder recorders[2] = {{0}};
    struct read_input inputs[2] = {
        {.path = broken.text, .sink = recorder_sink(&recorders[0])},
        {.path = folder.file, .sink = recorder_sink(&recorders[1])},
    };
    const struct read_options options = {0};
    struct error error = {0};
    cr_expect_eq(read_inputs(inputs, 2, &options, &error), STATUS_OK);
    cr_expect(inputs[0].damaged && inputs[0].bytes == page && recorders[0].ends == 1);
    cr_expect(!inputs[1].damaged && recorder_holds(&recorders[1], data, FILE_SIZE));
    recorder_fini(&recorders[0]);
    recorder_fini(&recorders[1]);
    munmap(mapped, (pages + 1) * page);
    close(memory);
    close(file);
    folder_remove(&folder);
    free(data);
}

/* Whichever is faster: small or large, begun or ended. */
Test(read_inputs, of_two_that_are_bad_the_first_is_named) {
    char *data = pattern_new(FILE_SIZE);
    static const struct {
        size_t size, fail_at;
        bool fail_end;
    } sides[] = {{10, 1, false}, {10, 0, true}, {FILE_SIZE, 1, false}, {FILE_SIZE, FILE_SIZE / 2, false}};
    enum { SIDES = sizeof sides / sizeof *sides };
    for (size_t n = 0; n < SIDES * SIDES; n++) {
        struct folder folders[2];
        struct recorder recorders[2] = {{0}};
        struct read_input inputs[2];
        for (size_t i = 0; i < 2; i++) {
            const size_t side = i == 0 ? n / SIDES : n % SIDES;
            folder_new(&folders[i]);
            folder_add_file(&folders[i], data, sides[side].size);
            recorders[i] = (struct recorder){.fail_at = sides[side].fail_at, .fail_end = sides[side].fail_end};
            inputs[i] = (struct read_input){.path = folders[i].file, .sink = recorder_sink(&recorders[i])};
        }
        struct error error = {0};
        cr_expect_eq(read_inputs(inputs, 2, &(struct read_options){0}, &error), STATUS_NOT_A_TRACE);
        cr_expect_str_eq(error.input, folders[0].file, "case %zu", n);
        for (size_t i = 0; i < 2; i++) {
            recorder_fini(&recorders[i]);
            folder_remove(&folders[i]);
        }
    }
    free(data);
}

struct ticking {
    unsigned ticks;
    atomic_bool enough;
};

static enum status tick_count(void *self, bool *stop, struct error *error) {
    (void)stop;
    (void)error;
    struct ticking *ticking = self;
    ticking->ticks++;
    if (ticking->ticks == 3)
        atomic_store(&ticking->enough, true);
    return STATUS_OK;
}

Test(read_inputs, ticks_come_while_an_input_is_idle) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct ticking ticking = {.ticks = 0};
    struct writer writer = {.descriptor = ends[1], .data = "abc", .size = 3, .wait_for = &ticking.enough};
    const struct descriptor_path path = descriptor_path(ends[0]);
    struct recorder recorder = {0};
    struct read_input input = {.path = path.text, .sink = recorder_sink(&recorder)};
    const struct read_options options = {.tick = tick_count, .tick_self = &ticking, .interval_ms = 5};
    struct error error = {0};
    writer_start(&writer);
    cr_expect_eq(read_inputs(&input, 1, &options, &error), STATUS_OK);
    cr_expect_geq(ticking.ticks, 3);
    cr_expect(recorder_holds(&recorder, "abc", 3));
    writer_join(&writer);
    recorder_fini(&recorder);
    close(ends[0]);
}

Test(read_inputs, no_descriptor_is_left_open) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    const struct descriptor_path path = descriptor_path(ends[0]);
    unsigned before = 0;
    /* What libuv opens once for the whole process is there after the first round. */
    for (unsigned round = 0; round < 3; round++) {
        expect_no_wait_for(path.text);
        struct recorder recorder = {0};
        struct read_input input;
        struct error error = {0};
        cr_expect_eq(read_path("/proc/self/status", 7, &recorder, &input, &error), STATUS_OK);
        recorder_fini(&recorder);
        if (round == 0)
            before = descriptors_open();
    }
    cr_expect_eq(descriptors_open(), before);
    close(ends[0]);
    close(ends[1]);
}
