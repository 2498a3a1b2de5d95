#include "recorder.h"

#include <stdlib.h>
#include <string.h>

static enum status recorder_keep(struct recorder *recorder, const struct chunk *chunk, struct error *error) {
    const size_t need = recorder->size + chunk->size;
    if (need > recorder->capacity) {
        char *data = realloc(recorder->data, need * 2);
        if (data == NULL)
            return FAIL_MEMORY(error);
        recorder->data = data;
        recorder->capacity = need * 2;
    }
    memcpy(recorder->data + recorder->size, chunk->data, chunk->size);
    recorder->size = need;
    return STATUS_OK;
}

static enum status recorder_push(void *self, const struct chunk *chunk, struct error *error) {
    struct recorder *recorder = self;
    if (chunk->size == 0 || chunk->offset != recorder->size || recorder->ends > 0)
        recorder->broken = true;
    if (chunk->size > recorder->largest)
        recorder->largest = chunk->size;
    TRY(recorder_keep(recorder, chunk, error));
    if (recorder->on_push != NULL)
        recorder->on_push(recorder->on_push_self);
    if (recorder->fail_at > 0 && recorder->size >= recorder->fail_at)
        return FAIL(error, STATUS_NOT_A_TRACE, "the sink refuses");
    return STATUS_OK;
}

static enum status recorder_end(void *self, struct error *error) {
    struct recorder *recorder = self;
    recorder->ends++;
    return recorder->fail_end ? FAIL(error, STATUS_NOT_A_TRACE, "the end is refused") : STATUS_OK;
}

struct chunk_sink recorder_sink(struct recorder *recorder) {
    return (struct chunk_sink){.push = recorder_push, .end = recorder_end, .self = recorder};
}

void recorder_fini(struct recorder *recorder) {
    free(recorder->data);
    *recorder = (struct recorder){0};
}

bool recorder_holds(const struct recorder *recorder, const char *data, size_t size) {
    return !recorder->broken && recorder->ends == 1 && recorder->size == size &&
           (size == 0 || memcmp(recorder->data, data, size) == 0);
}
