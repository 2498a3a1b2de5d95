#include <criterion/criterion.h>

#include "base/pool.h"
#include "flow/gpu_batch.h"
#include "flow/relay.h"

TestSuite(relay, .timeout = 20);

enum { BATCHES = 500, FAILING = 77 };

struct recorder {
    struct stage stage; /* first */
    uint32_t batches, singles, fail_at;
    bool flushed;
};

static enum status record(struct stage *stage, struct event *event, struct error *error) {
    struct recorder *recorder = (struct recorder *)stage;
    (void)error;
    cr_expect_eq(event->step, recorder->batches, "all batches before a single event are taken before it");
    recorder->singles++;
    return STATUS_OK;
}

/* What the test sends: the n-th batch has n % GPU_BATCH_EVENTS events, and launches where n is odd. */
static struct gpu_batch *make_batch(uint32_t n) {
    static struct gpu_batch batch;
    gpu_batch_clear(&batch);
    batch.device = n;
    batch.has_launches = n % 2 == 1;
    for (uint32_t i = 0; i < n % GPU_BATCH_EVENTS; i++) {
        const struct event event = {.ts_ns = n + i,
                                    .dur_ns = i,
                                    .origin = i + 1,
                                    .step = i / 7,
                                    .launched = i % 3 == 0,
                                    .launch_ns = i,
                                    .launch_row = n,
                                    .launch_process = i};
        gpu_batch_put(&batch, &event);
        gpu_batch_put_launch(&batch, &event);
    }
    return &batch;
}

static enum status record_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    struct recorder *recorder = (struct recorder *)stage;
    const uint32_t n = recorder->batches++, count = n % GPU_BATCH_EVENTS;
    cr_expect_eq(batch->device, n, "in the order they were sent");
    cr_assert_eq(batch->count, count);
    cr_expect_eq(batch->run_count, (count + 6) / 7);
    cr_expect_eq(batch->has_launches, n % 2 == 1);
    for (uint32_t i = 0; i < count; i++) {
        cr_expect(batch->ts_ns[i] == n + i && batch->dur_ns[i] == i && batch->origin[i] == i + 1);
        if (batch->has_launches)
            cr_expect(batch->launched[i] == (i % 3 == 0) &&
                      batch->launch_ns[i] == (i % 3 == 0 ? (int64_t)i : batch->ts_ns[i]) &&
                      batch->launch_thread[i] == ((uint64_t)n << 32 | i));
    }
    return n == recorder->fail_at ? FAIL(error, STATUS_LIMIT, "batch %u", n) : STATUS_OK;
}

static enum status end(struct stage *stage, struct error *error) {
    (void)error;
    ((struct recorder *)stage)->flushed = true;
    return STATUS_OK;
}

static const struct stage_ops ops = {"recorder", record, record_batch, end, NULL};

Test(relay, keeps_the_order_of_all_that_passes) {
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct recorder recorder = {.stage = {&ops, NULL}, .fail_at = BATCHES};
        struct pool *pool = pool_new(threads);
        struct stage *relay = relay_new(pool, &recorder.stage);
        struct error error;
        cr_assert(pool && relay);
        for (uint32_t n = 0; n < BATCHES; n++) {
            cr_assert_eq(stage_push_batch(relay, make_batch(n), &error), STATUS_OK);
            struct event single = {.step = n + 1};
            if (n % 50 == 0)
                cr_assert_eq(stage_push(relay, &single, &error), STATUS_OK);
        }
        cr_assert_eq(stage_flush(relay, &error), STATUS_OK);
        cr_expect_eq(recorder.batches, BATCHES, "%u threads", threads);
        cr_expect_eq(recorder.singles, BATCHES / 50);
        cr_expect(recorder.flushed);
        stage_free(relay);
        pool_free(pool);
    }
}

Test(relay, brings_back_what_failed_behind) {
    struct recorder recorder = {.stage = {&ops, NULL}, .fail_at = FAILING};
    struct pool *pool = pool_new(2);
    struct stage *relay = relay_new(pool, &recorder.stage);
    struct error error;
    for (uint32_t n = 0; n < BATCHES; n++)
        cr_assert_eq(stage_push_batch(relay, make_batch(n), &error), STATUS_OK);
    cr_expect_eq(stage_flush(relay, &error), STATUS_LIMIT);
    cr_expect_str_eq(error.cause[0].text, "batch 77");
    cr_expect_eq(recorder.batches, FAILING + 1, "nothing behind the failure");
    cr_expect(!recorder.flushed);
    stage_free(relay);
    pool_free(pool);
}
