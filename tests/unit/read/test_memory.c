#include <criterion/criterion.h>

#include "read/memory.h"
#include "recorder.h"

TestSuite(memory, .timeout = 20);

static const char text[] = "0123456789abcdef";
enum { TEXT_SIZE = sizeof text - 1 };

Test(memory, any_chunk_size_gives_the_same_bytes) {
    static const struct {
        size_t chunk_bytes, largest;
    } cases[] = {{0, TEXT_SIZE}, {1, 1}, {2, 2}, {7, 7}, {TEXT_SIZE, TEXT_SIZE}, {1000, TEXT_SIZE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recorder recorder = {0};
        struct error error = {0};
        cr_expect_eq(memory_read(text, TEXT_SIZE, cases[i].chunk_bytes, recorder_sink(&recorder), &error), STATUS_OK);
        cr_expect(recorder_holds(&recorder, text, TEXT_SIZE), "case %zu", cases[i].chunk_bytes);
        cr_expect_eq(recorder.largest, cases[i].largest, "case %zu", cases[i].chunk_bytes);
        recorder_fini(&recorder);
    }
}

Test(memory, nothing_is_an_end_without_a_push) {
    struct recorder recorder = {0};
    struct error error = {0};
    cr_expect_eq(memory_read("", 0, 1, recorder_sink(&recorder), &error), STATUS_OK);
    cr_expect(recorder_holds(&recorder, "", 0));
}

Test(memory, a_refusing_sink_stops_it) {
    struct recorder recorder = {.fail_at = 6};
    struct error error = {0};
    cr_expect_eq(memory_read(text, TEXT_SIZE, 2, recorder_sink(&recorder), &error), STATUS_NOT_A_TRACE);
    cr_expect_eq(recorder.size, 6);
    cr_expect_eq(recorder.ends, 0);
    recorder_fini(&recorder);
}
