#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packed.h"
#include "read_fixture.h"

TestSuite(read_follow, .timeout = 30);

/* A writer in ticks: when all that was written so far has arrived, the next part is written. */
struct script {
    struct folder folder;
    struct recorder recorder;
    struct read_input input; /* out */
    const char *data;
    size_t size, written;
    const size_t *parts; /* ends of the parts; the last one is size */
    size_t part;
    void (*change)(struct script *script); /* after the last part, instead of telling it to stop */
    bool changed;
    size_t chunk_bytes;
};

static void append(const struct script *script, const char *data, size_t size) {
    const int file = open(script->folder.file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, data, size), (ssize_t)size);
    close(file);
}

static enum status script_tick(void *self, bool *stop, struct error *error) {
    struct script *script = self;
    (void)error;
    if (script->input.bytes < script->written)
        return STATUS_OK;
    if (script->written < script->size) {
        const size_t end = script->parts[script->part++];
        append(script, script->data + script->written, end - script->written);
        script->written = end;
    } else if (script->change && !script->changed) {
        script->changed = true;
        script->change(script);
    } else if (!script->change) {
        *stop = true;
    }
    return STATUS_OK;
}

static enum status run(struct script *script, struct error *error) {
    const struct read_options options = {
        .chunk_bytes = script->chunk_bytes, .tick = script_tick, .tick_self = script, .interval_ms = 2};
    script->input = (struct read_input){
        .path = script->folder.file, .follow = true, .sink = recorder_sink(&script->recorder)};
    return read_inputs(&script->input, 1, &options, error);
}

static void script_new(struct script *script) {
    folder_new(&script->folder);
    append(script, "", 0);
}

static void script_fini(struct script *script) {
    recorder_fini(&script->recorder);
    folder_remove(&script->folder);
}

Test(read_follow, what_is_written_later_arrives) {
    static const size_t parts[] = {1, 2, 5, 63, 64, 65, 200, 1 << 18, (1 << 18) + 1, 900001};
    char *data = pattern_new(900001);
    for (size_t chunk_bytes = 0; chunk_bytes <= 7; chunk_bytes += 7) {
        struct script script = {.data = data, .size = 900001, .parts = parts, .chunk_bytes = chunk_bytes};
        struct error error = {0};
        script_new(&script);
        cr_expect_eq(run(&script, &error), STATUS_OK);
        cr_expect(recorder_holds(&script.recorder, data, 900001));
        cr_expect(script.input.bytes == 900001 && !script.input.damaged);
        cr_expect_eq(script.input.change, READ_UNCHANGED);
        script_fini(&script);
    }
    free(data);
}

/* Nothing is decided about the compression before four bytes are there. */
Test(read_follow, compressed_streams_grow_too) {
    static const enum read_compression kinds[] = {READ_GZIP, READ_ZSTD};
    char *data = pattern_new(600000);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct error error = {0};
        struct packed packed = {NULL, 0};
        packed_add(&packed, kinds[i], data, 600000, 0);
        const size_t parts[] = {1, 3, 4, 17, 300001, packed.size - 3, packed.size};
        struct script script = {.data = packed.data, .size = packed.size, .parts = parts};
        script_new(&script);
        cr_expect_eq(run(&script, &error), STATUS_OK);
        cr_expect(recorder_holds(&script.recorder, data, 600000), "case %zu", i);
        cr_expect(script.input.bytes == packed.size && !script.input.damaged);
        script_fini(&script);
        packed_fini(&packed);
    }
    free(data);
}

static void truncate_to_less(struct script *script) {
    cr_assert_eq(truncate(script->folder.file, 60), 0);
}

static void truncate_to_nothing(struct script *script) {
    cr_assert_eq(truncate(script->folder.file, 0), 0);
}

/* Longer than it was, so that its size says nothing. */
static void write_anew(struct script *script) {
    char other[5000];
    memset(other, 'x', sizeof other);
    folder_add_file(&script->folder, other, sizeof other);
}

static void put_another_in_place(struct script *script) {
    char path[FIXTURE_PATH_BYTES + 8];
    snprintf(path, sizeof path, "%s.new", script->folder.file);
    const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(file, 0);
    close(file);
    cr_assert_eq(rename(path, script->folder.file), 0);
}

Test(read_follow, another_content_ends_it_and_is_told) {
    static const struct {
        void (*change)(struct script *script);
        enum read_change told;
    } cases[] = {
        {truncate_to_less, READ_TRUNCATED},
        {truncate_to_nothing, READ_TRUNCATED},
        {write_anew, READ_REWRITTEN},
        {put_another_in_place, READ_REPLACED},
    };
    static const size_t parts[] = {10, 4000};
    char *data = pattern_new(4000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = {.data = data, .size = 4000, .parts = parts, .change = cases[i].change};
        struct error error = {0};
        script_new(&script);
        cr_expect_eq(run(&script, &error), STATUS_OK, "case %zu", i);
        cr_expect_eq(script.input.change, cases[i].told, "case %zu: %d", i, (int)script.input.change);
        cr_expect(recorder_holds(&script.recorder, data, 4000), "case %zu: what came before is whole", i);
        script_fini(&script);
    }
    free(data);
}

/* The same bytes and more: a file that was written anew by a writer that had got no further. */
static void write_the_same_and_stop(struct script *script) {
    folder_add_file(&script->folder, script->data, script->size);
    script->change = NULL;
}

Test(read_follow, the_same_content_is_no_change) {
    static const size_t parts[] = {10, 4000};
    char *data = pattern_new(4000);
    struct script script = {.data = data, .size = 4000, .parts = parts, .change = write_the_same_and_stop};
    struct error error = {0};
    script_new(&script);
    cr_expect_eq(run(&script, &error), STATUS_OK);
    cr_expect_eq(script.input.change, READ_UNCHANGED);
    cr_expect(recorder_holds(&script.recorder, data, 4000));
    script_fini(&script);
    free(data);
}

/* Until it is noticed. */
static void remove_name(struct script *script) {
    unlink(script->folder.file);
    script->changed = false;
    if (script->input.nameless)
        script->change = NULL;
}

Test(read_follow, a_file_without_a_name_is_still_read) {
    static const size_t parts[] = {10, 4000};
    char *data = pattern_new(4000);
    struct script script = {.data = data, .size = 4000, .parts = parts, .change = remove_name};
    struct error error = {0};
    script_new(&script);
    cr_expect_eq(run(&script, &error), STATUS_OK);
    cr_expect(script.input.nameless);
    cr_expect(recorder_holds(&script.recorder, data, 4000));
    script_fini(&script);
    free(data);
}

Test(read_follow, a_refusing_sink_stops_it) {
    static const size_t parts[] = {10, 4000};
    char *data = pattern_new(4000);
    struct script script = {.data = data, .size = 4000, .parts = parts, .recorder = {.fail_at = 4000}};
    struct error error = {0};
    script_new(&script);
    cr_expect_eq(run(&script, &error), STATUS_NOT_A_TRACE);
    cr_expect_str_eq(error.input, script.folder.file);
    script_fini(&script);
    free(data);
}

static enum status tick_fail(void *self, bool *stop, struct error *error) {
    (void)self;
    (void)stop;
    return FAIL(error, STATUS_LIMIT, "the tick refuses");
}

static enum status tick_stop(void *self, bool *stop, struct error *error) {
    (void)self;
    (void)error;
    *stop = true;
    return STATUS_OK;
}

/* Beside a pipe that never ends; both ways out leave no descriptor behind, which the loop's end asserts. */
Test(read_follow, a_tick_ends_all_inputs) {
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    const struct descriptor_path path = descriptor_path(ends[0]);
    for (int fails = 0; fails < 2; fails++) {
        struct script script = {.size = 0};
        struct recorder other = {0};
        struct error error = {0};
        script_new(&script);
        struct read_input inputs[2] = {
            {.path = script.folder.file, .follow = true, .sink = recorder_sink(&script.recorder)},
            {.path = path.text, .sink = recorder_sink(&other)},
        };
        const struct read_options options = {.tick = fails ? tick_fail : tick_stop, .interval_ms = 1};
        cr_expect_eq(read_inputs(inputs, 2, &options, &error), fails ? STATUS_LIMIT : STATUS_OK);
        cr_expect_eq(script.recorder.ends, fails ? 0 : 1);
        cr_expect_eq(other.ends, fails ? 0 : 1);
        recorder_fini(&other);
        script_fini(&script);
    }
    close(ends[0]);
    close(ends[1]);
}

/* Its end is for whoever handed it over to say. */
Test(read_follow, an_open_descriptor_ends_at_its_end) {
    struct script script = {.size = 0};
    struct error error = {0};
    script_new(&script);
    append(&script, "abc", 3);
    const int file = open(script.folder.file, O_RDONLY | O_CLOEXEC);
    const struct descriptor_path path = descriptor_path(file);
    struct read_input input = {.path = path.text, .follow = true, .sink = recorder_sink(&script.recorder)};
    cr_expect_eq(read_inputs(&input, 1, &(struct read_options){0}, &error), STATUS_OK);
    cr_expect(recorder_holds(&script.recorder, "abc", 3));
    close(file);
    script_fini(&script);
}
