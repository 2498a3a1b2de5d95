#include <criterion/criterion.h>

#include "../base/seeded.h"
#include "aggregate/union.h"

TestSuite(union, .timeout = 20);

enum { INSTANTS = 64, MOST = 12, PARTS = 3 };
enum part { COMPUTE, COMM, COPY };

struct piece {
    int64_t ts, dur;
    enum part part;
};

/* Which nanoseconds of 0..63 a piece covers, one bit each. */
static uint64_t bits_of(const struct piece *piece) {
    uint64_t bits = 0;
    for (int64_t t = piece->ts; t < piece->ts + piece->dur; t++)
        bits |= UINT64_C(1) << t;
    return bits;
}

static int64_t size_of(uint64_t bits) {
    return __builtin_popcountll(bits);
}

static size_t random_pieces(struct seeded *seed, struct piece *pieces) {
    const size_t count = 1 + seeded_below(seed, MOST);
    int64_t ts = (int64_t)seeded_below(seed, 5);
    for (size_t i = 0; i < count; i++, ts += (int64_t)seeded_below(seed, 8))
        pieces[i] =
            (struct piece){ts < 48 ? ts : 48, (int64_t)seeded_below(seed, 15), (enum part)seeded_below(seed, PARTS)};
    return count;
}

Test(union, agrees_with_counting_every_nanosecond) {
    struct seeded seed = {1};
    for (unsigned round = 0; round < 20000; round++) {
        struct piece pieces[MOST];
        struct coverage coverage = {0};
        uint64_t bits = 0;
        const size_t count = random_pieces(&seed, pieces);
        const int64_t base = (int64_t)(round % 3) * 1428625731896179123 - 20; /* negative, too */
        for (size_t i = 0; i < count; i++) {
            coverage_add(&coverage, base + pieces[i].ts, pieces[i].dur);
            bits |= bits_of(&pieces[i]);
            cr_assert_eq(coverage.covered_ns, size_of(bits), "round %u", round);
        }
    }
}

static struct timeline_row count_nanoseconds(const struct piece *pieces, size_t count) {
    uint64_t part[PARTS] = {0};
    int64_t start = INSTANTS, end = 0;
    for (size_t i = 0; i < count; i++) {
        const struct piece *piece = &pieces[i];
        part[piece->part] |= bits_of(piece);
        start = piece->ts < start ? piece->ts : start;
        end = piece->ts + piece->dur > end ? piece->ts + piece->dur : end;
    }
    return (struct timeline_row){
        .events = count,
        .start_ns = start,
        .span_ns = end - start,
        .busy_ns = size_of(part[COMPUTE] | part[COMM] | part[COPY]),
        .compute_ns = size_of(part[COMPUTE]),
        .comm_ns = size_of(part[COMM]),
        .exposed_comm_ns = size_of(part[COMM] & ~part[COMPUTE]),
        .copy_ns = size_of(part[COPY]),
        .exposed_copy_ns = size_of(part[COPY] & ~(part[COMPUTE] | part[COMM])),
    };
}

/* In pieces of any length. */
static struct timeline_row run_device(const struct piece *pieces, size_t count, struct seeded *seed) {
    static const uint8_t uses[] = {[COMPUTE] = TIME_COMPUTE, [COMM] = TIME_COMM, [COPY] = TIME_COPY};
    struct device_time time = {.device = 5};
    struct origin_facts facts[MOST];
    struct gpu_batch batch = {.count = (uint32_t)count};
    struct gpu_run run = {.batch = &batch, .facts = facts};
    for (uint32_t i = 0; i < batch.count; i++) {
        facts[i] = (struct origin_facts){.use = uses[pieces[i].part]};
        batch.ts_ns[i] = pieces[i].ts;
        batch.dur_ns[i] = pieces[i].dur;
        batch.origin[i] = i;
    }
    for (; run.first < batch.count; run.first = run.end) {
        run.end = run.first + 1 + (uint32_t)seeded_below(seed, batch.count - run.first);
        device_time_add(&time, &run);
    }
    return device_time_row(&time);
}

Test(union, parts_of_a_device_agree_with_counting) {
    struct seeded seed = {2};
    for (unsigned round = 0; round < 20000; round++) {
        struct piece pieces[MOST];
        const size_t count = random_pieces(&seed, pieces);
        const struct timeline_row got = run_device(pieces, count, &seed), want = count_nanoseconds(pieces, count);
        cr_assert_eq(got.device, 5);
        cr_assert(got.events == want.events && got.start_ns == want.start_ns && got.span_ns == want.span_ns,
                  "round %u: span", round);
        cr_assert_eq(got.busy_ns, want.busy_ns, "round %u: busy", round);
        cr_assert_eq(got.compute_ns, want.compute_ns, "round %u: compute", round);
        cr_assert_eq(got.comm_ns, want.comm_ns, "round %u: communication", round);
        cr_assert_eq(got.exposed_comm_ns, want.exposed_comm_ns, "round %u: exposed communication", round);
        cr_assert_eq(got.copy_ns, want.copy_ns, "round %u: copies", round);
        cr_assert_eq(got.exposed_copy_ns, want.exposed_copy_ns, "round %u: exposed copies", round);
        cr_assert_eq(got.compute_ns + got.exposed_comm_ns + got.exposed_copy_ns + (got.span_ns - got.busy_ns),
                     got.span_ns, "round %u: a hole", round);
    }
}

Test(union, a_copy_is_no_communication) {
    cr_expect_eq(time_use_of(EVENT_KERNEL, false), TIME_COMPUTE);
    cr_expect_eq(time_use_of(EVENT_KERNEL, true), TIME_COMM);
    cr_expect_eq(time_use_of(EVENT_MEMCPY, true), TIME_COPY);
    cr_expect_eq(time_use_of(EVENT_MEMSET, false), TIME_COPY);
}
