/* What the fixtures of the unit tests use of Criterion, for programs that have no tests: what does not hold ends the
 * program at once, so that a fuzzer keeps the input. */
#ifndef TRACECMP_CRITERION_H
#define TRACECMP_CRITERION_H

#pragma GCC system_header /* else a call with no message is a warning */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CRITERION_STAND_IN_(holds, text, ...)                                                                          \
    do {                                                                                                               \
        if (!(holds)) {                                                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__, text);                                   \
            fprintf(stderr, "" __VA_ARGS__);                                                                           \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#define cr_assert(holds, ...) CRITERION_STAND_IN_(holds, #holds, __VA_ARGS__)
#define cr_assert_not(holds, ...) CRITERION_STAND_IN_(!(holds), "not " #holds, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) CRITERION_STAND_IN_((a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) CRITERION_STAND_IN_((a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) CRITERION_STAND_IN_((a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_not_null(a, ...) CRITERION_STAND_IN_((a) != NULL, #a, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) CRITERION_STAND_IN_(strcmp(a, b) == 0, #a " is " #b, __VA_ARGS__)
#define cr_expect cr_assert
#define cr_expect_not cr_assert_not
#define cr_expect_eq cr_assert_eq
#define cr_expect_leq cr_assert_leq
#define cr_expect_geq cr_assert_geq

#endif
