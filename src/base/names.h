/* Interned strings: each distinct text once, known by a small number that is stable for the life of the table.
 * In: borrowed text. Out: ids, in order of first sight, starting at NAME_FIRST. Owns the bytes. */
#ifndef TRACECMP_NAMES_H
#define TRACECMP_NAMES_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum {
    NAME_NONE = 0,   /* no name: an empty text */
    NAME_BEYOND = 1, /* stands for every name that came after the ceiling was reached */
    NAME_FIRST = 2,
};

struct names;

struct names *names_new(size_t max_bytes); /* NULL: no memory */
void names_free(struct names *names);
/* The empty text is NAME_NONE. At the ceiling a new text becomes NAME_BEYOND and is counted (names_beyond). */
enum status names_intern(struct names *names, struct text text, uint32_t *id, struct error *error) CHECKED;
struct text names_get(const struct names *names, uint32_t id); /* borrowed: for the life of the table */
uint32_t names_count(const struct names *names);               /* one past the largest id */
uint64_t names_beyond(const struct names *names);
/* A text that tells rows (pid, tid) apart: the same, but also that of a new one beyond names_limit_rows becomes
 * NAME_BEYOND, which is counted apart. */
enum status names_intern_row(struct names *names, struct text text, uint32_t *id, struct error *error) CHECKED;
void names_limit_rows(struct names *names, uint32_t max_rows); /* how many; without a limit before */
uint64_t names_rows_beyond(const struct names *names);
size_t names_bytes(const struct names *names); /* what counts towards max_bytes */

#endif
