/* Numbers as text. The exact forms are for JSON and CSV, the rounded ones for people. Every `text` is the caller's. */
#ifndef TRACECMP_NUMBER_TEXT_H
#define TRACECMP_NUMBER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_BYTES = 40 };

void number_plain(char text[NUMBER_BYTES], uint64_t count);
/* Nanoseconds as microseconds, exact, in the shortest form: 12, 12.5, -0.001. */
void number_us(char text[NUMBER_BYTES], int64_t ns);
/* Six significant digits; false, and no text, when it is not finite. */
bool number_general(char text[NUMBER_BYTES], double value);

/* 1234567 as 1,234,567. */
void number_grouped(char text[NUMBER_BYTES], uint64_t count);
/* "1 step", "1,200 steps": the noun takes an s. */
void number_counted(char text[NUMBER_BYTES], uint64_t count, const char *noun);
/* A part of 1 as "12.3%"; "-" when it is not finite or beyond any sense. */
void number_percent(char text[NUMBER_BYTES], double share);
void number_ratio(char text[NUMBER_BYTES], double ratio);
/* 1536 as "1.50 KiB". */
void number_bytes(char text[NUMBER_BYTES], uint64_t bytes);

/* How a set of times is shown so that its members compare at a glance: one unit, one number of decimals. */
struct time_scale {
    const char *unit; /* us, ms or s; static */
    int64_t unit_ns;
    unsigned decimals; /* at most 3 */
};

/* For times up to `largest`, the least non-zero one being `smallest` (magnitudes; 0 when there is none). */
struct time_scale time_scale_choose(uint64_t largest, uint64_t smallest);
/* `sign`: a plus before what is above zero. */
void number_scaled(char text[NUMBER_BYTES], int64_t ns, struct time_scale scale, bool sign);
/* One time by itself, with its unit: "45.65 ms", "+5.66 ms". */
void number_time(char text[NUMBER_BYTES], int64_t ns, bool sign);

/* |ns|, for INT64_MIN too. */
static inline uint64_t number_magnitude(int64_t ns) {
    return ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
}

#endif
