/* Bytes as an index, with checksums made right so that what lies behind them is reached: it is refused, or makes a
 * summary that adds up as far as one can say. */
#include <stdlib.h>
#include <string.h>

#include "../unit/index/index_image.h"
#include "index/format.h"
#include "target.h"

static void play(struct index_image image, const struct identity *source, const struct options *options) {
    struct error error = {0};
    struct summary *summary;
    const enum status status = index_image_play(image, source, options, &summary, &error);
    cr_expect(status == STATUS_OK || ((status == STATUS_BAD_INDEX || status == STATUS_LIMIT) && error.causes > 0));
    if (summary)
        cr_expect(summary->gpu_all.total_ns >= 0 && summary->document.from_index);
    summary_free(summary);
}

/* Of this version, so that an input does not end at the header once the program counts other diagnostics. */
static void make_current(struct index_image image) {
    struct index_header header;
    if (image.size < sizeof header)
        return;
    memcpy(&header, image.bytes, sizeof header);
    header.version = INDEX_VERSION;
    header.diagnostics = index_diagnostics();
    memcpy(image.bytes, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct options usual = {.collect_stacks = true}, stepped = {.step_regex = "e"};
    struct index_image image = {malloc(size + 1), size};
    struct identity source = {0};
    cr_assert(image.bytes);
    if (size > 0)
        memcpy(image.bytes, data, size);
    if (size >= sizeof(struct index_header))
        memcpy(&source, data + offsetof(struct index_header, source), sizeof source);
    make_current(image);
    index_image_seal(image);
    play(image, &source, &usual);
    play(image, &source, &stepped);
    index_image_free(&image);
    return 0;
}
