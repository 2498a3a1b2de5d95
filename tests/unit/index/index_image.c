#include "index_image.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cli/pipeline.h"
#include "index/format.h"
#include "read/memory.h"

static struct index_image read_image(const char *path) {
    struct index_image image = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return image;
    fseek(file, 0, SEEK_END);
    image.size = (size_t)ftell(file);
    rewind(file);
    image.bytes = malloc(image.size + 1);
    cr_assert(image.bytes);
    cr_assert_eq(fread(image.bytes, 1, image.size, file), image.size);
    fclose(file);
    return image;
}

struct index_image index_image_of(struct text json, const struct identity *source) {
    const struct options options = {.collect_stacks = true};
    char directory[] = "/tmp/tracecmp-index-XXXXXX", path[64];
    struct pipeline *pipeline;
    struct error error;
    struct rules *rules = rules_new();
    cr_assert(rules && mkdtemp(directory));
    snprintf(path, sizeof path, "%s/idx", directory);
    cr_assert_eq(pipeline_new(&pipeline, &options, rules, NULL, (size_t)64 << 20, path, &error), STATUS_OK);
    cr_assert_eq(memory_read(json.data, json.size, 0, pipeline_sink(pipeline), &error), STATUS_OK);
    struct summary *summary = pipeline_take_summary(pipeline);
    summary->document.bytes = json.size;
    const enum status status = pipeline_commit_index(pipeline, source, &error);
    cr_expect(status == STATUS_OK || status == STATUS_BAD_INDEX);
    pipeline_free(pipeline);
    summary_free(summary);
    rules_free(rules);
    const struct index_image image = read_image(path);
    cr_expect_eq(status == STATUS_OK, image.bytes != NULL);
    unlink(path);
    cr_expect_eq(rmdir(directory), 0, "nothing else is left behind");
    return image;
}

void index_image_free(struct index_image *image) {
    free(image->bytes);
    *image = (struct index_image){NULL, 0};
}

void index_image_seal(struct index_image image) {
    struct index_header header;
    if (image.size < sizeof header)
        return;
    memcpy(&header, image.bytes, sizeof header);
    for (int i = 0; i < SECTIONS; i++) {
        struct index_part *part = &header.parts[i];
        if (part->offset <= image.size && part->length <= image.size - part->offset)
            part->hash = XXH3_64bits(image.bytes + part->offset, part->length);
    }
    header.hash = XXH3_64bits(&header, offsetof(struct index_header, hash));
    memcpy(image.bytes, &header, sizeof header);
}

enum status index_image_play(struct index_image image, const struct identity *source, const struct options *options,
                             struct summary **summary, struct error *error) {
    char path[32];
    struct index_reader *reader;
    struct rules *rules = rules_new();
    const int file = memfd_create("index", MFD_CLOEXEC);
    *summary = NULL;
    cr_assert(rules && file >= 0);
    cr_assert_eq(write(file, image.bytes, image.size), (ssize_t)image.size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    enum status status = index_reader_new(&reader, path, source, error);
    if (status == STATUS_OK && reader)
        status = pipeline_replay(reader, options, rules, (size_t)64 << 20, summary, error);
    index_reader_free(reader);
    rules_free(rules);
    close(file);
    return status;
}
