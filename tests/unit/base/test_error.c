#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

TestSuite(error, .timeout = 20);

Test(error, fail_returns_the_code_and_writes_the_first_cause) {
    struct error error = {0};
    cr_expect_eq(FAIL(&error, STATUS_IO, "opening %s: %d", "trace.json", 13), STATUS_IO);
    cr_expect_eq(error.code, STATUS_IO);
    cr_expect_eq(error.causes, 1);
    cr_expect_str_eq(error.cause[0].text, "opening trace.json: 13");
    cr_expect(strstr(error.cause[0].file, "test_error.c"));
    cr_expect_gt(error.cause[0].line, 0);
    cr_expect_not(error.has_offset);
    cr_expect_str_eq(error.input, "");
}

Test(error, context_is_added_outwards_and_beyond_the_ceiling_left_out) {
    struct error error = {0};
    cr_expect_eq(FAIL(&error, STATUS_MEMORY, "cause 0"), STATUS_MEMORY);
    for (int i = 1; i < ERROR_CAUSES + 3; i++)
        error_add(&error, "file.c", i, "cause %d", i);
    cr_expect_eq(error.causes, ERROR_CAUSES);
    for (unsigned i = 0; i < ERROR_CAUSES; i++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "cause %u", i);
        cr_expect_str_eq(error.cause[i].text, wanted);
    }
    cr_expect_eq(error.code, STATUS_MEMORY);
}

Test(error, a_new_failure_forgets_the_old_one) {
    struct error error = {0};
    (void)FAIL(&error, STATUS_IO, "old");
    error_at(&error, "old.json", 7);
    (void)FAIL(&error, STATUS_LIMIT, "new");
    cr_expect_eq(error.code, STATUS_LIMIT);
    cr_expect_eq(error.causes, 1);
    cr_expect_str_eq(error.cause[0].text, "new");
    cr_expect_not(error.has_offset);
    cr_expect_str_eq(error.input, "");
}

Test(error, long_texts_are_cut_and_terminated) {
    char text[2 * ERROR_TEXT_BYTES + ERROR_INPUT_BYTES];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    struct error error = {0};
    (void)FAIL(&error, STATUS_USAGE, "%s", text);
    cr_expect_eq(strlen(error.cause[0].text), ERROR_TEXT_BYTES - 1);
    error_input(&error, text);
    cr_expect_eq(strlen(error.input), ERROR_INPUT_BYTES - 1);
}

Test(error, input_and_offset_are_told) {
    struct error error = {0};
    (void)FAIL(&error, STATUS_NOT_A_TRACE, "no");
    error_input(&error, "a.json");
    cr_expect_not(error.has_offset);
    error_at(&error, "b.json", UINT64_C(1) << 40);
    cr_expect(error.has_offset);
    cr_expect_eq(error.offset, UINT64_C(1) << 40);
    cr_expect_str_eq(error.input, "b.json");
}

static enum status tries(enum status first, enum status second, unsigned *reached) {
    TRY(first);
    ++*reached;
    TRY(second);
    ++*reached;
    return STATUS_OK;
}

Test(error, try_forwards_the_first_failure) {
    static const struct {
        enum status first, second, result;
        unsigned reached;
    } cases[] = {
        {STATUS_OK, STATUS_OK, STATUS_OK, 2},
        {STATUS_OK, STATUS_IO, STATUS_IO, 1},
        {STATUS_LIMIT, STATUS_IO, STATUS_LIMIT, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned reached = 0;
        cr_expect_eq(tries(cases[i].first, cases[i].second, &reached), cases[i].result, "case %zu", i);
        cr_expect_eq(reached, cases[i].reached, "case %zu", i);
    }
}
