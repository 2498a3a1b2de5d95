#include "report/number_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Returns where the digits end; as many as `least`, with zeros before. Reports print numbers by the ten thousand. */
static char *put_digits(char *to, uint64_t value, unsigned least) {
    char digits[20];
    unsigned count = 0;
    for (; value > 0 || count < least; value /= 10)
        digits[count++] = (char)('0' + value % 10);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

void number_plain(char text[NUMBER_BYTES], uint64_t count) {
    *put_digits(text, count, 1) = '\0';
}

void number_us(char text[NUMBER_BYTES], int64_t ns) {
    const uint64_t magnitude = number_magnitude(ns);
    char *end = text;
    if (ns < 0)
        *end++ = '-';
    end = put_digits(end, magnitude / 1000, 1);
    *end++ = '.';
    end = put_digits(end, magnitude % 1000, 3);
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    *end = '\0';
}

bool number_general(char text[NUMBER_BYTES], double value) {
    if (!isfinite(value))
        return false;
    snprintf(text, NUMBER_BYTES, "%.6g", value);
    return true;
}

void number_grouped(char text[NUMBER_BYTES], uint64_t count) {
    char digits[NUMBER_BYTES];
    const int size = (int)(put_digits(digits, count, 1) - digits);
    char *to = text;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
}

void number_counted(char text[NUMBER_BYTES], uint64_t count, const char *noun) {
    number_grouped(text, count);
    const size_t size = strlen(text);
    snprintf(text + size, NUMBER_BYTES - size, " %s%s", noun, count == 1 ? "" : "s");
}

static void number_decimal(char text[NUMBER_BYTES], double value, int decimals, const char *after) {
    if (!isfinite(value) || fabs(value) >= 1e6) {
        snprintf(text, NUMBER_BYTES, "-");
        return;
    }
    const bool zero = fabs(value) * pow(10, decimals) < 0.5; /* no "-0.0" */
    snprintf(text, NUMBER_BYTES, "%.*f%s", decimals, zero ? 0.0 : value, after);
}

void number_percent(char text[NUMBER_BYTES], double share) {
    number_decimal(text, share * 100, 1, "%");
}

void number_ratio(char text[NUMBER_BYTES], double ratio) {
    number_decimal(text, ratio, 3, "");
}

void number_bytes(char text[NUMBER_BYTES], uint64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        snprintf(text, NUMBER_BYTES, "%" PRIu64 " bytes", bytes);
        return;
    }
    double value = (double)bytes / 1024;
    unsigned unit = 0;
    for (; value >= 1000 && unit < 5; unit++)
        value /= 1024;
    snprintf(text, NUMBER_BYTES, "%.*f %s", value < 100 ? 1 : 0, value, units[unit]);
}

static struct time_scale scale_unit(uint64_t largest) {
    if (largest >= 1000000000)
        return (struct time_scale){.unit = "s", .unit_ns = 1000000000};
    if (largest >= 1000000)
        return (struct time_scale){.unit = "ms", .unit_ns = 1000000};
    return (struct time_scale){.unit = "us", .unit_ns = 1000};
}

struct time_scale time_scale_choose(uint64_t largest, uint64_t smallest) {
    struct time_scale scale = scale_unit(largest);
    const uint64_t unit = (uint64_t)scale.unit_ns;
    const unsigned wanted = largest >= 100 * unit ? 1 : largest >= 10 * unit ? 2 : 3;
    const unsigned needed = smallest == 0 || smallest >= unit ? 0 : smallest >= unit / 10 ? 2 : 3;
    scale.decimals = wanted > needed ? wanted : needed;
    return scale;
}

void number_scaled(char text[NUMBER_BYTES], int64_t ns, struct time_scale scale, bool sign) {
    static const unsigned powers[] = {1, 10, 100, 1000};
    const unsigned power = powers[scale.decimals];
    const uint64_t step = (uint64_t)scale.unit_ns / power;
    const uint64_t steps = (number_magnitude(ns) + step / 2) / step;
    const char *mark = ns < 0 && steps > 0 ? "-" : ns > 0 && steps > 0 && sign ? "+" : "";
    const int size = snprintf(text, NUMBER_BYTES, "%s%" PRIu64, mark, steps / power);
    if (scale.decimals > 0)
        snprintf(text + size, (size_t)(NUMBER_BYTES - size), ".%0*u", (int)scale.decimals, (unsigned)(steps % power));
}

void number_time(char text[NUMBER_BYTES], int64_t ns, bool sign) {
    const uint64_t magnitude = number_magnitude(ns);
    struct time_scale scale = scale_unit(magnitude);
    const uint64_t unit = (uint64_t)scale.unit_ns;
    scale.decimals = magnitude >= 100 * unit ? 1 : magnitude >= unit || magnitude == 0 ? 2 : 3;
    number_scaled(text, ns, scale, sign);
    const size_t size = strlen(text);
    snprintf(text + size, NUMBER_BYTES - size, " %s", scale.unit);
}
