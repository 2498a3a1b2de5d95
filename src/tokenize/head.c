#include "tokenize/head.h"

#include <stdio.h>

#include "base/limits.h"
#include "tokenize/number.h"
#include "tokenize/tokens.h"
#include "tokenize/unescape.h"

static bool starts_with(struct text text, struct text prefix) {
    return text.size >= prefix.size && memcmp(text.data, prefix.data, prefix.size) == 0;
}

static bool ends_with(struct text text, struct text suffix) {
    return text.size >= suffix.size && memcmp(text.data + text.size - suffix.size, suffix.data, suffix.size) == 0;
}

static bool says_amd(struct text key) {
    return text_equal(key, TEXT("roctracer_version")) ||
           (starts_with(key, TEXT("hip_")) && ends_with(key, TEXT("_version")));
}

static bool says_nvidia(struct text key) {
    return text_equal(key, TEXT("cupti_version")) ||
           (starts_with(key, TEXT("cuda_")) && ends_with(key, TEXT("_version")));
}

bool head_wants(struct text key) {
    return says_amd(key) || says_nvidia(key) || text_equal(key, TEXT("deviceProperties"));
}

static int64_t *number_field(struct device_properties *device, struct text key) {
    return text_equal(key, TEXT("computeMajor"))     ? &device->major
           : text_equal(key, TEXT("computeMinor"))   ? &device->minor
           : text_equal(key, TEXT("totalGlobalMem")) ? &device->total_memory_bytes
           : text_equal(key, TEXT("numSms"))         ? &device->sm_count
           : text_equal(key, TEXT("warpSize"))       ? &device->warp_size
                                                     : NULL;
}

static enum status read_device_name(struct device_properties *device, struct text raw, struct error *error) {
    struct buf scratch;
    struct text name;
    bool repaired;
    buf_init(&scratch, (size_t)LIMIT_HEAD_BYTES * 3);
    const enum status status = unescape(raw, &scratch, &name, &repaired, error);
    if (status == STATUS_OK) {
        size_t size = name.size < sizeof device->name ? name.size : sizeof device->name - 1;
        while (size < name.size && size > 0 && ((unsigned char)name.data[size] & 0xC0) == 0x80)
            size--; /* not in the middle of a character */
        memcpy(device->name, name.data, size);
        device->name[size] = 0;
    }
    buf_fini(&scratch);
    return status;
}

static enum status read_device(struct document *document, const struct tokens *tokens, int object,
                               struct error *error) {
    struct device_properties device = {
        .present = true, .major = -1, .minor = -1, .total_memory_bytes = -1, .sm_count = -1, .warp_size = -1};
    bool broken = false;
    for (int key = 0; tokens_next_pair(tokens, object, &key, &broken);) {
        const struct text value = tokens_text(tokens, key + 1);
        int64_t *number = number_field(&device, tokens_text(tokens, key));
        uint64_t id;
        if (number && tokens->list[key + 1].type == JSMN_PRIMITIVE && number_to_id(value, &id) && id <= INT64_MAX)
            *number = (int64_t)id;
        if (text_equal(tokens_text(tokens, key), TEXT("name")) && tokens->list[key + 1].type == JSMN_STRING)
            TRY(read_device_name(&device, value, error));
    }
    document->device = device;
    document->says_amd = document->says_amd || device.warp_size == 64;
    document->says_nvidia = document->says_nvidia || strstr(device.name, "NVIDIA");
    return STATUS_OK;
}

static enum status read_devices(struct document *document, struct text value, struct tally *tally,
                                struct error *error) {
    struct tokens tokens;
    bool valid;
    tokens_init(&tokens);
    enum status status = tokens_parse(&tokens, value, &valid, error);
    if (status == STATUS_OK && valid && tokens.list[0].type == JSMN_ARRAY) {
        document->device_entries = (uint32_t)tokens.list[0].size;
        if (tokens.count > 1 && tokens.list[1].type == JSMN_OBJECT)
            status = read_device(document, &tokens, 1, error);
    }
    tally_add_times(tally, ANOMALY_HEAD_BROKEN, !valid);
    tokens_fini(&tokens);
    return status;
}

enum status head_read(struct document *document, struct text key, struct text value, struct tally *tally,
                      struct error *error) {
    document->says_amd = document->says_amd || says_amd(key);
    document->says_nvidia = document->says_nvidia || says_nvidia(key);
    return text_equal(key, TEXT("deviceProperties")) ? read_devices(document, value, tally, error) : STATUS_OK;
}
