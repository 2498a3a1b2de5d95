#include <criterion/criterion.h>

#include "base/map.h"
#include "seeded.h"

TestSuite(map, .timeout = 20);

static uint64_t *at(struct map *map, uint64_t key) {
    struct error error = {0};
    uint64_t *value = NULL;
    cr_assert_eq(map_at(map, key, &value, &error), STATUS_OK);
    return value;
}

static uint64_t ascending(uint64_t i) { return i; }
static uint64_t pairs(uint64_t i) { return i % 300 << 32 | i / 300; }
static uint64_t strides(uint64_t i) { return i << 40; }
static uint64_t extremes(uint64_t i) { return i % 2 ? UINT64_MAX - i : i; }
static uint64_t scattered(uint64_t i) { return seeded_next(&(struct seeded){i}); }

Test(map, values_are_found_again_whatever_the_keys) {
    enum { KEYS = 50000 };
    static uint64_t (*const kinds[])(uint64_t) = {ascending, pairs, strides, extremes, scattered};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        struct map *map = map_new(KEYS);
        for (uint64_t i = 0; i < KEYS; i++) {
            uint64_t *value = at(map, kinds[kind](i));
            cr_assert_not_null(value);
            cr_assert_eq(*value, 0, "new: kind %zu", kind);
            *value = i + 1;
        }
        cr_expect_eq(map_count(map), KEYS, "kind %zu", kind);
        for (uint64_t i = 0; i < KEYS; i++) {
            const uint64_t *value = map_find(map, kinds[kind](i));
            cr_assert(value && *value == i + 1, "kind %zu", kind);
            cr_assert_eq(at(map, kinds[kind](i)), value, "kind %zu", kind);
        }
        map_free(map);
    }
}

Test(map, a_missing_key_is_not_added_by_looking) {
    struct map *map = map_new(10);
    cr_expect_null(map_find(map, 0));
    *at(map, 7) = 1;
    cr_expect_null(map_find(map, 0));
    cr_expect_null(map_find(map, 8));
    cr_expect_eq(map_count(map), 1);
    map_free(map);
}

Test(map, at_the_ceiling_new_keys_get_no_value_and_old_ones_stay) {
    static const size_t ceilings[] = {0, 1, 42, 43, 64, 1000};
    for (size_t i = 0; i < sizeof ceilings / sizeof *ceilings; i++) {
        struct map *map = map_new(ceilings[i]);
        for (uint64_t key = 0; key < ceilings[i]; key++)
            *at(map, key) = key;
        cr_expect_null(at(map, 100000), "ceiling %zu", ceilings[i]);
        cr_expect_eq(map_count(map), ceilings[i]);
        for (uint64_t key = 0; key < ceilings[i]; key++)
            cr_expect(at(map, key) && *at(map, key) == key, "ceiling %zu", ceilings[i]);
        map_free(map);
    }
}

Test(map, walking_meets_every_entry_once) {
    enum { KEYS = 5000 };
    static bool met[KEYS];
    struct map *map = map_new(KEYS);
    size_t cursor = 0, count = 0;
    uint64_t key, value;
    cr_expect_not(map_next(map, &cursor, &key, &value), "empty");
    for (uint64_t i = 0; i < KEYS; i++)
        *at(map, i * i) = i;
    for (cursor = 0; map_next(map, &cursor, &key, &value); count++) {
        cr_assert_lt(value, KEYS);
        cr_assert_eq(key, value * value);
        cr_assert_not(met[value]);
        met[value] = true;
    }
    cr_expect_eq(count, KEYS);
    cr_expect_not(map_next(map, &cursor, &key, &value), "the end stays the end");
    map_free(map);
    map_free(NULL);
}
