/* The number and unit of a gate, kept exactly: a decimal fraction, compared with times without rounding. */
#ifndef TRACECMP_THRESHOLD_H
#define TRACECMP_THRESHOLD_H

#include <stdint.h>

#include "base/text.h"

struct threshold {
    int64_t digits, scale; /* the number is digits / scale */
    int64_t unit_ns;       /* 0: percent */
    struct text number;    /* as written; borrowed from the text that was parsed */
    const char *unit;      /* static */
};

/* text: such as "3%" or "-1.5 ms". NULL when it is one, else what is wrong, *at being the byte of text where. */
const char *threshold_parse(struct threshold *threshold, struct text text, size_t *at);

/* -1, 0 or 1: a time is less than, equal to or more than the threshold. |ns| <= SIDE_CEILING_NS, as all amounts. */
int threshold_compare_time(const struct threshold *threshold, int64_t ns);
/* The same for part / whole and a threshold in percent. Something of nothing is infinite, nothing of nothing is 0. */
int threshold_compare_share(const struct threshold *threshold, int64_t part_ns, int64_t whole_ns);

/* "13.82 ms": in the largest unit of which there is a whole one. */
void threshold_write_time(char *out, size_t size, int64_t ns);

#endif
