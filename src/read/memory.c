#include "read/memory.h"

enum status memory_push(const struct chunk *bytes, size_t chunk_bytes, const struct chunk_sink *sink,
                        struct error *error) {
    for (size_t done = 0; done < bytes->size;) {
        const size_t left = bytes->size - done;
        const struct chunk slice = {
            .data = bytes->data + done,
            .size = chunk_bytes != 0 && chunk_bytes < left ? chunk_bytes : left,
            .offset = bytes->offset + done,
        };
        TRY(sink->push(sink->self, &slice, error));
        done += slice.size;
    }
    return STATUS_OK;
}

enum status memory_read(const char *data, size_t size, size_t chunk_bytes, struct chunk_sink sink,
                        struct error *error) {
    const struct chunk whole = {.data = data, .size = size, .offset = 0};
    TRY(memory_push(&whole, chunk_bytes, &sink, error));
    return sink.end(sink.self, error);
}
