/* Threads of launches and annotations (thread_of), numbered from 1 in the order in which they are met. */
#ifndef TRACECMP_THREAD_NUMBERS_H
#define TRACECMP_THREAD_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct thread_numbers {
    struct map *map;   /* owned; thread -> number */
    uint64_t *threads; /* owned; by number less 1 */
    size_t count, capacity;
    uint64_t last, last_number; /* mostly asked for again */
};

bool thread_numbers_init(struct thread_numbers *numbers); /* false: no memory */
void thread_numbers_fini(struct thread_numbers *numbers);
/* STATUS_BAD_INDEX: beyond LIMIT_TABLE_ROWS of them. */
enum status thread_numbers_get(struct thread_numbers *numbers, uint64_t thread, uint64_t *number,
                               struct error *error) CHECKED;

#endif
