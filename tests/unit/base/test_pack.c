#include <criterion/criterion.h>
#include <string.h>

#include "base/pack.h"
#include "seeded.h"

TestSuite(pack, .timeout = 20);

enum { RECORDS = 300, WORDS = 9 };

static const struct pack *const builds[] = {
    &pack_portable,
#if defined(__x86_64__)
    &pack_ssse3,
    &pack_avx2,
#endif
};
enum { BUILDS = sizeof builds / sizeof *builds };

/* Those that this processor runs. */
static size_t build_count(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") ? BUILDS : __builtin_cpu_supports("ssse3") ? BUILDS - 1 : 1;
#else
    return BUILDS;
#endif
}

/* Steps of every size, in either direction. */
static void make_records(struct seeded *seeded, uint64_t *records, size_t words) {
    for (size_t i = 0; i < RECORDS * words; i++) {
        const uint64_t random = seeded_next(seeded), step = seeded_next(seeded) >> random % 65 % 64;
        records[i] = i < words ? random : random & 1 << 20 ? records[i - words] + step : records[i - words] - step;
    }
}

static void make_order(struct seeded *seeded, uint32_t *order) {
    for (uint32_t i = 0; i < RECORDS; i++)
        order[i] = (uint32_t)(seeded_next(seeded) % RECORDS);
}

struct packed {
    unsigned char bytes[RECORDS * PACK_BYTES_MAX(WORDS)];
    size_t size;
};

/* In several goes, as where blocks end. */
static void pack_all(const struct pack *pack, const struct pack_list *list, struct packed *packed) {
    static const uint64_t zeros[WORDS + 1];
    const uint64_t *last = zeros;
    unsigned char *to = packed->bytes;
    const size_t most = PACK_BYTES_MAX(list->words);
    for (size_t from = 0, room = most; from < list->count; room = room % (20 * most) + most + 1) {
        from = pack->pack(list, from, last, &to, to + room);
        last = pack_list_at(list, from - 1);
    }
    packed->size = (size_t)(to - packed->bytes);
}

static void expect_records(const struct pack *pack, const struct pack_list *list, const struct packed *packed) {
    uint64_t records[7 * (WORDS + 1)] = {0};
    const size_t stride = PACK_STRIDE(list->words);
    const uint64_t *last = records;
    const unsigned char *from = packed->bytes, *end = from + packed->size;
    size_t n = 0, count;
    while ((count = pack->unpack(&from, end, last, records, 7, list->words)) > 0) {
        for (size_t i = 0; i < count; i++, n++)
            cr_assert_arr_eq(records + i * stride, pack_list_at(list, n), list->words * 8, "%s: %zu of %zu words",
                             pack->name, n, list->words);
        last = records + (count - 1) * stride;
    }
    cr_expect_eq(n, list->count);
    cr_expect_eq(from, end);
}

static void expect_same_bytes(const struct pack_list *list) {
    static struct packed packed[BUILDS];
    for (size_t i = 0; i < build_count(); i++) {
        pack_all(builds[i], list, &packed[i]);
        cr_assert_eq(packed[i].size, packed[0].size, "%s", builds[i]->name);
        cr_assert_arr_eq(packed[i].bytes, packed[0].bytes, packed[0].size, "%s", builds[i]->name);
        for (size_t other = 0; other < build_count(); other++)
            expect_records(builds[other], list, &packed[i]);
    }
}

Test(pack, every_build_packs_to_the_same_bytes_and_back) {
    struct seeded seeded = {7};
    for (size_t round = 0; round < 20; round++) {
        for (size_t words = 1; words <= WORDS; words++) {
            static uint64_t records[RECORDS * WORDS];
            uint32_t order[RECORDS];
            make_records(&seeded, records, words);
            make_order(&seeded, order);
            expect_same_bytes(&(struct pack_list){records, NULL, RECORDS, words});
            expect_same_bytes(&(struct pack_list){records, order, RECORDS, words});
        }
    }
}

Test(pack, what_stays_the_same_takes_its_control_bytes_only) {
    const uint64_t records[3][4] = {{5, 6, 7, 8}, {5, 6, 7, 8}, {5, 6, 7, 9}};
    const struct pack_list list = {records[0], NULL, 3, 4};
    for (size_t i = 0; i < build_count(); i++) {
        unsigned char bytes[2 * PACK_BYTES_MAX(4)], *to = bytes;
        cr_expect_eq(builds[i]->pack(&list, 1, records[0], &to, bytes + sizeof bytes), 3);
        cr_expect_eq(to - bytes, 2 + 3, "%s", builds[i]->name);
    }
}
