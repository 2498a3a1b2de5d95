#include "compare/threshold.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "compare/side.h"

__extension__ typedef __int128 wide;

/* Digits, and digits after the point, stay below this, so that no product in a comparison passes 127 bits. */
#define DIGITS_CEILING INT64_C(1000000000000000)

static const struct unit {
    const char *name;
    int64_t ns; /* 0: percent */
} units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}, {"%", 0}};

enum { UNITS = sizeof units / sizeof units[0], TIME_UNITS = UNITS - 1 };

static const char *parse_number(struct threshold *threshold, struct text text, size_t *at) {
    size_t i = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
    const size_t first = i;
    bool fraction = false, any = false;
    for (; i < text.size; i++) {
        const char byte = text.data[i];
        if (byte == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (byte < '0' || byte > '9')
            break;
        any = true;
        threshold->digits = 10 * threshold->digits + (byte - '0');
        threshold->scale *= fraction ? 10 : 1;
        *at = i;
        if (threshold->digits >= DIGITS_CEILING || threshold->scale >= DIGITS_CEILING)
            return "the number has too many digits";
    }
    *at = any ? i : first;
    if (!any)
        return "a decimal number is expected";
    threshold->digits = text.data[0] == '-' ? -threshold->digits : threshold->digits;
    threshold->number = (struct text){text.data, i};
    return NULL;
}

static const char *parse_unit(struct threshold *threshold, struct text text) {
    if (text.size == 0)
        return "the unit is missing: %, ns, us, ms or s";
    for (unsigned i = 0; i < UNITS; i++)
        if (text_equal(text, text_from(units[i].name))) {
            threshold->unit = units[i].name;
            threshold->unit_ns = units[i].ns;
            return NULL;
        }
    return "the unit must be %, ns, us, ms or s, and nothing may follow it";
}

const char *threshold_parse(struct threshold *threshold, struct text text, size_t *at) {
    *threshold = (struct threshold){.scale = 1};
    const char *reason = parse_number(threshold, text, at);
    if (reason)
        return reason;
    while (*at < text.size && isspace((unsigned char)text.data[*at]))
        (*at)++;
    reason = parse_unit(threshold, (struct text){text.data + *at, text.size - *at});
    if (reason)
        return reason;
    const wide time = (wide)threshold->digits * threshold->unit_ns;
    const wide ceiling = (wide)SIDE_CEILING_NS * threshold->scale;
    if (time > ceiling || time < -ceiling) {
        *at = 0;
        return "the time is longer than any trace";
    }
    return NULL;
}

static int order(wide a, wide b) {
    return (a > b) - (a < b);
}

int threshold_compare_time(const struct threshold *threshold, int64_t ns) {
    return order((wide)ns * threshold->scale, (wide)threshold->digits * threshold->unit_ns);
}

int threshold_compare_share(const struct threshold *threshold, int64_t part_ns, int64_t whole_ns) {
    const int64_t divisor_ns = part_ns == 0 && whole_ns == 0 ? 1 : whole_ns;
    return order((wide)part_ns * 100 * threshold->scale, (wide)threshold->digits * divisor_ns);
}

void threshold_write_time(char *out, size_t size, int64_t ns) {
    const int64_t magnitude = ns < 0 ? -ns : ns;
    unsigned i = 0;
    while (i < TIME_UNITS - 1 && magnitude < units[i].ns)
        i++;
    if (units[i].ns == 1)
        snprintf(out, size, "%" PRId64 " ns", ns);
    else
        snprintf(out, size, "%.2f %s", (double)ns / (double)units[i].ns, units[i].name);
}
