#include "read/source.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/compression.h"
#include "read/descriptor.h"
#include "read/memory.h"

static const char *input_name(const struct read_input *input) {
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

/* Who hands a descriptor over also says where its input ends. */
static bool source_follows(const struct read_input *input, const struct stat *info) {
    return input->follow && S_ISREG(info->st_mode) && !descriptor_is_named(input->path);
}

static enum status source_new(int descriptor, struct read_input *input, struct source **source, struct error *error) {
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return FAIL(error, STATUS_IO, "%s", strerror(errno));
    switch (info.st_mode & S_IFMT) {
    case S_IFDIR:
        return FAIL(error, STATUS_IO, "is a directory");
    case S_IFIFO:
    case S_IFSOCK:
        *source = stream_new();
        break;
    default:
        if (isatty(descriptor))
            return FAIL(error, STATUS_USAGE, "is a terminal; give a file or pipe a trace in");
        *source = source_follows(input, &info) ? follow_new() : file_new();
    }
    if (*source == NULL)
        return FAIL_MEMORY(error);
    const off_t start = S_ISREG(info.st_mode) ? lseek(descriptor, 0, SEEK_CUR) : -1;
    input->size = start >= 0 && info.st_size > start ? (uint64_t)(info.st_size - start) : 0;
    return STATUS_OK;
}

enum status source_open(struct reading *reading, struct read_input *input, struct source **source,
                        struct error *error) {
    const int descriptor = descriptor_open(input->path);
    const enum status status = descriptor < 0 ? FAIL(error, STATUS_IO, "%s", strerror(-descriptor))
                                              : source_new(descriptor, input, source, error);
    if (status != STATUS_OK) {
        if (descriptor >= 0)
            close(descriptor);
        error_input(error, input_name(input));
        return status;
    }
    (*source)->reading = reading;
    (*source)->input = input;
    (*source)->descriptor = descriptor;
    return STATUS_OK;
}

void source_free(struct source *source) {
    if (source == NULL)
        return;
    if (source->descriptor >= 0)
        close(source->descriptor);
    unpacker_free(source->unpacker);
    free(source);
}

static void source_stop(struct source *source) {
    source->stopped = true;
    source->ops->stop(source);
    if (source->unpacker != NULL)
        unpacker_stop(source->unpacker);
}

static void reading_stop_from(struct reading *reading, size_t first) {
    for (size_t i = first; i < reading->count; i++)
        source_stop(reading->sources[i]);
}

/* A while in several parts, and between them the others are looked at: when the machine is busy, time may pass without
 * that having happened once. */
enum { PATIENCE_PARTS = 10, PATIENCE_PART_MS = 10 };

static void patience_ends(uv_timer_t *timer) {
    struct reading *reading = timer->data;
    if (reading->status == STATUS_OK && --reading->patience_parts > 0)
        return;
    uv_timer_stop(timer);
    if (reading->status != STATUS_OK)
        return;
    *reading->error = reading->held;
    reading->status = reading->held.code;
    reading_stop_from(reading, 0);
}

/* True when it waits for those before it. */
static bool reading_hold_back(struct reading *reading, const struct source *source) {
    size_t place = 0;
    bool others = false;
    for (; reading->sources[place] != source; place++)
        others = others || !reading->sources[place]->finished;
    if (!others)
        return false;
    reading->held = *reading->error;
    *reading->error = (struct error){.code = STATUS_OK};
    reading_stop_from(reading, place);
    if (!uv_is_active((uv_handle_t *)&reading->patience)) {
        reading->patience_parts = PATIENCE_PARTS;
        uv_timer_start(&reading->patience, patience_ends, PATIENCE_PART_MS, PATIENCE_PART_MS);
    }
    return true;
}

void reading_fail(struct reading *reading, const struct source *source, enum status status) {
    if (source != NULL && reading->error->input[0] == '\0')
        error_input(reading->error, input_name(source->input));
    if (source != NULL && reading_hold_back(reading, source))
        return;
    reading->status = status;
    reading_stop_from(reading, 0);
}

/* Hands on bytes of the document itself. */
static void source_hand_on(void *self, const char *data, size_t size) {
    struct source *source = self;
    struct reading *reading = source->reading;
    struct read_input *input = source->input;
    assert(reading->status == STATUS_OK);
    const struct chunk bytes = {.data = data, .size = size, .offset = input->bytes_uncompressed};
    const enum status status = memory_push(&bytes, reading->chunk_bytes, &input->sink, reading->error);
    if (status == STATUS_OK)
        input->bytes_uncompressed += size;
    else
        reading_fail(reading, source, status);
}

static void source_resume(void *self) {
    struct source *source = self;
    source->input->in_stream = !unpacker_whole(source->unpacker);
    source->ops->resume(source);
}

/* Ends the input; damage: NULL, or what broke it off. */
static enum status input_end(struct read_input *input, const struct error *damage, struct error *error) {
    if (damage != NULL && (input->bytes_uncompressed == 0 || damage->code == STATUS_MEMORY)) {
        *error = *damage;
        return damage->code;
    }
    if (damage != NULL) {
        input->damaged = true;
        input->failure = *damage;
        error_input(&input->failure, input_name(input));
    }
    const enum status status = input->sink.end(input->sink.self, error);
    if (status != STATUS_OK && input->damaged)
        error_add(error, __FILE__, __LINE__, "damaged at byte %" PRIu64 " (%s)", input->failure.offset,
                  input->failure.cause[0].text);
    return status;
}

/* All that could be handed on has been. damage: of the compressed stream, or NULL. */
static void source_finish(void *self, const struct error *damage) {
    struct source *source = self;
    struct reading *reading = source->reading;
    struct read_input *input = source->input;
    struct error cut;
    source->finished = true;
    source->ops->stop(source);
    if (damage == NULL && source->failure != 0) {
        FAIL(&cut, STATUS_IO, "%s", strerror(-source->failure));
        cut.has_offset = input->bytes > 0;
        cut.offset = input->bytes;
        damage = &cut;
    }
    const enum status status = input_end(input, damage, reading->error);
    if (status != STATUS_OK)
        reading_fail(reading, source, status);
}

/* Keeps the first bytes until they are enough to tell; returns how many it kept. */
static size_t source_gather(struct source *source, const char *data, size_t size) {
    const size_t room = sizeof source->magic - source->magic_size;
    const size_t take = size < room ? size : room;
    memcpy(source->magic + source->magic_size, data, take);
    source->magic_size += take;
    return take;
}

static size_t source_route(struct source *source, const char *data, size_t size) {
    if (source->unpacker != NULL)
        return unpacker_push(source->unpacker, data, size);
    source_hand_on(source, data, size);
    return size;
}

/* Finds out by the first bytes how the input is compressed, and sends these on. */
static void source_recognise(struct source *source) {
    const struct unpack_client client = {source_hand_on, source_resume, source_finish, source};
    struct reading *reading = source->reading;
    const enum read_compression compression = compression_recognise(source->magic, source->magic_size);
    source->recognised = true;
    source->input->compression = compression;
    if (compression != READ_PLAIN) {
        struct decoder *decoder = compression == READ_GZIP ? gzip_new() : zstd_new();
        source->unpacker = unpacker_new(&reading->loop, decoder, &client);
        if (source->unpacker == NULL) {
            reading_fail(reading, source, FAIL_MEMORY(reading->error));
            return;
        }
    }
    source_route(source, source->magic, source->magic_size);
}

size_t source_deliver(struct source *source, const char *data, size_t size) {
    const struct reading *reading = source->reading;
    size_t taken = 0;
    assert(reading->status == STATUS_OK);
    if (!source->recognised) {
        taken = source_gather(source, data, size);
        if (source->magic_size == sizeof source->magic)
            source_recognise(source);
    }
    if (source->recognised && !source->stopped)
        taken += source_route(source, data + taken, size - taken);
    source->input->bytes += taken;
    return taken;
}

uint64_t source_fetch(struct source *source, const struct chunk_file *file) {
    struct reading *reading = source->reading;
    struct read_input *input = source->input;
    const bool as_it_lies = source->recognised && source->unpacker == NULL && reading->chunk_bytes == 0;
    uint64_t taken = 0;
    struct error error;
    if (!as_it_lies || input->sink.fetch == NULL)
        return 0;
    const enum status status = input->sink.fetch(input->sink.self, file, input->bytes_uncompressed, &taken, &error);
    input->bytes += taken;
    input->bytes_uncompressed += taken;
    if (status != STATUS_OK && !source->stopped) {
        *reading->error = error;
        reading_fail(reading, source, status);
    }
    return taken;
}

void source_end(struct source *source, int failure) {
    assert(source->reading->status == STATUS_OK && failure <= 0);
    source->ops->stop(source);
    source->ended = true;
    source->failure = failure;
    if (!source->recognised)
        source_recognise(source);
    if (source->stopped)
        return;
    if (source->unpacker != NULL)
        unpacker_finish(source->unpacker, failure != 0);
    else
        source_finish(source, NULL);
}
