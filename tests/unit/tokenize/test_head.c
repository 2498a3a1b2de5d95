#include <criterion/criterion.h>
#include <stdlib.h>

#include "tokenize/head.h"
#include "utf8_checker.h"

TestSuite(head, .timeout = 20);

static const struct document untouched = {.device = {.major = 7}, .device_entries = 9};

static struct document read(const char *key, const char *value) {
    struct document document = untouched;
    struct tally tally = {0};
    struct error error = {0};
    const size_t size = strlen(value);
    char *copy = malloc(size + 1); /* of exactly its size, for the sanitizer */
    memcpy(copy, value, size);
    cr_assert_eq(head_read(&document, text_from(key), (struct text){copy, size}, &tally, &error), STATUS_OK, "case %s",
                 value);
    free(copy);
    return document;
}

Test(head, versions_say_the_platform) {
    static const struct {
        const char *key;
        bool wanted, amd, nvidia;
    } cases[] = {
        {"roctracer_version", true, true, false},
        {"hip_runtime_version", true, true, false},
        {"hip_driver_version", true, true, false},
        {"cupti_version", true, false, true},
        {"cuda_runtime_version", true, false, true},
        {"cuda_driver_version", true, false, true},
        {"deviceProperties", true, false, false},
        {"schemaVersion", false, false, false},
        {"hip_", false, false, false},
        {"hip_version_x", false, false, false},
        {"my_cuda_version", false, false, false},
        {"trace_id", false, false, false},
        {"", false, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct document document = read(cases[i].key, "12060");
        cr_expect_eq(head_wants(text_from(cases[i].key)), cases[i].wanted, "case %s", cases[i].key);
        cr_expect_eq(document.says_amd, cases[i].amd, "case %s", cases[i].key);
        cr_expect_eq(document.says_nvidia, cases[i].nvidia, "case %s", cases[i].key);
    }
}

Test(head, the_first_device_is_read) {
    static const char value[] =
        "[{\"id\": 0, \"name\": \"NVIDIA H100\", \"totalGlobalMem\": 85028896768, \"computeMajor\": 9,"
        "\"computeMinor\": 0, \"warpSize\": 32, \"numSms\": 132, \"nested\": {\"name\": \"x\"}},"
        "{\"id\": 1, \"name\": \"other\", \"warpSize\": 64}]";
    const struct document document = read("deviceProperties", value);
    cr_expect(document.device.present);
    cr_expect_eq(document.device_entries, 2);
    cr_expect_str_eq(document.device.name, "NVIDIA H100");
    cr_expect_eq(document.device.total_memory_bytes, INT64_C(85028896768));
    cr_expect_eq(document.device.major, 9);
    cr_expect_eq(document.device.minor, 0);
    cr_expect_eq(document.device.warp_size, 32);
    cr_expect_eq(document.device.sm_count, 132);
    cr_expect(document.says_nvidia);
    cr_expect_not(document.says_amd);
}

Test(head, properties_of_any_shape_are_survived) {
    static const struct {
        const char *value;
        bool present;
        uint32_t entries;
        const char *name;
        int64_t warp_size;
        bool amd, nvidia;
    } cases[] = {
        {"[{\"name\": \"\", \"warpSize\": 64}]", true, 1, "", 64, true, false},
        {"[{\"name\": \"MI300X\", \"warpSize\": 64, \"\": \"\"}]", true, 1, "MI300X", 64, true, false},
        {"[{}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": \"32\"}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": -32}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": 1e30}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": null, \"name\": null}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": [64], \"name\": [\"NVIDIA\"]}]", true, 1, "", -1, false, false},
        {"[{\"warpSize\": NaN, \"name\": \"a\"}]", true, 1, "a", -1, false, false},
        {"[{\"name\": \"a\\u00e9\\n\\ud800\"}]", true, 1, "a\xC3\xA9\n\xEF\xBF\xBD", -1, false, false},
        {"[{\"name\": \"GeForce by NVIDIA\"}, 2, 3]", true, 3, "GeForce by NVIDIA", -1, false, true},
        {"[]", false, 0, "", 0, false, false},
        {"[1, 2]", false, 2, "", 0, false, false},
        {"[[{\"warpSize\": 64}]]", false, 1, "", 0, false, false},
        {"{\"warpSize\": 64}", false, 9, "", 0, false, false},
        {"64", false, 9, "", 0, false, false},
        {"\"NVIDIA\"", false, 9, "", 0, false, false},
        {"null", false, 9, "", 0, false, false},
        {"[{\"name\": \"NVIDIA\"", false, 9, "", 0, false, false},
        {"", false, 9, "", 0, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct document document = read("deviceProperties", cases[i].value);
        cr_expect_eq(document.device.present, cases[i].present, "case %s", cases[i].value);
        cr_expect_eq(document.device_entries, cases[i].entries, "case %s", cases[i].value);
        cr_expect_str_eq(document.device.name, cases[i].name, "case %s", cases[i].value);
        cr_expect_eq(document.device.warp_size, cases[i].warp_size, "case %s", cases[i].value);
        cr_expect_eq(document.device.major, cases[i].present ? -1 : 7, "case %s", cases[i].value);
        cr_expect_eq(document.says_amd, cases[i].amd, "case %s", cases[i].value);
        cr_expect_eq(document.says_nvidia, cases[i].nvidia, "case %s", cases[i].value);
    }
}

Test(head, a_long_device_name_is_cut_between_characters) {
    for (size_t before = 0; before < 8; before++) {
        char value[1000] = "[{\"name\": \"";
        size_t size = strlen(value);
        for (size_t i = 0; i < before; i++)
            value[size++] = 'x';
        for (size_t i = 0; i < 100; i++, size += 4)
            memcpy(value + size, "\xF0\x9F\x98\x80", 4);
        memcpy(value + size, "\"}]", 4);
        const struct document document = read("deviceProperties", value);
        const struct text name = text_from(document.device.name);
        cr_expect(utf8_is_valid(name), "%zu before", before);
        cr_expect_geq(name.size, sizeof document.device.name - 4, "%zu before", before);
        cr_expect_lt(name.size, sizeof document.device.name, "%zu before", before);
    }
}
