#include "index/thread_numbers.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

bool thread_numbers_init(struct thread_numbers *numbers) {
    *numbers = (struct thread_numbers){.map = map_new(LIMIT_TABLE_ROWS)};
    return numbers->map != NULL;
}

void thread_numbers_fini(struct thread_numbers *numbers) {
    map_free(numbers->map);
    free(numbers->threads);
    *numbers = (struct thread_numbers){0};
}

static enum status add(struct thread_numbers *numbers, uint64_t thread, struct error *error) {
    void *threads = numbers->threads;
    TRY(array_grow(&threads, &numbers->capacity, numbers->count + 1, sizeof thread, LIMIT_TABLE_ROWS, error));
    numbers->threads = threads;
    numbers->threads[numbers->count++] = thread;
    return STATUS_OK;
}

enum status thread_numbers_get(struct thread_numbers *numbers, uint64_t thread, uint64_t *number, struct error *error) {
    uint64_t *known;
    if (numbers->last_number > 0 && numbers->last == thread) {
        *number = numbers->last_number;
        return STATUS_OK;
    }
    TRY(map_at(numbers->map, thread, &known, error));
    if (!known)
        return FAIL(error, STATUS_BAD_INDEX, "the trace has too many threads for an index");
    if (*known == 0) {
        TRY(add(numbers, thread, error));
        *known = numbers->count;
    }
    numbers->last = thread;
    *number = numbers->last_number = *known;
    return STATUS_OK;
}
